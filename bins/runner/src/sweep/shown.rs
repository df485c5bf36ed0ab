//! A search as people read it.

use std::io::{self, Write};

use backtest::metrics::{Interval, Measure};
use config::Config;
use sweep::{Against, Candidate, Forward, Plan, Ran, Ranked, Ranking, Shown, SplitRanking, Word};

use crate::cli::SweepArgs;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};

/// What was played.
pub(super) fn played(
    candidates: &[(Candidate, Option<Config>)],
    plan: &Plan,
    ran: Ran,
    args: &SweepArgs,
    out: &mut dyn Write,
) -> io::Result<()> {
    let refused = candidates.iter().filter(|(one, _)| one.refused.is_some()).count();
    writeln!(
        out,
        "{} candidates on {} splits, {refused} of them refused by the configuration; shard {}: {} \
         played, {} there before",
        candidates.len(),
        plan.splits.len(),
        args.shard,
        ran.done,
        ran.there
    )
}

/// Splits, what following the choices brought, and the verdict.
pub(super) fn ranking(ranking: &Ranking, keys: &[String], out: &mut dyn Write) -> io::Result<()> {
    let listed = || ranking.splits.iter().flat_map(|split| &split.best);
    // What is the same in all of them tells none from another.
    let differs = |key: &&String| {
        let mut values = listed().map(|one| one.values.get(*key));
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    let keys: Vec<_> = keys.iter().filter(differs).cloned().collect();
    for split in &ranking.splits {
        split_lines(split, &keys, out)?;
    }
    if let Some(forward) = &ranking.forward {
        forward_lines(forward, out)?;
    }
    for (candidate, why) in ranking.refused.iter().take(3) {
        writeln!(out, "{}", paint(DIM, &format!("refused: {candidate}: {why}")))?;
    }
    if let Some(more) = ranking.refused.len().checked_sub(3).filter(|more| *more > 0) {
        writeln!(out, "{}", paint(DIM, &format!("and {more} more refused")))?;
    }
    let style = match ranking.verdict.word {
        Word::Survives => GOOD,
        Word::NothingSurvives => BAD,
        Word::Incomplete | Word::InSampleOnly | Word::TooShort => WARN,
    };
    writeln!(out, "{}", paint(style, &ranking.verdict.text))
}

fn split_lines(split: &SplitRanking, keys: &[String], out: &mut dyn Write) -> io::Result<()> {
    let test = split.test.map(|test| format!(", test {} to {}", test.from, test.to));
    let title = format!(
        "split {}: train {} to {}{}",
        split.split + 1,
        split.train.from,
        split.train.to,
        test.unwrap_or_default()
    );
    writeln!(out, "{}", paint(STRONG, &title))?;
    writeln!(
        out,
        "  {} trials; the best of so many without skill shows a Sharpe ratio of {}; rank correlation \
         of train and test {}",
        split.trials,
        measure(&split.luck_sharpe),
        measure(&split.rank_correlation)
    )?;
    let columns = "trades   return   Sharpe  max.fall     fees      BTC";
    let heads =
        format!("  {:<17}{:>9}  | train: {columns} | test: {columns}", "candidate", "deflated");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for one in &split.best {
        writeln!(out, "{}", row(one))?;
        let values = keys.iter().filter_map(|key| Some(format!("{key}={}", one.values.get(key)?)));
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            writeln!(out, "{}", paint(DIM, &format!("    {}", values.join(" "))))?;
        }
    }
    Ok(())
}

fn row(one: &Ranked) -> String {
    let deflated = measure(&one.deflated_sharpe);
    let test = one.test.as_ref().map(part).unwrap_or_default();
    format!("  {:<17}{deflated:>9}  |        {} |       {test}", one.candidate, part(&one.train))
}

fn part(shown: &Shown) -> String {
    let figure = |name: &str, digits: usize| {
        let value = shown.figures.get(name);
        value.map_or("n/a".to_owned(), |value| format!("{value:.digits$}"))
    };
    format!(
        "{:>6}{:>8}%{:>9}{:>9}%{:>9}{:>8}%",
        shown.trades,
        figure("return_pct", 2),
        figure("sharpe", 2),
        figure("max_drawdown_pct", 2),
        figure("fees_usd", 2),
        figure("btc_return_pct", 2)
    )
}

fn forward_lines(forward: &Forward, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint(STRONG, "following each split's choice through its test"))?;
    writeln!(
        out,
        "  {} closed trades on {} whole days; return {:+.2} %; Sharpe {}{}; fees {:.2} USD; {} % of the \
         account in coins",
        forward.trades,
        forward.days,
        forward.return_pct,
        measure(&forward.sharpe),
        within(forward.sharpe_90, ""),
        forward.fees_usd,
        measure(&forward.exposure_pct)
    )?;
    for (name, against) in [
        ("holding BTC", &forward.btc),
        ("holding everything in equal parts", &forward.basket),
        ("holding BTC with as much of the account", &forward.btc_alike),
    ] {
        writeln!(out, "  against {name}: {}", excess(against))?;
    }
    Ok(())
}

fn excess(against: &Against) -> String {
    format!(
        "it brought {:+.2} %; sum of the days' differences {:+.2} %{}",
        against.return_pct,
        against.excess_pct,
        within(against.excess_90_pct, " %")
    )
}

fn within(interval: Option<Interval>, unit: &str) -> String {
    let text = |Interval { low, high }| format!(", 90 %: {low:+.2}{unit} to {high:+.2}{unit}");
    interval.map(text).unwrap_or_default()
}

fn measure(measure: &Measure) -> String {
    measure.get().map_or("n/a".to_owned(), |value| format!("{value:.2}"))
}
