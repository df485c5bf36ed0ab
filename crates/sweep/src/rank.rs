//! What is left of the best of many: chosen on training spans, shown on test spans.

use std::collections::BTreeMap;

use backtest::metrics::{
    ENOUGH_DAYS, ENOUGH_TRADES, Interval, Measure, compounded_pct, daily_sharpe, deflated_sharpe,
    interval, luck, sharpe, variance,
};
use serde::Serialize;

use crate::plan::SCHEMA;
use crate::row::{Part, Row, Status};
use crate::split::Span;
use crate::store::Stored;

/// A deflated Sharpe ratio from here on counts as more than luck: one in twenty.
pub const SURE: f64 = 0.95;
const YEAR_DAYS: f64 = 365.0;

/// All splits, and what following the choices would have brought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// [`SCHEMA`].
    pub schema: u32,
    /// In one word and a sentence.
    pub verdict: Verdict,
    /// Each split with its best candidates.
    pub splits: Vec<SplitRanking>,
    /// The tests of all splits, one after another, each with the candidate that was chosen on its
    /// training; none where nothing is tested or chosen.
    pub forward: Option<Forward>,
    /// What is not there.
    pub missing: Missing,
    /// Candidates that the configuration refuses, with the reason.
    pub refused: Vec<(String, String)>,
    /// Candidates that could not be played to the end, with the reason.
    pub failed: Vec<(String, String)>,
}

/// Candidates on splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// That were not played yet.
    pub runs: usize,
    /// In all.
    pub of: usize,
}

/// What it all comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// In one word.
    pub word: Word,
    /// For a person.
    pub text: String,
}

/// In one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Not everything is there.
    Incomplete,
    /// Nothing was tested out of sample.
    InSampleOnly,
    /// Too few trades or days.
    TooShort,
    /// What was chosen is not told from luck, or from holding.
    NothingSurvives,
    /// What was chosen is more than luck, and more than holding.
    Survives,
}

/// One split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitRanking {
    /// From 0.
    pub split: usize,
    /// Where candidates were chosen.
    pub train: Span,
    /// Where they are shown.
    pub test: Option<Span>,
    /// Candidates that were played, and trials that were made elsewhere before.
    pub trials: u64,
    /// Variance of the trials' Sharpe ratios a day, of those that have one.
    pub variance: Measure,
    /// The Sharpe ratio a year that the best of so many trials without skill is expected to show.
    pub luck_sharpe: Measure,
    /// Spearman's correlation of the candidates' Sharpe ratios in training and in test: near 0 the
    /// one says nothing of the other.
    pub rank_correlation: Measure,
    /// By deflated Sharpe ratio on training, the best first.
    pub best: Vec<Ranked>,
}

/// One candidate on one split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// Which.
    pub candidate: String,
    /// Its values.
    pub values: BTreeMap<String, String>,
    /// The chance that its Sharpe ratio on training is more than luck among so many.
    pub deflated_sharpe: Measure,
    /// On training.
    pub train: Shown,
    /// On test.
    pub test: Option<Shown>,
}

/// The figures of one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Closed trades.
    pub trades: i64,
    /// Figures by their columns; those that are undefined are not there.
    pub figures: BTreeMap<&'static str, f64>,
}

/// Following each split's choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forward {
    /// The choices, by split.
    pub chosen: Vec<String>,
    /// Closed trades.
    pub trades: i64,
    /// Whole days.
    pub days: usize,
    /// Compounded.
    pub return_pct: f64,
    /// A year.
    pub sharpe: Measure,
    /// Its 90 % interval.
    pub sharpe_90: Option<Interval>,
    /// Fees paid, dollars.
    pub fees_usd: f64,
    /// In coins, by time, percent.
    pub exposure_pct: Measure,
    /// Against holding BTC.
    pub btc: Against,
    /// Against holding all products in equal parts.
    pub basket: Against,
    /// Against holding BTC with as much of the account as was in coins on average.
    pub btc_alike: Against,
}

/// Sums of daily differences to something held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Against {
    /// What was held, compounded, percent.
    pub return_pct: f64,
    /// Sum of the days' differences, percent points.
    pub excess_pct: f64,
    /// Its 90 % interval by block bootstrap.
    pub excess_90_pct: Option<Interval>,
}

impl Ranking {
    /// Ranks what there is. `before` counts trials that were made elsewhere on the same data; `most`
    /// candidates are listed a split.
    pub fn of(rows: &[Row], keys: &[String], stored: &Stored, before: u64, most: usize) -> Self {
        let mut splits = Vec::new();
        let (mut chosen, mut sure) = (Vec::new(), true);
        for split in 0..stored.splits {
            let Some(own) = SplitRanking::of(rows, keys, split, before) else { continue };
            let best = own.best.first();
            let test = best.and_then(|best| {
                rows.iter().find(|row| {
                    row.split == split && row.part == Part::Test && row.candidate == best.candidate
                })
            });
            if let Some(best) = best {
                sure &= best.deflated_sharpe.get().is_some_and(|chance| chance >= SURE);
            }
            chosen.extend(test.filter(|row| row.status.is_played()));
            splits.push(own);
        }
        for split in &mut splits {
            split.best.truncate(most);
        }
        let forward = Forward::of(&chosen);
        let missing = missing(rows, stored);
        let verdict = verdict(missing, &splits, forward.as_ref(), sure);
        Self {
            schema: SCHEMA,
            verdict,
            splits,
            forward,
            missing,
            refused: reasons(rows, |status| match status {
                Status::Refused(why) => Some(why),
                Status::Ok | Status::Nothing | Status::Failed(_) => None,
            }),
            failed: reasons(rows, |status| match status {
                Status::Failed(why) => Some(why),
                Status::Ok | Status::Nothing | Status::Refused(_) => None,
            }),
        }
    }
}

