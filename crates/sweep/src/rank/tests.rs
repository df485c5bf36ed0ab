//! Markets of numbers alone: skill that was put in is found, and luck is not taken for it.

use domain::Timestamp;

use super::*;
use crate::row::Figures;

const DAY_SECS: i64 = 86_400;

/// Numbers between −1 and 1 that are the same in every run.
fn noise(seed: usize, day: usize) -> f64 {
    let mut mixed = (seed as u64 * 1_000_003 + day as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

fn day(day: usize) -> Timestamp {
    Timestamp::from_secs(i64::try_from(day).unwrap() * DAY_SECS)
}

/// A candidate that gains so much a day, give or take 1 %, on 100 days of training and 80 of test.
fn candidate(number: usize, edge: f64) -> [Row; 2] {
    [(Part::Train, 0, 100), (Part::Test, 100, 180)].map(|(part, from, to)| {
        let days: Vec<_> = (from..to).map(|day| edge + 0.01 * noise(number, day)).collect();
        let mut figures = Figures { trades: 40, ..Figures::default() };
        figures.numbers[1] = Some(compounded_pct(&days));
        figures.numbers[2] = sharpe(&days).get();
        figures.btc_days = (from..to).map(|day| 0.003 * noise(999, day)).collect();
        figures.basket_days.clone_from(&figures.btc_days);
        figures.days = days;
        Row {
            candidate: format!("c{number:02}"),
            number,
            values: vec![number.to_string()],
            split: 0,
            part,
            span: Span { from: day(from), to: day(to) },
            status: Status::Ok,
            figures,
        }
    })
}

fn stored(candidates: usize) -> Stored {
    Stored { plan: serde_json::Value::Null, candidates, splits: 1 }
}

fn ranked(rows: &[Row], candidates: usize) -> Ranking {
    Ranking::of(rows, &["key".to_owned()], &stored(candidates), 0, 5)
}

#[test]
fn the_best_of_many_without_skill_does_not_survive() {
    let rows: Vec<_> = (0..60).flat_map(|number| candidate(number, 0.0)).collect();
    let ranking = ranked(&rows, 60);
    let split = &ranking.splits[0];
    let best = &split.best[0];
    let ratio = best.train.figures["sharpe"];
    assert!(ratio > 2.0, "luck alone shows a fine ratio: {ratio}");
    let undeflated = backtest::metrics::probabilistic_sharpe(
        &rows.iter().find(|row| row.candidate == best.candidate).unwrap().figures.days,
    );
    assert!(undeflated.get().unwrap() > 0.95, "that would pass for skill: {undeflated:?}");
    assert!(best.deflated_sharpe.get().unwrap() < SURE, "{:?}", best.deflated_sharpe);
    let correlation = split.rank_correlation.get().unwrap();
    assert!(correlation.abs() < 0.3, "{correlation}");
    assert_eq!(ranking.verdict.word, Word::NothingSurvives, "{}", ranking.verdict.text);
}

#[test]
fn planted_skill_survives_and_is_chosen() {
    let mut rows: Vec<_> = (0..20).flat_map(|number| candidate(number, 0.0)).collect();
    rows.extend(candidate(20, 0.005));
    let ranking = ranked(&rows, 21);
    assert_eq!(ranking.splits[0].best[0].candidate, "c20");
    assert_eq!(ranking.verdict.word, Word::Survives, "{}", ranking.verdict.text);
    let forward = ranking.forward.unwrap();
    assert_eq!((forward.days, forward.trades), (80, 40));
    assert!(forward.btc.excess_90_pct.unwrap().low > 0.0);
}

#[test]
fn trials_made_before_deflate_what_is_found_now() {
    let rows: Vec<_> = (0..10).flat_map(|number| candidate(number, 0.001)).collect();
    let of = |before| {
        let ranking = Ranking::of(&rows, &["key".to_owned()], &stored(10), before, 1);
        let split = &ranking.splits[0];
        (split.trials, split.best.len(), split.best[0].deflated_sharpe.get().unwrap())
    };
    let ((ten, listed, alone), (more, _, after)) = (of(0), of(990));
    assert_eq!((ten, more, listed), (10, 1000, 1));
    assert!(after < alone, "{after} {alone}");
}

#[test]
fn little_says_that_it_is_little_and_nothing_out_of_sample_says_so() {
    let mut rows: Vec<_> = (0..3).flat_map(|number| candidate(number, 0.005)).collect();
    for row in &mut rows {
        row.figures.trades = 29;
    }
    assert_eq!(ranked(&rows, 3).verdict.word, Word::TooShort);
    rows.retain(|row| row.part == Part::Train);
    assert_eq!(ranked(&rows, 3).verdict.word, Word::InSampleOnly);
    let ranking = ranked(&rows, 4);
    assert_eq!(ranking.verdict.word, Word::Incomplete);
    assert_eq!(ranking.missing, Missing { runs: 1, of: 4 });
}

#[test]
fn refused_and_failed_ones_are_no_trials_and_are_named_once() {
    let mut rows: Vec<_> = (0..4).flat_map(|number| candidate(number, 0.0)).collect();
    for row in &mut rows[..4] {
        row.status = match row.number {
            0 => Status::Refused("a stop of 0".to_owned()),
            _ => Status::Failed("the venue stands still".to_owned()),
        };
    }
    let ranking = ranked(&rows, 4);
    assert_eq!(ranking.splits[0].trials, 2);
    assert_eq!(ranking.refused, [("c00".to_owned(), "a stop of 0".to_owned())]);
    assert_eq!(ranking.failed, [("c01".to_owned(), "the venue stands still".to_owned())]);
}

#[test]
fn ranks_that_agree_correlate_and_equal_ones_share_a_rank() {
    let of = |pairs: &[(f64, f64)]| spearman(pairs).get();
    assert_eq!(of(&[(1.0, 10.0), (2.0, 20.0), (3.0, 21.0)]), Some(1.0));
    assert_eq!(of(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]), Some(-1.0));
    assert_eq!(of(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / sqrt(4.5 × 5).
    let tied = of(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0), (4.0, 4.0)]).unwrap();
    assert!((tied - 4.5 / 22.5_f64.sqrt()).abs() < 1e-12, "{tied}");
}
