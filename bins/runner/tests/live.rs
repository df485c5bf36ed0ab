//! LIVE, rehearsed against the served venue: every gate by itself, then real orders, a kill, a
//! `kill -9`, and the venue's truth afterwards.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests; the served venue runs on this machine's clock, as Coinbase does"
)]

mod served;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use exchange_sim::Seeded;
use rust_decimal::Decimal;
use serde_json::Value;
use served::{ALL, Served, TRADER, VIEWER, json, text};

const FILE: &str = "CB_API_SECRET_FILE";
const WORD: &str = "TRADER_CONFIRM_LIVE";
const LIVE: [&str; 4] = ["run", "--loop", "--interval", "0.05"];

/// What must be so for LIVE: file, as shipped, as it must be.
const OPEN: [(&str, &str, &str); 5] = [
    ("app.yaml", "mode: DRY_RUN", "mode: LIVE"),
    ("app.yaml", "venue: simulated", "venue: coinbase"),
    ("app.yaml", "read_only: true", "read_only: false"),
    ("policy.yaml", "live_trading_enabled: false", "live_trading_enabled: true"),
    ("strategy.yaml", "live: false", "live: true"),
];

fn edit(home: &Path, (file, from, to): (&str, &str, &str)) {
    let path = home.join("config").join(file);
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{file} has no {from:?}");
    fs::write(path, before.replace(from, to)).unwrap();
}

fn open(home: &Path, but: Option<&str>) {
    for change in OPEN.iter().filter(|(_, from, _)| Some(*from) != but) {
        edit(home, *change);
    }
}

/// The hash that a run prints before it refuses for want of a word.
fn word(venue: &Served, key: usize) -> String {
    let refused = venue.run(&LIVE, &[(FILE, &venue.key(key))]);
    assert_eq!(refused.status.code(), Some(6), "{}", text(&refused.stderr));
    let said = text(&refused.stderr);
    let line = said.lines().find_map(|line| line.trim().strip_prefix("hash "));
    line.unwrap_or_else(|| panic!("no hash in {said}")).trim().to_owned()
}

fn refused(venue: &Served, outcome: &Output, why: &str) {
    let said = text(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(6), "{said}");
    assert!(said.contains("no order was or will be sent") && said.contains(why), "{why}: {said}");
    assert!(venue.asked().iter().all(|(method, _)| method == "GET"), "something was sent");
}

#[test]
fn each_missing_gate_is_named_and_nothing_is_sent() {
    let gates = [
        ("read_only: true", "exchange.read_only"),
        ("live_trading_enabled: false", "control.live_trading_enabled"),
        ("live: false", "no rule has live: true"),
    ];
    for (shut, why) in gates {
        let venue = Served::new(|config| config);
        open(venue.home.path(), Some(shut));
        refused(&venue, &venue.run(&LIVE, &[(FILE, &venue.key(TRADER))]), why);
    }
    let venue = Served::new(|config| config);
    open(venue.home.path(), Some("venue: simulated"));
    refused(&venue, &venue.run(&LIVE, &[]), "takes no real orders");
}

#[test]
fn the_kill_switch_a_wrong_key_and_a_missing_word_each_refuse() {
    let venue = Served::new(|config| config);
    let home = venue.home.path();
    open(home, None);
    refused(&venue, &venue.run(&LIVE, &[]), "there is no key");
    refused(&venue, &venue.run(&LIVE, &[(FILE, &venue.key(VIEWER))]), "cannot trade");
    let transfers = venue.run(&LIVE, &[(FILE, &venue.key(ALL))]);
    assert_eq!(transfers.status.code(), Some(6));
    assert!(text(&transfers.stderr).contains("can transfer"), "{}", text(&transfers.stderr));
    let once = venue.run(&["run", "--once"], &[(FILE, &venue.key(TRADER))]);
    assert_eq!(once.status.code(), Some(6), "{}", text(&once.stderr));

    let bare = venue.run(&LIVE, &[(FILE, &venue.key(TRADER))]);
    refused(&venue, &bare, WORD);
    let shown = text(&bare.stderr);
    assert!(shown.contains("1500") && shown.contains("250"), "balances: {shown}");
    assert!(shown.contains("an order") && shown.contains("a day"), "limits: {shown}");
    let key = venue.key(TRADER);
    let wrong = venue.run(&LIVE, &[(FILE, &key), (WORD, Path::new("YES"))]);
    refused(&venue, &wrong, "another hash");

    fs::create_dir_all(home.join("data")).unwrap();
    fs::write(home.join("data/KILL_SWITCH"), "").unwrap();
    refused(&venue, &venue.run(&LIVE, &[(FILE, &key)]), "kill switch");
}

