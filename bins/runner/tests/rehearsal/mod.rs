//! LIVE rehearsed: a served venue with something to buy, the gates open, the operator's word given.
#![allow(dead_code, reason = "each test file uses a part")]

mod market;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use domain::{AccountId, Fact, Mode, ProductId, Side, SubmitOutcome, Timestamp};
use exchange_sim::spot::Order;
use exchange_sim_server::Scenario;
use rust_decimal::Decimal;
use serde_json::Value;
use store::{Records, Scope};

use crate::served::{Served, TRADER, json, text};
use market::{Fall, MINUTE, market, price_at};

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

/// Trade as often as a policy allows, do not rest long, and wait for lists no longer than this venue
/// needs. A kill leaves nothing that moves, so that books can be compared.
pub(crate) const BUSY: [(&str, &str, &str); 30] = [
    ("app.yaml", "entry_expires_secs: 90", "entry_expires_secs: 15"),
    ("app.yaml", "cancel_entry_secs: 15", "cancel_entry_secs: 2"),
    ("app.yaml", "reprices: 1", "reprices: 2"),
    ("app.yaml", "take_at_last: false", "take_at_last: true"),
    ("app.yaml", "listing_lag_bound_secs: 15", "listing_lag_bound_secs: 1"),
    ("policy.yaml", "kill_exits: reduce_only", "kill_exits: freeze"),
    ("policy.yaml", "daily_stop_pct: 3", "daily_stop_pct: 10"),
    ("policy.yaml", "weekly_stop_pct: 7", "weekly_stop_pct: 20"),
    ("policy.yaml", "max_drawdown_pct: 10", "max_drawdown_pct: 30"),
    ("policy.yaml", "max_total_pct: 15", "max_total_pct: 50"),
    ("policy.yaml", "LAYER1: 10", "LAYER1: 30"),
    ("policy.yaml", "T2: 20, T3: 10", "T2: 40, T3: 10"),
    ("policy.yaml", "max_open_positions: 8", "max_open_positions: 14"),
    ("policy.yaml", "trades_per_day: 10", "trades_per_day: 40"),
    ("policy.yaml", "trades_per_hour: 4", "trades_per_hour: 12"),
    ("policy.yaml", "attempts_per_hour: 12", "attempts_per_hour: 40"),
    ("policy.yaml", "  spacing_secs: 120", "  spacing_secs: 5"),
    ("policy.yaml", "symbol_spacing_secs: 600", "symbol_spacing_secs: 0"),
    ("policy.yaml", "cooldown_loss_minutes: 60", "cooldown_loss_minutes: 0"),
    ("policy.yaml", "cooldown_stop_minutes: 120", "cooldown_stop_minutes: 0"),
    ("policy.yaml", "losses_in_a_row: 3", "losses_in_a_row: 100"),
    ("policy.yaml", "api_pause_secs: 300", "api_pause_secs: 1"),
    ("policy.yaml", "rate_limit_pause_secs: 60", "rate_limit_pause_secs: 1"),
    ("policy.yaml", "rejects_secs: 300", "rejects_secs: 5"),
    ("policy.yaml", "max_unknown_orders: 2", "max_unknown_orders: 5"),
    ("policy.yaml", "duplicate_secs: 60", "duplicate_secs: 0"),
    ("policy.yaml", "repeated_executions: 8", "repeated_executions: 20"),
    ("policy.yaml", "target_min_pct: 2", "target_min_pct: 1"),
    ("strategy.yaml", "stop_pct: 6", "stop_pct: 2.2"),
    ("strategy.yaml", "target_pct: 12", "target_pct: 2.5"),
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

pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::from_millis((to.millis() - from.millis()).unsigned_abs())
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
        self.goes_on(Fall { at, of, left: 0.88 });
    }

    /// From the next minute on a product costs as much less, or more, as takes it to a price.
    pub(crate) fn goes_to(&self, product: ProductId, price: f64) {
        let at = self.venue.server.now().plus_secs(60);
        let first = at.secs().div_euclid(MINUTE) + 1;
        let there = price_at(self.began, product, first).unwrap();
        self.goes_on(Fall { at, of: Some(product), left: price / there });
    }

    fn goes_on(&self, fall: Fall) {
        let fallen = market(self.began, Some(fall));
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

    /// The venue's books without what is empty: they are what the fills on record add up to, to the
    /// last digit.
    pub(crate) fn books_are_the_fills(&self) -> BTreeMap<String, Decimal> {
        let mut ledger = BTreeMap::from([("USD".to_owned(), Decimal::from(10_000))]);
        for fact in self.facts() {
            let Fact::Fill(fill) = fact else { continue };
            let (qty, value) = (fill.qty.get(), fill.qty.get() * fill.price.get());
            let (coins, dollars) = match fill.side {
                Side::Buy => (qty, -value - fill.fee.get()),
                Side::Sell => (-qty, value - fill.fee.get()),
            };
            *ledger.entry(fill.asset.to_string()).or_default() += coins;
            *ledger.entry("USD".to_owned()).or_default() += dollars;
        }
        ledger.retain(|_, held| !held.is_zero());
        let mut books = self.wallets();
        books.retain(|_, held| !held.is_zero());
        assert_eq!(books, ledger, "the venue's books are what the fills add up to");
        books
    }

    /// Waits for the end of a process, which is this code.
    pub(crate) fn ends(&self, mut child: Child, code: i32) {
        assert_eq!(child.wait().unwrap().code(), Some(code), "{}", self.json(&["status"]));
    }

    /// Each order on record was sent once and no other, and the independent checker agrees. Not sent is
    /// one whose approval ran out before the wire, on a busy machine; whether one was that a kill left
    /// without an answer, nobody knows.
    pub(crate) fn sent_once_and_true_to_the_policy(&self) {
        let posts = self.venue.asked();
        let posts =
            posts.iter().filter(|(m, path)| m == "POST" && path.ends_with("/orders")).count();
        let (mut sent, mut held_back, mut answered) = (0, 0, 0);
        for fact in self.facts() {
            sent += usize::from(matches!(fact, Fact::Intent(_)));
            let Fact::Submitted(submitted) = fact else { continue };
            answered += 1;
            if let SubmitOutcome::Refused { reason } = submitted.outcome
                && reason.starts_with("it was not sent: ")
            {
                assert!(reason.contains("its approval "), "{reason}");
                held_back += 1;
            }
        }
        let (least, most) = (answered - held_back, sent - held_back);
        let once = (least..=most).contains(&posts);
        assert!(
            once,
            "{posts} posts; {sent} on record, {answered} answered, {held_back} held back"
        );
        let verified = self.venue.run(&["verify"], &[]);
        assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stdout));
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let outcome = self.venue.run(&[words, &["--format", "json"]].concat(), &[]);
        assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
        json(&outcome)
    }
}

