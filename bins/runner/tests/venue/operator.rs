//! What an operator does while no loop runs, against the served venue: rebuild records that came
//! from an older copy, stop entries at the venue, sell everything, ask what LIVE still lacks.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use crate::rehearsal::{self, FILE, open};
use crate::served::{Served, TRADER, json, text};
use domain::{
    AccountId, Amount, BootId, ExitPlan, Fact, Flow, FlowId, FlowKind, IntentFact, IntentId,
    JournalId, Mode, NamesFact, PolicyHash, Price, ProductId, QuoteAmt, RunKind, Side, SubmitFact,
    SubmitOutcome, Tier, Timestamp,
};
use exchange_sim::spot::{AccountNo, Configuration, Draft, Fields, Kind, Order, Status};
use rust_decimal::Decimal;
use serde_json::Value;
use store::{Records, Scope, Store};

const PRODUCT: &str = "SOL-USD";

/// Records of a LIVE account on a served venue, as a process left them that is gone.
struct Left {
    venue: Served,
    scope: Scope,
    names: NamesFact,
    no: AccountNo,
}

impl Left {
    fn new() -> Self {
        let venue = Served::new(|config| config);
        open(venue.home.path(), None);
        let account = AccountId(format!("rehearsal-{}", venue.server.http().unwrap().port()));
        let scope = Scope { mode: Mode::Live, venue: "coinbase".to_owned(), account };
        let (no, at) = venue.server.with(|venue| (venue.accounts()[0].no, venue.now()));
        let random = |low| uuid::Uuid::from_u64_pair(247, low);
        let names = NamesFact { at, journal: JournalId(random(1)), boot: BootId(random(2)) };
        let left = Self { venue, scope, names, no };
        let (mode, policy, run) = (Mode::Live, PolicyHash("ab".repeat(32)), RunKind::Loop);
        let mut facts = vec![Fact::Boot { at, mode, policy, run }, Fact::Named(names)];
        for (number, asset, amount) in [(1, "USD", 1_500), (2, "USDC", 250)] {
            facts.push(Fact::Flow(Flow {
                at,
                flow: FlowId(number),
                asset: asset.parse().unwrap(),
                change: Amount::new(Decimal::from(amount)).unwrap(),
                usd: None,
                kind: Some(FlowKind::Opening),
            }));
        }
        left.record(&facts);
        left
    }

    fn data(&self) -> std::path::PathBuf {
        self.venue.home.path().join("data")
    }

    fn record(&self, facts: &[Fact]) {
        Store::open(&self.data(), &self.scope).unwrap().append_all(facts).unwrap();
    }

    fn facts(&self) -> Vec<Fact> {
        Records::read(&self.data(), &self.scope).unwrap().facts().unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        self.venue.run(words, &[(FILE, &self.venue.key(TRADER))])
    }

    fn name(&self, intent: u64) -> String {
        self.names.client_order_id(IntentId(intent)).to_string()
    }

    /// Sends an order past the bot: that is what a process does whose records are lost.
    fn send(&self, name: &str, side: Side, qty: &str, price: Decimal, kind: Kind) -> Order {
        self.venue.server.with(|venue| {
            let end_time = (kind == Kind::LimitGtd).then(|| venue.now().plus_secs(3_600));
            let fields = Fields {
                base_size: Some(qty.to_owned()),
                limit_price: Some(price.to_string()),
                post_only: kind == Kind::LimitGtd,
                end_time,
                ..Fields::default()
            };
            let draft = Draft {
                client_order_id: name.to_owned(),
                product_id: PRODUCT.to_owned(),
                side: Some(side),
                configurations: vec![Configuration { kind, fields }],
                attached: None,
            };
            let created = venue.create(self.no, draft).unwrap().unwrap();
            venue.order(created.order).unwrap().clone()
        })
    }

    /// The best price of a side, moved by so many percent, in whole cents.
    fn price(&self, side: Side, percent: i64) -> Decimal {
        let product: ProductId = PRODUCT.parse().unwrap();
        let book = self.venue.server.with(|venue| venue.book(product).unwrap().unwrap());
        let best = match side {
            Side::Buy => book.asks[0].price.get(),
            Side::Sell => book.bids[0].price.get(),
        };
        (best * Decimal::new(100 + percent, 2)).round_dp(2)
    }