fn missing(rows: &[Row], stored: &Stored) -> Missing {
    let of = stored.candidates * stored.splits;
    let there = rows.iter().filter(|row| row.part == Part::Train).count();
    Missing { runs: of.saturating_sub(there), of }
}

/// Each candidate once, with the reason.
fn reasons(rows: &[Row], why: impl Fn(&Status) -> Option<&String>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for row in rows {
        if let Some(why) = why(&row.status)
            && found.last().is_none_or(|(last, _)| *last != row.candidate)
        {
            found.push((row.candidate.clone(), why.clone()));
        }
    }
    found
}

impl SplitRanking {
    fn of(rows: &[Row], keys: &[String], split: usize, before: u64) -> Option<Self> {
        let here = |part| {
            rows.iter()
                .filter(move |row| row.split == split && row.part == part)
                .filter(|row| row.status.is_played())
        };
        let span = |part| rows.iter().find(|row| row.split == split && row.part == part);
        let train = span(Part::Train)?.span;
        let ratios: Vec<_> =
            here(Part::Train).filter_map(|row| daily_sharpe(&row.figures.days)).collect();
        let trials = here(Part::Train).count() as u64 + before;
        let across = variance(&ratios);
        let of_trials = across.unwrap_or(0.0);
        let tested: BTreeMap<_, _> =
            here(Part::Test).map(|row| (row.candidate.as_str(), row)).collect();
        let ranked = |row: &Row| Ranked {
            candidate: row.candidate.clone(),
            values: keys.iter().cloned().zip(row.values.iter().cloned()).collect(),
            deflated_sharpe: deflated_sharpe(&row.figures.days, trials, of_trials),
            train: Shown::of(row),
            test: tested.get(row.candidate.as_str()).map(|row| Shown::of(row)),
        };
        let mut best: Vec<_> = here(Part::Train).map(|row| (row.number, ranked(row))).collect();
        // What has no ratio, for want of trades, comes last.
        let chance = |one: &Ranked| one.deflated_sharpe.get().unwrap_or(f64::NEG_INFINITY);
        let ratio =
            |one: &Ranked| one.train.figures.get("sharpe").copied().unwrap_or(f64::NEG_INFINITY);
        best.sort_by(|(a_number, a), (b_number, b)| {
            let by_chance = chance(b).total_cmp(&chance(a));
            by_chance.then(ratio(b).total_cmp(&ratio(a))).then(a_number.cmp(b_number))
        });
        let both = here(Part::Train).filter_map(|row| {
            let test = tested.get(row.candidate.as_str())?;
            Some((daily_sharpe(&row.figures.days)?, daily_sharpe(&test.figures.days)?))
        });
        let yearly = luck(trials, of_trials) * YEAR_DAYS.sqrt();
        Some(Self {
            split,
            train,
            test: span(Part::Test).map(|row| row.span),
            trials,
            variance: across.map_or(NO_VARIANCE, Measure::Is),
            luck_sharpe: if across.is_some() { Measure::Is(yearly) } else { NO_VARIANCE },
            rank_correlation: spearman(&both.collect::<Vec<_>>()),
            best: best.into_iter().map(|(_, one)| one).collect(),
        })
    }
}

const NO_VARIANCE: Measure = Measure::Na { na: "fewer than two trials with a Sharpe ratio" };

impl Shown {
    fn of(row: &Row) -> Self {
        let figures = crate::row::NUMBERS.iter();
        let figures = figures.filter_map(|name| Some((*name, row.figures.get(name)?)));
        Self { trades: row.figures.trades, figures: figures.collect() }
    }
}

/// Spearman's rank correlation; equal values share the mean of their ranks.
fn spearman(pairs: &[(f64, f64)]) -> Measure {
    let nothing = Measure::Na { na: "fewer than three candidates with both ratios" };
    if pairs.len() < 3 {
        return nothing;
    }
    let ranks = |values: Vec<f64>| -> Vec<f64> {
        let rank = |value: &f64| {
            let below = values.iter().filter(|other| other.total_cmp(value).is_lt()).count() as f64;
            let same = values.iter().filter(|other| other.total_cmp(value).is_eq()).count() as f64;
            below + (same - 1.0) / 2.0
        };
        values.iter().map(rank).collect()
    };
    let first = ranks(pairs.iter().map(|pair| pair.0).collect());
    let second = ranks(pairs.iter().map(|pair| pair.1).collect());
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum()
    };
    let scale = (product(&first, &first) * product(&second, &second)).sqrt();
    if scale > 0.0 { Measure::Is(product(&first, &second) / scale) } else { nothing }
}