/// How long a cycle is waited for: what makes half of the products worth buying happens once in five
/// minutes, and all of it may fall to one bad moment of the venue: what was refused is not tried again.
const PATIENCE: Duration = Duration::from_mins(15);

/// Reads cycles until one answers, within [`PATIENCE`].
pub(crate) fn until(
    reader: &mut BufReader<ChildStdout>,
    what: &str,
    mut wanted: impl FnMut(&Value) -> bool,
) -> Value {
    let (began, mut line) = (Instant::now(), String::new());
    while began.elapsed() < PATIENCE {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0, "it ended before {what}");
        let cycle: Value = serde_json::from_str(&line).unwrap();
        if wanted(&cycle) {
            return cycle;
        }
    }
    panic!("not within {PATIENCE:?}: {what}; last: {line}");
}

/// The cycles of a process, taken in on a thread of their own: nobody has to read for it to go on.
pub(crate) struct Cycles(Receiver<Value>);

impl Cycles {
    pub(crate) fn of(reader: BufReader<ChildStdout>) -> Self {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in reader.lines() {
                let cycle = serde_json::from_str(&line.unwrap()).unwrap();
                if tell.send(cycle).is_err() {
                    return;
                }
            }
        });
        Self(told)
    }

    /// Waits for a cycle that is told from now on and answers, at most for four minutes.
    pub(crate) fn until(&self, what: &str, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        while self.0.try_recv().is_ok() {}
        let began = Instant::now();
        while began.elapsed() < Duration::from_mins(4) {
            let cycle = self.0.recv_timeout(Duration::from_mins(4));
            let cycle = cycle.unwrap_or_else(|error| panic!("{error} before {what}"));
            if wanted(&cycle) {
                return cycle;
            }
        }
        panic!("not within 240 s: {what}");
    }
}

pub(crate) fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}
