//! A market made by hand, played to the engine that trades.

use crate::common::{WAVES, market, setup, wandering};
use backtest::{Books, Data, Described, Outcome, Report, Setup, Silent, html, run, tables};
use domain::{Fact, Liquidity, Side, Usd};
use exchange_sim::Catalog;
use rust_decimal::Decimal;

fn play(after: &[f64], setup: &Setup) -> (Outcome, Report) {
    let data = market(after);
    let outcome = run(setup, &data, &mut Silent).unwrap();
    let report = Report::of(setup, &data, &outcome, Described::default()).unwrap();
    (outcome, report)
}

/// A rise of 3 % an hour: the target of whatever rule bought is reached within ten hours.
fn rising() -> Vec<f64> {
    (1..=12).map(|hour| 1.0 + 0.03 * f64::from(hour)).collect()
}

/// Quiet for two hours, then a gap of a fifth downwards, then quiet again.
fn falling() -> Vec<f64> {
    let mut after = vec![1.0, 1.0];
    after.extend([0.8; 8]);
    after
}

#[test]
fn an_entry_rests_fills_and_is_sold_at_its_target() {
    let (outcome, report) = play(&rising(), &setup(12));
    assert_eq!(report.void(), None, "{:?}", report.funnel);
    let row = report.trades.iter().find(|row| !row.is_open).unwrap();
    assert_eq!(row.exit_reason, "take_profit");
    assert!(row.profit_abs.unwrap() > Usd::ZERO);
    for fact in outcome.facts.events() {
        let Fact::Fill(fill) = fact else { continue };
        if fill.side != Side::Buy {
            continue;
        }
        assert_eq!(fill.liquidity, Some(Liquidity::Maker), "entries rest");
        // 60 bps for makers in 2026, rounded down to 8 digits.
        let fee = fill.price.get() * fill.qty.get() * Decimal::new(60, 4);
        let fee = fee.round_dp_with_strategy(8, rust_decimal::RoundingStrategy::ToZero);
        assert_eq!(fill.fee.get(), fee.normalize());
    }
}

#[test]
fn a_gap_through_the_stop_is_paid_in_full() {
    let (_, report) = play(&falling(), &setup(10));
    let row = report.trades.iter().find(|row| row.exit_reason == "stop_loss").unwrap();
    let (open, close) = (row.open_rate.get(), row.close_rate.unwrap().get());
    // Every rule's stop is at most 12 % away; the market opened again a fifth lower.
    assert!(close < open * Decimal::new(82, 2), "{close} after {open}");
    assert!(row.r_multiple.unwrap() < -1.0, "more than the stop said: {:?}", row.r_multiple);
}

#[test]
fn an_order_that_is_on_its_way_reaches_the_venue_so_much_later() {
    let told = |setup: &Setup| {
        let (outcome, report) = play(&falling(), setup);
        let mut sent = std::collections::BTreeMap::new();
        let mut taken = None;
        for fact in outcome.facts.iter() {
            if let Fact::Intent(intent) = &*fact {
                sent.insert(intent.intent, intent.at);
            } else if let Fact::Submitted(answer) = &*fact {
                let way = answer.at.secs_since(sent[&answer.intent]);
                assert_eq!(way, setup.delay_secs, "{answer:?}");
            } else if let Fact::Fill(fill) = &*fact {
                let way = fill.at.secs_since(sent[&fill.intent]);
                assert!(way >= setup.delay_secs, "{fill:?}");
                if fill.liquidity == Some(Liquidity::Taker) && taken.is_none() {
                    taken = Some((sent[&fill.intent], fill.at));
                }
            }
        }
        assert_eq!(report.void(), None);
        (taken.unwrap(), report)
    };
    let ((decided, filled), report) = told(&setup(10));
    assert_eq!(filled, decided);
    let assumed = |report: &Report| report.assumptions.iter().any(|a| a.text.contains("5 s later"));
    assert!(!assumed(&report));
    let ((decided, filled), report) = told(&Setup { delay_secs: 5, ..setup(10) });
    assert_eq!(filled.secs_since(decided), 5);
    assert!(assumed(&report));
    let late = Setup { delay_secs: 61, ..setup(10) };
    let error = run(&late, &market(&falling()), &mut Silent).unwrap_err().to_string();
    assert!(error.contains("give 0 to 60"), "{error}");
}

