//! From what was observed to the report.

use std::collections::BTreeMap;

use domain::{Granularity, Price, ProductId, Usd};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::assumptions::assumptions;
use super::holding::{self, Path, btc, close_at};
use super::{
    AccountSummary, Assumption, Chart, Costs, Exposure, Figures, Funnel, Group, Held, Inputs,
    Judged, OrderCounts, Period, Played, Report, SCHEMA, TradeRow,
};
use crate::metrics::{self, Days, ENOUGH_DAYS, ENOUGH_TRADES, Measure};
use crate::run::{Outcome, Setup};
use crate::{BacktestError, Data};

/// What only the caller knows.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Products that were loaded for the regime and may not be traded.
    pub not_traded: Vec<ProductId>,
    /// More to print among the assumptions.
    pub assumptions: Vec<Assumption>,
    /// What the independent checker found in the facts.
    pub judged: Option<Judged>,
}

impl Report {
    /// Everything there is to say of a run.
    ///
    /// # Errors
    /// [`BacktestError`] where a sum leaves exact decimals.
    pub fn of(
        setup: &Setup,
        data: &Data,
        outcome: &Outcome,
        described: Described,
    ) -> Result<Self, BacktestError> {
        let start = setup.cash.get().to_f64().unwrap_or(0.0);
        let observed = &outcome.observed;
        let bid = |product: &ProductId| bid(outcome, *product);
        let trades = outcome.engine.state().ledger().trades();
        let rows = TradeRow::all(&trades, &outcome.facts, setup.to, bid);
        let costs = Costs::of(&outcome.facts, &rows);
        let orders = OrderCounts::of(&outcome.facts);
        let fees = setup.fees.at(setup.from, Usd::ZERO).unwrap_or(outcome.venue.fees());
        let held = |series: &mut dyn Iterator<Item = &crate::Series>| {
            Path::of(series, start, fees, setup.from, setup.to)
        };
        let in_btc = held(&mut btc(data));
        let traded = data.series.iter().filter(|s| !described.not_traded.contains(&s.product));
        let in_all = held(&mut traded.into_iter());
        let account = account(setup, outcome)?;
        let own = account.profit_pct.get();
        let days = Days::of(&observed.points);
        let figures = figures(outcome, &rows, &days, &costs);
        let funnel = funnel(outcome, &orders);
        let mut warnings = warnings(&figures, outcome, &described);
        warnings.extend(too_coarse(data, &funnel));
        let exposure = Exposure::of(&observed.exposed, &setup.settings);
        let clusters = |at| exposure.at(&observed.exposed, at);
        let curve = holding::curve(&observed.points, in_btc.as_ref(), in_all.as_ref(), clusters);
        Ok(Self {
            schema: SCHEMA,
            inputs: inputs(setup, data, outcome),
            warnings,
            assumptions: assumptions(setup, fees, described.assumptions),
            holding: vec![
                Held::of("BTC-USD", in_btc.as_ref(), start, own),
                Held::of("basket", in_all.as_ref(), start, own),
            ],
            by_product: Group::by(&rows, start, |row| row.pair.to_string()),
            by_trigger: Group::by(&rows, start, |row| row.enter_tag.to_owned()),
            by_exit: Group::by(&rows, start, |row| row.exit_reason.to_owned()),
            months: Period::all(&rows, &days, 7),
            days: Period::all(&rows, &days, 10),
            charts: Chart::all(&rows, data, setup.from, setup.to),
            curve,
            exposure,
            judged: described.judged,
            account,
            figures,
            costs,
            funnel,
            orders,
            trades: rows,
        })
    }
}

/// What a unit of a product could be sold for at the end.
fn bid(outcome: &Outcome, product: ProductId) -> Option<Price> {
    let book = outcome.venue.book(product).ok().flatten()?;
    book.bids.first().map(|level| level.price)
}

fn inputs(setup: &Setup, data: &Data, outcome: &Outcome) -> Inputs {
    let played = data.series.iter().map(|one| Played {
        product: one.product,
        file: one.file.clone(),
        granularity: one.bars.granularity(),
        first: one.bars.starts().first().copied(),
        end: one.bars.end(),
        bars: one.bars.len() as u64,
        change_pct: close_at(one, setup.from)
            .zip(close_at(one, setup.to))
            .map(|(first, last)| 100.0 * (last / first - 1.0)),
    });
    let gaps = data
        .gaps
        .iter()
        .map(|gap| gap.to.min(setup.to).secs_since(gap.from.max(setup.from)).max(0));
    Inputs {
        from: setup.from,
        to: setup.to,
        granularity: data.granularity().unwrap_or(Granularity::M1),
        interval_secs: setup.interval_secs,
        config_hash: setup.identity.config_hash.clone(),
        policy_hash: setup.policy.0.clone(),
        products: played.collect(),
        without_increments: outcome.venue.unknown_products().to_vec(),
        product_bars: data.product_bars(setup.from, setup.to),
        gap_secs: gaps.sum(),
    }
}