#[test]
fn the_word_for_one_configuration_is_none_for_another() {
    let venue = Served::new(|config| config);
    open(venue.home.path(), None);
    let word = word(&venue, TRADER);
    edit(venue.home.path(), ("policy.yaml", "max_order_usd: 1000", "max_order_usd: 900"));
    let key = venue.key(TRADER);
    let outcome = venue.run(&LIVE, &[(FILE, &key), (WORD, Path::new(&word))]);
    refused(&venue, &outcome, "another hash");
}

/// A market in which something is worth buying now: the first seed that says so.
fn seed_with_an_entry() -> u64 {
    let home = tempfile::tempdir().unwrap();
    served::configure(home.path(), 1);
    let secs = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    // A minute on, in the same hour: events of an hour are fresh until the next one closes.
    let at = domain::Timestamp::from_secs(i64::try_from(secs).unwrap() + 60).to_string();
    for seed in 1..400 {
        let seed_text = seed.to_string();
        let words = ["run", "--once", "--seed", &seed_text, "--as-of", &at];
        let outcome = served::run(home.path(), &words, &[]);
        let line = json(&outcome);
        if line["proposals_approved"].as_u64().unwrap() > 0 && line["universe_size"] == 14 {
            return seed;
        }
    }
    panic!("no market of 400 has anything to buy at {at}");
}

/// LIVE on a market of a seed with enough money, with the operator's word.
struct Rehearsal {
    venue: Served,
    word: String,
}

impl Rehearsal {
    fn new() -> Self {
        let seed = seed_with_an_entry();
        let venue = Served::new(|mut config| {
            config.market = Seeded::new(seed).unwrap().into();
            config.accounts[0].funds = vec![("USD".parse().unwrap(), Decimal::from(10_000))];
            config
        });
        open(venue.home.path(), None);
        venue.jitter();
        let word = word(&venue, TRADER);
        Self { venue, word }
    }

    fn start(&self) -> (Child, BufReader<std::process::ChildStdout>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(LIVE).current_dir(self.venue.home.path()).env("RUST_LOG", "info");
        command.env(FILE, self.venue.key(TRADER)).env(WORD, &self.word);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let reader = BufReader::new(child.stdout.take().unwrap());
        (child, reader)
    }

    fn json(&self, words: &[&str]) -> Value {
        let outcome = self.venue.run(&[words, &["--format", "json"]].concat(), &[]);
        assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
        json(&outcome)
    }
}

/// Reads cycles until one answers, at most for a minute and a half.
fn until(
    reader: &mut BufReader<std::process::ChildStdout>,
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

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

fn filled(line: &Value) -> bool {
    !line["portfolio"]["positions"].as_array().unwrap().is_empty()
}

#[test]
fn it_trades_survives_a_kill_9_and_sells_everything_when_told_to() {
    let rehearsal = Rehearsal::new();
    let (mut child, mut reader) = rehearsal.start();
    let line = until(&mut reader, "an order", |line| {
        line["orders"].as_array().unwrap().iter().any(|order| order["outcome"] == "accepted")
    });
    assert_eq!(line["status"], "EXECUTED", "{line}");
    signal(&child, "-KILL");
    child.wait().unwrap();

    let (mut child, mut reader) = rehearsal.start();
    until(&mut reader, "a cycle after the restart", |line| line["status"] != "ERROR");
    let flatten = rehearsal.venue.run(&["flatten", "--reason", "rehearsal"], &[]);
    assert_eq!(flatten.status.code(), Some(0), "{}", text(&flatten.stderr));
    let last = until(&mut reader, "nothing left", |line| {
        let resting = rehearsal.json(&["status"])["open_orders"].as_u64();
        line["status"] == "HALTED" && !filled(line) && resting == Some(0)
    });
    assert_eq!(last["proposals_approved"], 0);
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(8), "the kill is latched");

    let posts = rehearsal.venue.asked();
    let posts = posts.iter().filter(|(m, path)| m == "POST" && path.ends_with("/orders")).count();
    let sent = rehearsal.json(&["status"])["orders"].as_u64().unwrap();
    assert_eq!(posts as u64, sent, "each order on record was sent once, and no other");
    let verified = rehearsal.venue.run(&["verify"], &[]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stdout));
}