#[test]
fn what_trades_realised_is_what_the_account_gained() {
    let (_, report) = play(&rising(), &setup(12));
    assert!(report.trades.iter().any(|row| !row.is_open));
    let sum =
        report.trades.iter().fold(Decimal::ZERO, |sum, row| sum + row.profit_abs.unwrap().get());
    assert_eq!(report.account.profit_usd.unwrap().get(), sum.normalize());
}

#[test]
fn a_run_that_makes_few_books_has_the_facts_of_one_that_makes_all() {
    // One that is bought and sold, among eleven that wander.
    let (after, mut setup) = (falling(), setup(10));
    let bars = (WAVES + 1 + i64::try_from(after.len()).unwrap()) * 60;
    let mut series = wandering(12, bars).series;
    series.retain(|one| one.product.as_str() != "BTC-USD");
    series.extend(market(&after).series);
    let data = Data::of(Catalog::embedded().unwrap(), series);
    setup.settings.universe.method = universe::Method::Dynamic;
    let facts = |books| {
        let setup = Setup { books, ..setup.clone() };
        let outcome = run(&setup, &data, &mut Silent).unwrap();
        (outcome.facts, outcome.observed.members, outcome.observed.excluded)
    };
    let (few, all) = (facts(Books::Glanced), facts(Books::Made));
    let sold = |fact: &Fact| matches!(fact, Fact::Fill(fill) if fill.side == Side::Sell);
    assert!(few.0.events().any(sold), "something was bought and sold");
    assert!(few == all, "{} and {} facts", few.0.len(), all.0.len());
}

#[test]
fn two_runs_give_the_same_bytes() {
    let print = || {
        let (outcome, report) = play(&falling(), &setup(10));
        let facts = serde_json::to_string(&outcome.facts).unwrap();
        let json = serde_json::to_string(&report).unwrap();
        (facts, json, html::page(&report), tables::text(&report), tables::trades_csv(&report))
    };
    assert_eq!(print(), print());
}

#[test]
fn a_market_in_which_nothing_happens_says_so() {
    let mut quiet = setup(1);
    quiet.to = quiet.from.plus_secs(600);
    let (_, report) = play(&[], &quiet);
    assert!(report.void().unwrap().contains("nothing was proposed"));
    assert!(report.warnings.iter().any(|w| w.contains("too short to tell")));
    assert_eq!(report.account.profit_usd, Some(Usd::ZERO));
}

#[test]
fn a_run_in_which_a_stage_failed_is_void_and_says_where() {
    let (data, setup) = (market(&rising()), setup(12));
    let mut outcome = run(&setup, &data, &mut Silent).unwrap();
    let what = "a number beyond what exact decimals hold".to_owned();
    let failed = backtest::Failed { at: setup.from, stage: domain::Stage::Risk, what };
    (outcome.observed.failures, outcome.observed.failed) = (2, Some(failed));
    outcome.observed.statuses.insert("ERROR", 2);
    let report = Report::of(&setup, &data, &outcome, Described::default()).unwrap();
    assert!(report.void().unwrap().contains("a stage failed in 2 decisions"));
    let says = |warning: &String| warning.contains("beyond what exact decimals hold");
    assert!(report.warnings.iter().any(says), "{:?}", report.warnings);
}