fn account(setup: &Setup, outcome: &Outcome) -> Result<AccountSummary, BacktestError> {
    let engine = &outcome.engine;
    let marked = engine.cycle().nav;
    let mut closed = marked;
    for lot in engine.state().ledger().lots() {
        let value = bid(outcome, lot.product).and_then(|bid| bid.times(lot.qty).ok());
        closed = match (closed, value) {
            (Some(sum), Some(value)) => {
                let rate = outcome.venue.fees().taker_bps.get() / Decimal::from(10_000);
                Some(Usd::new(sum.get() - value.get() * rate)?)
            }
            (None, _) | (_, None) => None,
        };
    }
    let profit = marked.map(|end| end.minus(setup.cash)).transpose()?;
    let start = setup.cash.get().to_f64().filter(|start| *start > 0.0);
    let pct = profit.and_then(|profit| profit.get().to_f64()).zip(start);
    let worths = || outcome.observed.points.iter().map(|point| point.equity);
    let unknown = || Measure::na("the worth of the account was not known");
    Ok(AccountSummary {
        start_usd: setup.cash,
        end_marked_usd: marked,
        end_closed_usd: closed,
        profit_usd: profit,
        profit_pct: pct.map_or_else(unknown, |(profit, start)| Measure::Is(100.0 * profit / start)),
        lowest_usd: worths().min_by(f64::total_cmp).map_or_else(unknown, Measure::Is),
        highest_usd: worths().max_by(f64::total_cmp).map_or_else(unknown, Measure::Is),
        decisions: outcome.observed.cycles,
        statuses: outcome.observed.statuses.clone(),
        regimes: outcome.observed.regimes.clone(),
    })
}

fn figures(outcome: &Outcome, rows: &[TradeRow], days: &Days, costs: &Costs) -> Figures {
    let points = &outcome.observed.points;
    let returns = days.returns();
    let profits: Vec<f64> = rows.iter().filter_map(TradeRow::realised).collect();
    let multiples: Vec<f64> =
        rows.iter().filter(|row| !row.is_open).filter_map(|row| row.r_multiple).collect();
    let (cagr, drawdown) = (metrics::cagr(points), metrics::drawdown(points));
    Figures {
        trades: profits.len() as u64,
        days: returns.len() as u64,
        too_short: profits.len() < ENOUGH_TRADES || returns.len() < ENOUGH_DAYS,
        sharpe: metrics::sharpe(&returns),
        sharpe_90: metrics::interval(&returns, |sample| metrics::sharpe(sample).get()),
        return_90_pct: metrics::interval(&returns, |sample| Some(metrics::compounded_pct(sample))),
        probabilistic_sharpe: metrics::probabilistic_sharpe(&returns),
        deflated_sharpe: Measure::na("one run knows of no other trials"),
        sortino: metrics::sortino(&returns),
        calmar: metrics::calmar(&cagr, &drawdown),
        cagr_pct: cagr,
        drawdown,
        profit_factor: metrics::profit_factor(&profits),
        win_rate_pct: metrics::win_rate(&profits),
        expectancy_usd: metrics::expectancy(&profits),
        expectancy_r: metrics::expectancy(&multiples),
        sqn: metrics::sqn(&profits),
        exposure_pct: metrics::exposure(points),
        turnover_pct_a_day: metrics::turnover(costs.volume_usd, points),
        day_returns: returns,
    }
}

fn funnel(outcome: &Outcome, orders: &OrderCounts) -> Funnel {
    let observed = &outcome.observed;
    let refused = observed.refused.iter().map(|(word, events)| (*word, events.len() as u64));
    let rejected = observed.rejected.iter().map(|(word, events)| (*word, events.len() as u64));
    let mut kinds = BTreeMap::new();
    for (_, trigger) in &observed.triggers {
        *kinds.entry(trigger.kind.as_str()).or_default() += 1;
    }
    Funnel {
        members: observed.members,
        excluded: observed.excluded.clone(),
        triggers: observed.triggers.len() as u64,
        triggers_by_kind: kinds,
        refused: refused.collect(),
        proposed: observed.proposed.len() as u64,
        rejected: rejected.collect(),
        approved: observed.approved.len() as u64,
        sent: orders.entries,
        filled: orders.entries_filled,
        given_up: outcome.given_up.clone(),
        exits_proposed: observed.exits_proposed,
        exits_rejected: observed.exits_rejected.clone(),
    }
}

/// Entries rest for seconds. A bar stands at its open for its first quarter, so that longer bars than
/// minutes are over before the price has moved for them.
fn too_coarse(data: &Data, funnel: &Funnel) -> Option<String> {
    let bars = data.granularity().filter(|bars| *bars > Granularity::M1)?;
    let (quarter, filled, sent) = (bars.secs() / 4, funnel.filled, funnel.sent);
    (sent > 0).then(|| {
        format!(
            "bars of {bars} stand at their open for {quarter} s, and entries rest for less: {filled} of \
             {sent} filled, which is the bars' doing; judge entries by minutes"
        )
    })
}

fn warnings(figures: &Figures, outcome: &Outcome, described: &Described) -> Vec<String> {
    let mut warnings = Vec::new();
    let observed = &outcome.observed;
    if let Some(failed) = &observed.failed {
        let (at, what, many) = (failed.at, &failed.what, observed.failures);
        warnings.push(format!("a stage failed in {many} decisions, first at {at}: {what}"));
    }
    if observed.proposed.is_empty() {
        warnings.push("nothing was proposed: there is nothing to judge".to_owned());
    }
    if figures.too_short {
        let (trades, days) = (figures.trades, figures.days);
        warnings.push(format!(
            "too short to tell: {trades} closed trades on {days} whole days; figures below \
             {ENOUGH_TRADES} trades or {ENOUGH_DAYS} days are chance"
        ));
    }
    let unknown = observed.regimes.get("unknown").copied().unwrap_or(0);
    if unknown > 0 {
        warnings.push(format!("the regime was unknown in {unknown} decisions: no entries then"));
    }
    if !described.not_traded.is_empty() {
        let names: Vec<_> = described.not_traded.iter().map(ToString::to_string).collect();
        warnings.push(format!("only for the regime, and not traded: {}", names.join(" ")));
    }
    warnings
}