    /// An order of the venue on record, as it was sent.
    fn recorded(intent: u64, order: &Order) -> Vec<Fact> {
        let (at, id) = (order.created, IntentId(intent));
        let venue_order_id = order.id.to_string();
        let limit = Price::new(order.limit.unwrap().get()).unwrap();
        let sent = IntentFact {
            at,
            intent: id,
            product: order.product,
            asset: "SOL".parse().unwrap(),
            tier: Tier::T1,
            side: order.side,
            qty: order.size.to_string().parse().unwrap(),
            limit,
            worst_case: QuoteAmt::ZERO,
            plan: (order.side == Side::Buy).then(|| ExitPlan {
                stop_pct: "8".parse().unwrap(),
                target_pct: "15".parse().unwrap(),
                max_hold_hours: 72,
            }),
            grant: None,
            parent: None,
            time_in_force: None,
        };
        let outcome = SubmitOutcome::Accepted { venue_order_id };
        vec![Fact::Intent(Box::new(sent)), Fact::Submitted(SubmitFact { at, intent: id, outcome })]
    }

    /// What the venue has of the account, what it has nothing of left out.
    fn truth(&self) -> BTreeMap<String, Decimal> {
        self.venue.server.with(|venue| {
            let wallets = venue.account(self.no).unwrap().wallets().unwrap();
            let total = |w: &exchange_sim::spot::Wallet| {
                (w.purse.available.get() + w.purse.held.get()).normalize()
            };
            let all = wallets.iter().map(|w| (w.purse.asset.to_string(), total(w)));
            all.filter(|(_, total)| !total.is_zero()).collect()
        })
    }

    fn status(&self, order: &Order) -> Status {
        self.venue.server.with(|venue| venue.order(order.id).unwrap().status)
    }
}

fn refused(outcome: &Output, code: i32, why: &str) {
    let said = text(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(code), "{said}{}", text(&outcome.stdout));
    assert!(said.contains(why), "{why}: {said}");
}

fn done(outcome: &Output) -> String {
    assert_eq!(outcome.status.code(), Some(0), "{}", text(&outcome.stderr));
    text(&outcome.stdout)
}

const REBUILD: [&str; 4] = ["positions", "rebuild", "--format", "json"];

fn sums(found: &Value) -> BTreeMap<String, Decimal> {
    let sums = found["sums"].as_array().unwrap();
    let row = |sum: &Value| {
        assert_eq!(sum["agrees"], true, "{sum}");
        let records = sum["records"].as_str().unwrap().parse::<Decimal>().unwrap();
        (sum["asset"].as_str().unwrap().to_owned(), records.normalize())
    };
    sums.iter().map(row).collect()
}