#[test]
fn fees_are_those_of_the_date() {
    let mut cheap = setup(12);
    let fees = domain::Fees { maker_bps: "10".parse().unwrap(), taker_bps: "20".parse().unwrap() };
    let later = cheap.from.plus_secs(4 * 3600);
    let Some(first) = cheap.fees.at(cheap.from, Usd::ZERO) else { panic!("no fees") };
    cheap.fees = backtest::FeeSchedule::ByDate(vec![(cheap.from, first), (later, fees)]);
    let (outcome, _) = play(&rising(), &cheap);
    let mut rates = std::collections::BTreeSet::new();
    for fact in outcome.facts.events() {
        if let Fact::Fill(fill) = fact {
            let rate = fill.fee.get() / (fill.price.get() * fill.qty.get()) * Decimal::from(10_000);
            rates.insert((fill.at >= later, fill.liquidity, rate.round_dp(2).normalize()));
        }
    }
    let taker =
        |late| rates.iter().find(|(l, how, _)| *l == late && *how == Some(Liquidity::Taker));
    assert_eq!(taker(true).unwrap().2, Decimal::from(20), "{rates:?}");
}

#[test]
fn the_page_needs_nothing_from_outside_and_holds_the_figures_of_the_report() {
    let (_, report) = play(&rising(), &setup(12));
    let page = html::page(&report);
    for outside in ["http://", "https://", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("name=\"viewport\""));
    for mark in ["class=\"mark in\"", "class=\"mark out\"", "id=\"pick0\"", "class=\"stack c0\""] {
        assert!(page.contains(mark), "{mark}");
    }
    for (_, value, _) in tables::summary(&report) {
        // Numbers have a true minus on the page.
        let shown = value.trim_start_matches('-').split(" (").next().unwrap();
        let shown = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(page.contains(&shown), "{value}");
    }
}

#[test]
fn clusters_add_up_to_what_is_invested_and_stay_beside_their_caps() {
    let (_, report) = play(&rising(), &setup(12));
    let [cluster] = &report.exposure.clusters[..] else { panic!("{:?}", report.exposure) };
    assert_eq!((cluster.cluster.as_str(), cluster.cap_pct), ("LAYER1", Some(10.0)));
    assert!(cluster.worst_pct > cluster.mean_pct && cluster.mean_pct > 0.0, "{cluster:?}");
    assert_eq!(report.exposure.total.worst_at, cluster.worst_at);
    assert!(
        (report.exposure.total.mean_pct - report.figures.exposure_pct.get().unwrap()).abs() < 1e-9
    );
    assert!(report.curve.iter().any(|sample| sample.invested_pct > 1.0));
    for sample in &report.curve {
        let sum: f64 = sample.clusters_pct.iter().sum();
        assert!((sum - sample.invested_pct).abs() < 1e-9, "{sample:?}");
    }
}

#[test]
fn candles_of_what_was_traded_are_the_bars_of_the_span_folded() {
    let data = market(&rising());
    let (_, report) = play(&rising(), &setup(12));
    let [chart] = &report.charts[..] else { panic!("one product was traded") };
    assert!(chart.candles.len() < 321 && chart.candles.len() > 100, "{}", chart.candles.len());
    let (setup, bars) = (setup(12), &data.series[0].bars);
    let own =
        (bars.position(setup.from)..bars.closed_len(setup.to)).map(|at| bars.get(at).unwrap());
    let own: Vec<_> = own.collect();
    let (first, last) = (chart.candles[0], *chart.candles.last().unwrap());
    assert_eq!((first.0, first.1), (setup.from.secs(), own[0].open));
    assert_eq!(last.4, own.last().unwrap().close);
    let highest = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::MIN, f64::max);
    let candles = highest(&mut chart.candles.iter().map(|candle| candle.2));
    assert_eq!(candles, highest(&mut own.iter().map(|bar| bar.high)));
    let lows = highest(&mut chart.candles.iter().map(|candle| -candle.3));
    assert_eq!(lows, highest(&mut own.iter().map(|bar| -bar.low)));
}

#[test]
fn what_fees_took_is_what_lies_between_gains_before_and_after_them() {
    let (_, report) = play(&rising(), &setup(12));
    let costs = &report.costs;
    assert!((costs.closed_gross_usd - costs.closed_fees_usd - costs.closed_net_usd).abs() < 1e-9);
    assert!((costs.maker_fees_usd + costs.taker_fees_usd - costs.fees_usd).abs() < 1e-9);
    let fees: f64 = report.by_product.iter().map(|group| group.fees_usd).sum();
    assert!((fees - costs.closed_fees_usd).abs() < 1e-9);
}
