//! What is new at each decision, told while a run goes on.

use std::collections::BTreeMap;
use std::io;

use crate::common::{WAVES, market, setup, wandering};
use backtest::{Change, Data, Outcome, Records, Setup, Silent, run, run_recorded};
use exchange_sim::Catalog;
use serde_json::Value;

#[derive(Default)]
struct Lines(Vec<String>);

impl Records for Lines {
    fn changed(&mut self, change: &Change<'_>) -> io::Result<()> {
        self.0.push(serde_json::to_string(change)?);
        Ok(())
    }
}

/// One product that rises, is bought, falls by a fifth and is sold, among eleven that wander.
fn world() -> (Setup, Data) {
    let (after, mut setup) = ([1.0, 1.0, 0.8, 0.8, 0.8, 0.8], setup(6));
    let bars = (WAVES + 1 + i64::try_from(after.len()).unwrap()) * 60;
    let mut series = wandering(12, bars).series;
    series.retain(|one| one.product.as_str() != "BTC-USD");
    series.extend(market(&after).series);
    setup.settings.universe.method = universe::Method::Dynamic;
    (setup, Data::of(Catalog::embedded().unwrap(), series))
}

fn recorded() -> (Outcome, Vec<String>) {
    let ((setup, data), mut lines) = (world(), Lines::default());
    let outcome = run_recorded(&setup, &data, &mut lines, &mut Silent).unwrap();
    (outcome, lines.0)
}

#[test]
fn records_change_no_decision_and_are_the_same_bytes_again() {
    let (setup, data) = world();
    let (outcome, lines) = recorded();
    assert!(outcome.facts == run(&setup, &data, &mut Silent).unwrap().facts);
    assert_eq!(lines, recorded().1);
}

/// From what is new at some decisions follows what each of them said.
#[test]
fn every_decision_can_be_told_from_what_was_new() {
    let (outcome, lines) = recorded();
    let observed = &outcome.observed;
    assert!(lines.len() as u64 * 2 < observed.cycles, "{} of {}", lines.len(), observed.cycles);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut lines = lines.iter().peekable();
    let (mut now, mut statuses) = (serde_json::Map::new(), BTreeMap::<String, u64>::new());
    let (mut members, mut excluded) = (0, BTreeMap::<String, u64>::new());
    let mut seen = BTreeMap::<&str, u64>::new();
    for cycle in 1..=observed.cycles {
        if let Some(line) = lines.next_if(|line| line["cycle"] == cycle) {
            for (name, value) in line.as_object().unwrap() {
                now.insert(name.clone(), value.clone());
            }
            for name in ["fresh", "approved", "exits"] {
                *seen.entry(name).or_default() += line[name].as_array().map_or(0, Vec::len) as u64;
            }
        }
        let status = now["ended"]["status"].as_str().unwrap();
        *statuses.entry(status.to_owned()).or_default() += 1;
        members += now["universe"]["members"].as_u64().unwrap();
        for (code, count) in now["universe"]["excluded"].as_object().unwrap() {
            *excluded.entry(code.clone()).or_default() += count.as_u64().unwrap();
        }
    }
    assert!(lines.next().is_none());
    let named = |counts: &BTreeMap<&'static str, u64>| -> BTreeMap<String, u64> {
        counts.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
    };
    assert_eq!(statuses, named(&observed.statuses));
    assert_eq!((members, excluded), (observed.members, named(&observed.excluded)));
    assert_eq!(seen["approved"], observed.approved.len() as u64);
    assert!(seen["fresh"] >= observed.triggers.len() as u64);
    assert!(!observed.approved.is_empty());
}