impl Forward {
    fn of(chosen: &[&Row]) -> Option<Self> {
        if chosen.is_empty() {
            return None;
        }
        let figures = || chosen.iter().map(|row| &row.figures);
        let (mut days, mut btc, mut basket) = (Vec::new(), Vec::new(), Vec::new());
        let mut alike = Vec::new();
        let (mut exposed, mut secs) = (0.0, 0.0);
        for row in chosen {
            let figures = &row.figures;
            let many = figures.days.len();
            let exposure = figures.get("exposure_pct").unwrap_or(0.0);
            let span = row.span.to.secs_since(row.span.from) as f64;
            exposed += exposure * span;
            secs += span;
            days.extend_from_slice(&figures.days);
            let held = aligned(&figures.btc_days, many);
            alike.extend(held.iter().map(|day| day * exposure / 100.0));
            btc.extend(held);
            basket.extend(aligned(&figures.basket_days, many));
        }
        let none = Measure::Na { na: "no time passed" };
        Some(Self {
            chosen: chosen.iter().map(|row| row.candidate.clone()).collect(),
            trades: figures().map(|one| one.trades).sum(),
            days: days.len(),
            return_pct: compounded_pct(&days),
            sharpe: sharpe(&days),
            sharpe_90: interval(&days, |sample| sharpe(sample).get()),
            fees_usd: figures().filter_map(|one| one.get("fees_usd")).sum(),
            exposure_pct: if secs > 0.0 { Measure::Is(exposed / secs) } else { none },
            btc: Against::of(&days, &btc),
            basket: Against::of(&days, &basket),
            btc_alike: Against::of(&days, &alike),
        })
    }
}

/// As many days as the account's own, the last ones; days that are missing before had no change.
fn aligned(held: &[f64], many: usize) -> Vec<f64> {
    let missing = many.saturating_sub(held.len());
    let kept = held.get(held.len().saturating_sub(many)..).unwrap_or_default();
    core::iter::repeat_n(0.0, missing).chain(kept.iter().copied()).collect()
}

impl Against {
    fn of(own: &[f64], held: &[f64]) -> Self {
        let differences: Vec<_> = own.iter().zip(held).map(|(own, held)| own - held).collect();
        let sum = |days: &[f64]| 100.0 * days.iter().sum::<f64>();
        Self {
            return_pct: compounded_pct(held),
            excess_pct: sum(&differences),
            excess_90_pct: interval(&differences, |sample| Some(sum(sample))),
        }
    }
}

fn verdict(
    missing: Missing,
    splits: &[SplitRanking],
    forward: Option<&Forward>,
    sure: bool,
) -> Verdict {
    let (word, text) = if missing.runs > 0 {
        let text =
            format!("{} of {} candidates on splits are not there yet", missing.runs, missing.of);
        (Word::Incomplete, text)
    } else if splits.iter().all(|split| split.test.is_none()) {
        let text = "in sample only: nothing was shown on a span that it was not chosen on; give \
                    --train, --embargo and --test";
        (Word::InSampleOnly, text.to_owned())
    } else if let Some(forward) = forward {
        judged(forward, sure)
    } else {
        (Word::NothingSurvives, "nothing survives: no candidate could be chosen".to_owned())
    };
    Verdict { word, text }
}

/// By the criterion that lets a rule trade: excess over holding with a 90 % interval above 0, on
/// enough trades and days out of sample; and more than luck in training.
fn judged(forward: &Forward, sure: bool) -> (Word, String) {
    let trades = usize::try_from(forward.trades).unwrap_or(0);
    if trades < ENOUGH_TRADES || forward.days < ENOUGH_DAYS {
        let text = format!(
            "too short to tell: {trades} closed trades on {} whole days out of sample; below \
             {ENOUGH_TRADES} trades or {ENOUGH_DAYS} days figures are chance",
            forward.days
        );
        return (Word::TooShort, text);
    }
    let mut lacks = Vec::new();
    if !sure {
        lacks.push(format!(
            "the choices' Sharpe ratios in training are within luck among so many trials (deflated \
             below {SURE})"
        ));
    }
    for (name, against) in [("BTC", &forward.btc), ("the basket", &forward.basket)] {
        let low = against.excess_90_pct.map(|interval| interval.low);
        if low.is_none_or(|low| low <= 0.0) {
            let low = low.map_or("n/a".to_owned(), |low| format!("{low:+.2} %"));
            lacks.push(format!(
                "the excess over holding {name} may be nothing (5 % quantile {low})"
            ));
        }
    }
    if forward.sharpe_90.is_none_or(|interval| interval.low <= 0.0) {
        lacks.push("the account itself may have gained nothing".to_owned());
    }
    if lacks.is_empty() {
        let text = "survives: more than luck in training, and more than holding out of sample";
        return (Word::Survives, text.to_owned());
    }
    (Word::NothingSurvives, format!("nothing survives: {}", lacks.join("; ")))
}

#[cfg(test)]
mod tests;
