//! Five thousand cycles: one record each, everything seen that can happen, steady memory, and a stop,
//! a second instance and a new start on the way.
#![cfg(unix)]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout};

use common::{Home, looped, signal};
use serde_json::Value;

const CYCLES: usize = 5_000;
/// The first process is stopped at about this one.
const STOP_AT: usize = 1_500;
/// By then everything that is allocated once has been.
const WARM: usize = 1_000;
/// What a process may grow by from its warm cycle to its last, MiB.
const GROWTH_MIB: f64 = 8.0;

/// What the lines of cycles told.
#[derive(Default)]
struct Seen {
    cycles: usize,
    regimes: BTreeSet<String>,
    kinds: BTreeSet<String>,
    statuses: BTreeSet<String>,
    last: Option<domain::Timestamp>,
}

impl Seen {
    fn line(&mut self, text: &str) {
        let line: Value = serde_json::from_str(text).unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        self.cycles += 1;
        assert_eq!(line["cycle"], self.cycles, "none is left out, none comes twice");
        let at: domain::Timestamp = word(&line["as_of"]).parse().unwrap();
        assert!(self.last.is_none_or(|last| at == last.plus_secs(30)), "{at} is not the next");
        self.last = Some(at);
        self.regimes.insert(word(&line["regime"]));
        self.statuses.insert(word(&line["status"]));
        let fresh = line["triggers"].as_array().unwrap().iter().filter(|t| t["fresh"] == true);
        self.kinds.extend(fresh.map(|trigger| word(&trigger["kind"])));
    }

    /// Reads lines up to a cycle, or to the end.
    fn read(&mut self, lines: &mut std::io::Lines<BufReader<ChildStdout>>, to: usize) {
        while self.cycles < to {
            let Some(line) = lines.next() else { return };
            self.line(&line.unwrap());
        }
    }
}

/// Resident memory, where the kernel tells.
fn resident_mib(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

#[test]
fn five_thousand_cycles_see_everything_in_steady_memory() {
    let home = Home::new();
    let mut seen = Seen::default();

    let mut first = home.start(&looped(&["--speed", "max"]));
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines();
    seen.read(&mut lines, STOP_AT);
    let second = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(second.status.code(), Some(3), "{second:?}");
    signal(&first, "-INT");
    seen.read(&mut lines, usize::MAX);
    assert_eq!(first.wait().unwrap().code(), Some(130));

    let left = (CYCLES - seen.cycles).to_string();
    let start = seen.cycles;
    let mut again = home.start(&looped(&["--speed", "max", "--cycles", &left]));
    let mut lines = BufReader::new(again.stdout.take().unwrap()).lines();
    seen.read(&mut lines, start + WARM);
    let warm = resident_mib(&again);
    seen.read(&mut lines, CYCLES - 1);
    let last = resident_mib(&again);
    seen.read(&mut lines, usize::MAX);
    assert_eq!(again.wait().unwrap().code(), Some(0));

    println!("{warm:?} MiB after {WARM} cycles, {last:?} MiB after {}", CYCLES - start - 1);
    if let (Some(warm), Some(last)) = (warm, last) {
        assert!(last - warm < GROWTH_MIB, "{warm} MiB after {WARM} cycles, {last} MiB at the end");
    }
    assert_eq!(seen.cycles, CYCLES);
    let kept = home.facts().iter().filter(|(_, body)| body.contains("\"fact\":\"cycle\"")).count();
    assert_eq!(kept, CYCLES, "one record a cycle");
    let words = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(words(&seen.regimes), "bear bull chop crash");
    assert_eq!(words(&seen.kinds), "breakout momentum price_move reversal volume_spike");
    assert!(seen.statuses.contains("APPROVED_DRY_RUN"), "{:?}", seen.statuses);
}