#[test]
fn records_from_an_older_copy_are_rebuilt_to_the_venues_truth_and_wrong_sums_refuse() {
    let left = Left::new();
    let (dear, cheap) = (left.price(Side::Buy, 2), left.price(Side::Sell, -2));
    // On record, and its fill is not.
    let known = left.send(&left.name(1), Side::Buy, "0.5", dear, Kind::SorLimitIoc);
    left.record(&Left::recorded(1, &known));
    // Sent after the copy was made: a buy, a sale of a part of it, and one that got nothing.
    left.send(&left.name(2), Side::Buy, "0.75", dear, Kind::SorLimitIoc);
    left.send(&left.name(3), Side::Sell, "0.25", cheap, Kind::SorLimitIoc);
    left.send(&left.name(5), Side::Buy, "0.1", left.price(Side::Sell, -5), Kind::SorLimitIoc);
    let before = left.facts().len();

    let found = left.run(&REBUILD);
    let shown: Value = serde_json::from_str(&done(&found)).unwrap();
    let fills = shown["missing_fills"].as_array().unwrap();
    assert!(fills.len() >= 3, "{shown}");
    assert_eq!(shown["missing_orders"].as_array().unwrap().len(), 3, "{shown}");
    assert_eq!(sums(&shown), left.truth());
    assert_eq!(left.facts().len(), before, "nothing is appended unless it is said");
    let dry = left.run(&[&REBUILD[..], &["--apply", "--dry-run"]].concat());
    assert_eq!(json(&dry)["appended"], 0);
    assert_eq!(left.facts().len(), before);

    // Fills that are too old to be looked at are missing in the sums.
    let late = left.venue.server.with(|venue| venue.now().plus_secs(60)).to_string();
    let blind = left.run(&[&REBUILD[..], &["--apply", "--since", &late]].concat());
    refused(&blind, 6, "SOL comes to 0 on record, and the venue has 1");
    // A buy that no process on record named is somebody else's until an operator says otherwise.
    let stranger = left.send("somebody", Side::Buy, "0.2", dear, Kind::SorLimitIoc);
    let foreign = left.run(&[&REBUILD[..], &["--apply"]].concat());
    refused(&foreign, 6, "SOL comes to 1 on record, and the venue has 1.2");
    assert_eq!(left.facts().len(), before, "a refusal appends nothing");
    assert!(json(&foreign)["strangers"][0]["order_id"] == stranger.id.to_string());

    // What may still fill has no final figures.
    let low = left.price(Side::Sell, -5);
    let resting = left.send(&left.name(6), Side::Buy, "0.5", low, Kind::LimitGtd);
    let id = stranger.id.to_string();
    let open = left.run(&[&REBUILD[..], &["--apply", "--claim", &id]].concat());
    refused(&open, 6, "is OPEN: cancel it at the venue");
    left.venue.server.with(|venue| venue.cancel(left.no, resting.id).unwrap().unwrap());

    let applied = left.run(&[&REBUILD[..], &["--apply", "--claim", &id]].concat());
    let applied: Value = serde_json::from_str(&done(&applied)).unwrap();
    let appended = usize::try_from(applied["appended"].as_u64().unwrap()).unwrap();
    let facts = left.facts();
    assert_eq!(facts.len(), before + appended);
    let copy = left.venue.home.path().join(applied["backup"].as_str().unwrap());
    assert!(copy.is_file(), "{}", copy.display());
    let held = json(&left.run(&["positions", "--format", "json"]));
    let lots = held["positions"].as_array().unwrap();
    let qty = lots.iter().map(|lot| lot["qty"].as_str().unwrap().parse::<Decimal>().unwrap());
    assert_eq!(qty.sum::<Decimal>(), left.truth()["SOL"]);
    assert_eq!(held["doubts"], Value::from(Vec::<Value>::new()));
    let again = done(&left.run(&["positions", "rebuild"]));
    assert!(again.contains("nothing is missing"), "{again}");
}

#[test]
fn a_halt_without_a_loop_cancels_own_entries_at_the_venue_and_leaves_others_alone() {
    let left = Left::new();
    let low = left.price(Side::Sell, -5);
    let own: Vec<_> =
        (1..=2).map(|n| left.send(&left.name(n), Side::Buy, "0.5", low, Kind::LimitGtd)).collect();
    for (intent, order) in (1..).zip(&own) {
        left.record(&Left::recorded(intent, order));
    }
    let foreign = left.send("somebody", Side::Buy, "0.5", low, Kind::LimitGtd);

    let nobody = left.venue.run(&["halt", "--drill", "--format", "json"], &[]);
    refused(&nobody, 6, "the kill is on record");
    assert!(left.facts().iter().any(|fact| matches!(fact, Fact::Latched { .. })));
    assert_eq!(left.status(&own[0]), Status::Open, "without a key nothing is reached");
    done(&left.run(&["resume", "kill", "--reason", "a drill"]));

    let drill = left.run(&["halt", "--drill", "--wait", "60", "--format", "json"]);
    let times: Value = serde_json::from_str(&done(&drill)).unwrap();
    assert_eq!(times["passed"], true, "{times}");
    assert_eq!(times["known_orders"], 2);
    assert_eq!((&times["entries_after"], &times["unknown_orders"]), (&0.into(), &0.into()));
    let ms = |what: &str| times[what].as_u64().unwrap();
    assert!(ms("detected_ms") <= ms("cancels_ms") && ms("cancels_ms") <= ms("closed_ms"));
    assert!(own.iter().all(|order| left.status(order) == Status::Cancelled));
    assert_eq!(left.status(&foreign), Status::Open, "it is not ours");

    let again = done(&left.run(&["halt"]));
    assert!(again.contains("latched already") && again.contains("no entry of the bot is open"));
    let posts =
        left.venue.asked().iter().filter(|(m, p)| m == "POST" && p.ends_with("/orders")).count();
    assert_eq!(posts, 0, "a halt sends no order");
}

