//! LIVE rehearsed: a served venue with something to buy, the gates open, the operator's word given.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use exchange_sim::Seeded;
use exchange_sim_server::Scenario;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::served::{self, Served, TRADER, json, text};

pub(crate) const FILE: &str = "CB_API_SECRET_FILE";
pub(crate) const WORD: &str = "TRADER_CONFIRM_LIVE";
pub(crate) const LIVE: [&str; 4] = ["run", "--loop", "--interval", "0.05"];

/// What must be so for LIVE: file, as shipped, as it must be.
const OPEN: [(&str, &str, &str); 5] = [
    ("app.yaml", "mode: DRY_RUN", "mode: LIVE"),
    ("app.yaml", "venue: simulated", "venue: coinbase"),
    ("app.yaml", "read_only: true", "read_only: false"),
    ("policy.yaml", "live_trading_enabled: false", "live_trading_enabled: true"),
    ("strategy.yaml", "live: false", "live: true"),
];

pub(crate) fn edit(home: &Path, (file, from, to): (&str, &str, &str)) {
    let path = home.join("config").join(file);
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{file} has no {from:?}");
    fs::write(path, before.replace(from, to)).unwrap();
}

pub(crate) fn open(home: &Path, but: Option<&str>) {
    for change in OPEN.iter().filter(|(_, from, _)| Some(*from) != but) {
        edit(home, *change);
    }
}

/// The hash that a run prints before it refuses for want of a word.
pub(crate) fn word(venue: &Served, key: usize) -> String {
    let refused = venue.run(&LIVE, &[(FILE, &venue.key(key))]);
    assert_eq!(refused.status.code(), Some(6), "{}", text(&refused.stderr));
    let said = text(&refused.stderr);
    let line = said.lines().find_map(|line| line.trim().strip_prefix("hash "));
    line.unwrap_or_else(|| panic!("no hash in {said}")).trim().to_owned()
}

/// Seconds of the hour left, so that what is fresh at the start stays so while a test runs.
const HOUR_LEFT_SECS: u64 = 150;

fn now_secs() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A market in which so many things are worth buying now: the first seed that says so.
fn seed_with_entries(changes: &[(&str, &str, &str)], entries: u64) -> u64 {
    let home = tempfile::tempdir().unwrap();
    served::configure(home.path(), 1);
    for change in changes {
        edit(home.path(), *change);
    }
    if entries > 1 {
        // One cycle of the search says what several of the test will do.
        let several = ("new_positions_per_cycle: 1", "new_positions_per_cycle: 5");
        edit(home.path(), ("policy.yaml", several.0, several.1));
    }
    for seed in 1..2_000 {
        let left = 3_600 - now_secs() % 3_600;
        if left < HOUR_LEFT_SECS {
            std::thread::sleep(Duration::from_secs(left + 5));
        }
        // A minute on, in the same hour: events of an hour are fresh until the next one closes.
        let at = domain::Timestamp::from_secs(i64::try_from(now_secs()).unwrap() + 60).to_string();
        let seed_text = seed.to_string();
        let words = ["run", "--once", "--seed", &seed_text, "--as-of", &at];
        let outcome = served::run(home.path(), &words, &[]);
        let line = json(&outcome);
        let lasting = |trade: &&Value| !trade["reason"].as_str().unwrap().starts_with("Price");
        let approved = line["base_trades"].as_array().unwrap().iter().filter(lasting).count();
        if u64::try_from(approved).unwrap() >= entries && line["universe_size"] == 14 {
            return seed;
        }
    }
    panic!("no market of 2,000 has {entries} things to buy now");
}

/// LIVE on a market of a seed with enough money, with the operator's word.
pub(crate) struct Rehearsal {
    pub(crate) venue: Served,
    pub(crate) word: String,
}

impl Rehearsal {
    /// With changes to the shipped configuration, a market that offers so many entries at once,
    /// and what goes wrong at the venue.
    pub(crate) fn new(
        changes: &[(&str, &str, &str)],
        entries: u64,
        scenario: Option<Scenario>,
    ) -> Self {
        let seed = seed_with_entries(changes, entries);
        let venue = Served::new(|mut config| {
            config.market = Seeded::new(seed).unwrap().into();
            config.accounts[0].funds = vec![("USD".parse().unwrap(), Decimal::from(10_000))];
            config.scenario = scenario;
            config
        });
        open(venue.home.path(), None);
        venue.jitter();
        for change in changes {
            edit(venue.home.path(), *change);
        }
        let word = word(&venue, TRADER);
        Self { venue, word }
    }

    pub(crate) fn start(&self) -> (Child, BufReader<ChildStdout>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(LIVE).current_dir(self.venue.home.path()).env("RUST_LOG", "info");
        command.env(FILE, self.venue.key(TRADER)).env(WORD, &self.word);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let reader = BufReader::new(child.stdout.take().unwrap());
        (child, reader)
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let outcome = self.venue.run(&[words, &["--format", "json"]].concat(), &[]);
        assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
        json(&outcome)
    }
}

/// Reads cycles until one answers, at most for a minute and a half.
pub(crate) fn until(
    reader: &mut BufReader<ChildStdout>,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(90) {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended before {what}");
        let line: Value = serde_json::from_str(&line).unwrap();
        if wanted(&line) {
            return line;
        }
    }
    panic!("not within 90 s: {what}");
}

pub(crate) fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}
