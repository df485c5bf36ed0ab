//! Prints the seeded market's figures beside the recorded ones, as the tables of
//! `docs/market-model.md`:
//! `cargo run --release -p exchange-sim --example calibrate -- [DATA-DIRECTORY]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "an example talks")]

use std::collections::BTreeMap;
use std::path::Path;

use domain::Timestamp;
use history::CandleFile;

#[path = "../../tests/common/mod.rs"]
mod common;

use common::figures::{self, Hour, Return};
use common::sample::{self, DAYS, SEEDS, Sample};

fn main() {
    let dir = std::env::args().nth(1).unwrap_or("../shared/data".to_owned());
    let dir = Path::new(&dir).join("coinbase");
    let recorded = recorded(&dir, "1h", Some(("2025-01-01T00:00:00Z", "2025-08-15T00:00:00Z")));
    if recorded.is_empty() {
        println!("{} has no hourly candles; nothing to compare with", dir.display());
        return;
    }
    let modelled = sample::eight();
    let all: Vec<&String> = recorded.keys().filter(|id| modelled[0].contains_key(*id)).collect();
    let alts: Vec<String> = all
        .iter()
        .filter(|id| !["BTC-USD", "ETH-USD"].contains(&id.as_str()))
        .map(|id| (*id).clone())
        .collect();

    println!("| figure | recorded | modelled |\n|---|---:|---:|");
    let of_model: Vec<_> = modelled.iter().map(|s| sample::market(s, &alts)).collect();
    for (at, (name, value)) in sample::market(&recorded, &alts).into_iter().enumerate() {
        println!(
            "| {name} | {value:.2} | {:.2} |",
            figures::median(of_model.iter().map(|m| m[at].1))
        );
    }
    regimes(&dir, &modelled);
    sparse(&dir, &modelled);
    clock(&recorded, &modelled, &all);
    products(&recorded, &modelled, &dir);
}

fn candles(path: &Path) -> Vec<domain::Bar> {
    let file = CandleFile::named(path).unwrap();
    let rows = file.starts().unwrap().len();
    file.bars(0, rows).unwrap().iter().collect()
}

/// The hours of all products that have a file of that name, within a span.
fn recorded(dir: &Path, name: &str, span: Option<(&str, &str)>) -> Sample {
    let span: Option<(Timestamp, Timestamp)> =
        span.map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
    let mut sample = Sample::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = entry.path().join(format!("{name}.parquet"));
        if !path.exists() {
            continue;
        }
        let bars = candles(&path).into_iter();
        let within = bars.filter(|b| span.is_none_or(|(from, to)| from <= b.start && b.start < to));
        sample.insert(entry.file_name().into_string().unwrap(), figures::hours(within));
    }
    sample
}

fn regimes(dir: &Path, modelled: &[Sample]) {
    let share = |series: &[Vec<f64>]| {
        let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
        let mut all = 0.0;
        for word in series.iter().flat_map(|closes| figures::regimes(closes)) {
            *counts.entry(word).or_default() += 1.0;
            all += 1.0;
        }
        ["bull", "chop", "bear", "crash"]
            .map(|word| format!("{:.1}", 100.0 * counts.get(word).unwrap_or(&0.0) / all))
            .join(" | ")
    };
    let closes = |hours: &[Hour]| hours.iter().map(|h| h.close).collect::<Vec<f64>>();
    println!("\n| hours in a regime, % | bull | chop | bear | crash |\n|---|---:|---:|---:|---:|");
    for (name, words) in [("1h", "2024-04 to 2025-08"), ("1h_2016-2021", "2016 to 2021")] {
        let hours = figures::hours(candles(&dir.join(format!("BTC-USD/{name}.parquet"))));
        println!("| recorded, {words} | {} |", share(&[closes(&hours)]));
    }
    let model: Vec<Vec<f64>> = modelled.iter().map(|s| closes(&s["BTC-USD"])).collect();
    println!("| modelled | {} |", share(&model));
}

fn sparse(dir: &Path, modelled: &[Sample]) {
    let mut hours: Vec<Hour> = Vec::new();
    for name in ["1m_2023q4", "1m"] {
        hours.extend(recorded(dir, name, None).into_values().flatten());
    }
    let recorded = figures::sparse(&hours);
    let modelled = figures::sparse(modelled.iter().flat_map(BTreeMap::values).flatten());
    println!(
        "\n| dollars a minute in the hour | empty minutes, recorded | modelled | one price only, of the others, recorded | modelled |"
    );
    println!("|---|---:|---:|---:|---:|");
    let names = ["below 100", "100 to 1,000", "1,000 to 10,000", "above 10,000"];
    for ((name, r), m) in names.iter().zip(recorded).zip(modelled) {
        println!("| {name} | {:.2} | {:.2} | {:.2} | {:.2} |", r.0, m.0, r.1, m.1);
    }
}

fn clock(recorded: &Sample, modelled: &[Sample], ids: &[&String]) {
    let over = |samples: &[&Sample], of: fn(&Return) -> f64| {
        let mut sums = [0.0; 24];
        let mut count = 0.0;
        for hours in samples.iter().flat_map(|s| ids.iter().map(|id| &s[*id])) {
            let shape = figures::by_hour(&figures::returns(hours), of);
            sums.iter_mut().zip(shape).for_each(|(sum, value)| *sum += value);
            count += 1.0;
        }
        sums.map(|sum| sum / count)
    };
    let modelled: Vec<&Sample> = modelled.iter().collect();
    let (moves, volume) = (|r: &Return| r.1.abs(), |r: &Return| r.0.quote);
    let (a, b) = (over(&[recorded], moves), over(&modelled, moves));
    let (c, d) = (over(&[recorded], volume), over(&modelled, volume));
    println!(
        "\n| hour (UTC) | absolute return / mean, recorded | modelled | volume / mean, recorded | modelled |"
    );
    println!("|---:|---:|---:|---:|---:|");
    for hour in 0..24 {
        println!("| {hour} | {:.2} | {:.2} | {:.2} | {:.2} |", a[hour], b[hour], c[hour], d[hour]);
    }
}

fn products(hourly: &Sample, modelled: &[Sample], dir: &Path) {
    let span = Some(("2025-01-01T00:00:00Z", "2025-08-15T00:00:00Z"));
    let coarse = recorded(dir, "6h", span);
    println!(
        "\n| product | yearly volatility, recorded, % | modelled | volume a day, recorded, $M | modelled | empty minutes, modelled |"
    );
    println!("|---|---:|---:|---:|---:|---:|");
    let dash = |value: Option<f64>, digits: usize| {
        value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
    };
    for id in modelled[0].keys() {
        let hours = || modelled.iter().map(|s| &s[id]);
        let volatility = figures::mean(hours().map(|h| figures::yearly_pct(&figures::returns(h))));
        let volume = |h: &Vec<Hour>| figures::mean(figures::daily(h)) / 1e6;
        let traded: f64 = hours().flatten().map(|h| h.bars).sum();
        let minutes = (SEEDS * 1440) as f64 * DAYS as f64;
        println!(
            "| {} | {} | {volatility:.0} | {} | {:.2} | {:.2} |",
            id.trim_end_matches("-USD"),
            dash(hourly.get(id).map(|h| figures::yearly_pct(&figures::returns(h))), 0),
            dash(coarse.get(id).map(volume), 2),
            figures::mean(hours().map(volume)),
            1.0 - traded / minutes,
        );
    }
}