#[test]
fn a_flatten_without_a_loop_sells_what_the_bot_bought_and_the_year_can_be_told() {
    let left = Left::new();
    let bought =
        left.send(&left.name(1), Side::Buy, "0.5", left.price(Side::Buy, 2), Kind::SorLimitIoc);
    left.record(&Left::recorded(1, &bought));
    let outcome = left.run(&["flatten", "--reason", "enough", "--wait", "90"]);
    done(&outcome);
    assert!(!left.truth().contains_key("SOL"), "{:?}", left.truth());
    assert_eq!(left.venue.run(&["orders", "--live"], &[]).stdout, b"no order is live\n");

    let orders = json(&left.run(&["orders", "--format", "json"]));
    let sale = orders["orders"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(sale["side"], "SELL");
    assert_eq!(sale["program"].as_str().unwrap().len(), 64, "{sale}");
    assert_eq!(sale["policy"].as_str().unwrap().len(), 64, "{sale}");

    let sold: Timestamp = sale["at"].as_str().unwrap().parse().unwrap();
    let year = sold.to_string()[..4].to_owned();
    let csv = done(&left.run(&["trades", "--disposals", &year]));
    let lines: Vec<_> = csv.lines().collect();
    assert!(lines.len() >= 2, "{csv}");
    let cell = |line: &str, at: usize| line.split(',').nth(at).unwrap().parse::<Decimal>().unwrap();
    let gains: Decimal = lines[1..].iter().map(|line| cell(line, 8)).sum();
    let trades = json(&left.run(&["trades", "--format", "json"]));
    let realised = trades["trades"][0]["realised_usd"].as_str().unwrap();
    let realised: Decimal = realised.parse().unwrap();
    assert_eq!(gains.round_dp(12), realised.round_dp(12), "{csv}");
    let none = done(&left.run(&["trades", "--disposals", "2010"]));
    assert_eq!(none.lines().count(), 1, "only the heads");
}

#[test]
fn what_live_still_lacks_is_told_line_by_line_and_ends_with_6() {
    let venue = Served::new(|config| config);
    let words = ["run", "--loop", "--mode", "paper", "--seed", "247", "--speed", "max"];
    let paper = venue.run(&[&words[..], &["--cycles", "2"]].concat(), &[]);
    assert_eq!(paper.status.code(), Some(0), "{}", text(&paper.stderr));
    let check = ["promote", "--check", "--format", "json"];
    let lacks = |outcome: &Output| -> Vec<String> {
        assert_eq!(outcome.status.code(), Some(6), "{}", text(&outcome.stderr));
        let lines = json(outcome)["lines"].as_array().unwrap().clone();
        let bad = lines.iter().filter(|line| line["holds"] == false);
        bad.map(|line| {
            assert_ne!(line["todo"], "", "{line}");
            line["what"].as_str().unwrap().to_owned()
        })
        .collect()
    };
    let shut = lacks(&venue.run(&check, &[]));
    for what in ["PAPER", "round trips", "capital", "gate", "key"] {
        assert!(shut.iter().any(|line| line == what), "{what}: {shut:?}");
    }
    open(venue.home.path(), None);
    rehearsal::edit(venue.home.path(), ("policy.yaml", "capital_usd: null", "capital_usd: 100"));
    let key = venue.key(TRADER);
    let left = lacks(&venue.run(&check, &[(FILE, &key)]));
    assert_eq!(left, ["PAPER", "round trips"], "two cycles are no week");
    let home: &Path = venue.home.path();
    assert!(!home.join("data/live").exists(), "it looks and changes nothing");
}
