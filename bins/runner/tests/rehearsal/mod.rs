//! LIVE rehearsed: a served venue with something to buy, the gates open, the operator's word given.
#![allow(dead_code, reason = "each test file uses a part")]

mod market;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use domain::{AccountId, Fact, Mode, ProductId, Timestamp};
use exchange_sim::spot::Order;
use exchange_sim_server::Scenario;
use rust_decimal::Decimal;
use serde_json::Value;
use store::{Records, Scope};

use crate::served::{Served, TRADER, json, text};
use market::{Fall, market};

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

/// This machine's time, which is the venue's.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

/// LIVE on a market that offers something at any time, with enough money and the operator's word.
pub(crate) struct Rehearsal {
    pub(crate) venue: Served,
    pub(crate) word: String,
    began: Timestamp,
}

impl Rehearsal {
    /// With changes to the shipped configuration, and what goes wrong at the venue.
    pub(crate) fn new(changes: &[(&str, &str, &str)], scenario: Option<Scenario>) -> Self {
        let began = now();
        let venue = Served::new(|mut config| {
            config.market = market(began, None).into();
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
        Self { venue, word, began }
    }

    /// From the next minute on a product, or everything, costs 12 % less.
    pub(crate) fn falls(&self, of: Option<ProductId>) {
        let at = self.venue.server.now().plus_secs(60);
        let fallen = market(self.began, Some(Fall { at, of }));
        self.venue.server.with(|venue| venue.go_on_with(fallen)).unwrap();
    }

    /// What is on record.
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let data = self.venue.home.path().join("data");
        Records::read(&data, &self.scope()).unwrap().facts().unwrap()
    }

    /// Whose records they are.
    pub(crate) fn scope(&self) -> Scope {
        let port = self.venue.server.http().unwrap().port();
        let account = AccountId(format!("rehearsal-{port}"));
        Scope { mode: Mode::Live, venue: "coinbase".to_owned(), account }
    }

    /// The venue's own books of the account: everything that it has, coins and dollars.
    pub(crate) fn wallets(&self) -> BTreeMap<String, Decimal> {
        self.venue.server.with(|venue| {
            let wallets = venue.accounts()[0].wallets().unwrap();
            let total = |purse: &domain::Purse| purse.available.get() + purse.held.get();
            wallets.iter().map(|w| (w.purse.asset.to_string(), total(&w.purse))).collect()
        })
    }

    /// The orders that the venue ever had of the account.
    pub(crate) fn at_venue(&self) -> Vec<Order> {
        self.venue.server.with(|venue| {
            let no = venue.accounts()[0].no;
            venue.orders(no).unwrap().cloned().collect()
        })
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

/// Reads cycles until one answers, at most for four minutes.
pub(crate) fn until(
    reader: &mut BufReader<ChildStdout>,
    what: &str,
    mut wanted: impl FnMut(&Value) -> bool,
) -> Value {
    let (began, mut line) = (Instant::now(), String::new());
    while began.elapsed() < Duration::from_mins(4) {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended before {what}");
        let cycle: Value = serde_json::from_str(&line).unwrap();
        if wanted(&cycle) {
            return cycle;
        }
    }
    panic!("not within 240 s: {what}; last: {line}");
}

pub(crate) fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}
