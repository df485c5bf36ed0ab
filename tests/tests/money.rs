//! What it holds, what it earned, and an operator's words about money: the commands over real
//! records, and the same sums made by somebody else from what was exported.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;
use std::thread;

use domain::{
    AccountId, Amount, BaseQty, CycleId, ExitPlan, ExitReason, Fact, Fill, FillKind, Flow, FlowId,
    GrantRef, IntentFact, IntentId, LotId, Mark, MarksFact, Mode, Pct, PolicyHash, Price,
    ProductId, ProposalId, QuoteAmt, RunKind, Side, Tier, Timestamp, TriggerId, TriggerKind, Usd,
};
use serde_json::Value;
use state::{Request, State};
use store::{Answer, Found, Mailbox, Records, Scope, Store};
use system_tests::{Home, Outcome};

const START: Timestamp = Timestamp::from_secs(1_767_571_200);
const PRODUCTS: [&str; 3] = ["BTC-USD", "ETH-USD", "DOGE-USD"];
const KINDS: [TriggerKind; 2] = [TriggerKind::Momentum, TriggerKind::Breakout];
const REASONS: [ExitReason; 3] =
    [ExitReason::StopLoss, ExitReason::TakeProfit, ExitReason::MaxHold];

fn scope() -> Scope {
    let account = AccountId("book".to_owned());
    Scope { mode: Mode::DryRun, venue: "simulated".to_owned(), account }
}

/// A whole number below another, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % most
    }
}

fn order(number: u64, product: &str, side: Side, proposal: ProposalId, at: Timestamp) -> Fact {
    let pct = |text: &str| Pct::parse(text).unwrap();
    let plan = ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 };
    let (policy, expires) = (PolicyHash(String::new()), at);
    let product: ProductId = product.parse().unwrap();
    Fact::Intent(Box::new(IntentFact {
        at,
        intent: IntentId(number),
        product,
        asset: product.base().parse().unwrap(),
        tier: Tier::T1,
        side,
        qty: BaseQty::parse("100").unwrap(),
        limit: Price::parse("1").unwrap(),
        worst_case: QuoteAmt::ZERO,
        plan: (side == Side::Buy).then_some(plan),
        grant: Some(GrantRef { proposal, policy, fact_number: 0, expires, verdict: None }),
        parent: None,
        time_in_force: None,
    }))
}

/// Entries that fill in parts and are sold in parts, until nothing is left but one of the last.
fn history(trades: u64) -> Vec<Fact> {
    let (mut dice, mut at, mut number, mut entry) = (Dice(7), START, 0, 0_u64);
    let (run, policy, mode) = (RunKind::Loop, PolicyHash(String::new()), Mode::DryRun);
    let mut facts = vec![Fact::Boot { at, mode, policy, run }];
    let mut fill = |intent: u64, name: &str, side, hundredths: u64, cents: u64, at| {
        entry += 1;
        let qty = BaseQty::parse(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).unwrap();
        let price = Price::parse(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap();
        let value = price.times(qty).unwrap().get();
        let fee = (value * rust_decimal::Decimal::new(6, 3)).round_dp(8);
        let product: ProductId = name.parse().unwrap();
        Fact::Fill(Box::new(Fill {
            entry_id: format!("e{entry}"),
            intent: IntentId(intent),
            at,
            product,
            asset: product.base().parse().unwrap(),
            side,
            qty,
            price,
            fee: QuoteAmt::new(fee).unwrap(),
            kind: FillKind::Fill,
            trade_id: None,
            liquidity: None,
        }))
    };
    for trade in 0..trades {
        let name = PRODUCTS[usize::try_from(dice.below(3)).unwrap()];
        let kind = KINDS[usize::try_from(dice.below(2)).unwrap()];
        let (product, candle) = (name.parse().unwrap(), at);
        number += 1;
        let root = number;
        let proposal = ProposalId::Entry(TriggerId { product, kind, candle });
        facts.push(order(root, name, Side::Buy, proposal, at));
        let mut held = 0;
        for _ in 0..=dice.below(3) {
            at = at.plus_secs(60);
            let part = 100 + dice.below(900);
            held += part;
            facts.push(fill(root, name, Side::Buy, part, 5_000 + dice.below(5_000), at));
        }
        let last = trade + 1 == trades;
        while held > 0 && !(last && held < 300) {
            at = at.plus_secs(3_600);
            number += 1;
            let reason = REASONS[usize::try_from(dice.below(3)).unwrap()];
            let proposal = ProposalId::Exit(LotId(IntentId(root)), reason);
            facts.push(order(number, name, Side::Sell, proposal, at));
            let part = held.min(150 + dice.below(900));
            held -= part;
            facts.push(fill(number, name, Side::Sell, part, 5_000 + dice.below(5_000), at));
        }
    }
    let bid = |name: &str| Mark {
        product: name.parse().unwrap(),
        bid: Price::parse("80").unwrap(),
        vouched: at,
    };
    facts.push(Fact::Marks(MarksFact { at, marks: PRODUCTS.map(bid).to_vec() }));
    let nav = Usd::parse("10000").ok();
    facts.push(Fact::Cycle { at, id: CycleId::default(), nav });
    facts
}

fn home(facts: &[Fact]) -> Home {
    let home = Home::shipped().unwrap();
    let mut store = Store::open(&home.data(), &scope()).unwrap();
    store.append_all(facts).unwrap();
    home
}

fn json(outcome: &Outcome) -> Value {
    assert_eq!((outcome.code, outcome.error.as_str()), (0, ""), "{}", outcome.out);
    serde_json::from_str(&outcome.out).unwrap()
}

/// Plain decimal text as a whole number of 10⁻¹⁸.
fn exact(value: &Value) -> i128 {
    let text = value.as_str().unwrap();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= 18, "{text}");
    sign * format!("{whole}{part:0<18}").parse::<i128>().unwrap()
}

/// Bought, sold and fees by product, from the lines of an export alone.
fn sums(text: &str) -> BTreeMap<String, [i128; 3]> {
    let mut sums = BTreeMap::<String, [i128; 3]>::new();
    for line in text.lines().skip(1) {
        let line: Value = serde_json::from_str(line).unwrap();
        let fill = &line["fact"];
        if fill["fact"] != "fill" {
            continue;
        }
        // Both have few digits: the product of 10⁻⁹ each is 10⁻¹⁸.
        let nine = |value: &Value| exact(value) / 1_000_000_000;
        let value = nine(&fill["qty"]) * nine(&fill["price"]);
        let own = sums.entry(fill["product"].as_str().unwrap().to_owned()).or_default();
        own[usize::from(fill["side"] == "SELL")] += value;
        own[2] += exact(&fill["fee"]);
    }
    sums
}

#[test]
fn profit_is_what_somebody_else_makes_of_the_exported_fills() {
    let home = home(&history(120));
    let file = home.path("facts.jsonl");
    let file = file.display().to_string();
    assert_eq!(home.run(&["export", &file]).code, 0);
    let own = sums(&std::fs::read_to_string(&file).unwrap());
    let said = json(&home.run(&["profit", "--format", "json"]));
    let groups = &said["profit"]["by_product"];
    assert_eq!(own.len(), 3);
    for (product, [bought, sold, fees]) in &own {
        let group = &groups[product];
        // Sold less bought less fees, where what is left counts as what it cost.
        let realised = sold - bought - fees + exact(&group["invested"]);
        assert_eq!(exact(&group["realised"]), realised, "{product}");
        assert_eq!(exact(&group["fees"]), *fees, "{product}");
    }
    let total = &said["profit"]["total"];
    assert_eq!(total["trades"], 120);
    for by in ["by_product", "by_trigger", "by_exit"] {
        let groups = said["profit"][by].as_object().unwrap();
        for key in ["realised", "fees", "invested", "unrealised"] {
            let sum: i128 = groups.values().map(|group| exact(&group[key])).sum();
            assert_eq!(sum, exact(&total[key]), "{by} {key}");
        }
    }
    let names: Vec<_> = said["profit"]["by_trigger"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["breakout", "momentum"]);
    // One by one they add up to the same.
    let trades = json(&home.run(&["trades", "--format", "json"]));
    let trades = trades["trades"].as_array().unwrap();
    let sum: i128 = trades.iter().map(|trade| exact(&trade["realised_usd"])).sum();
    assert_eq!(sum, exact(&total["realised"]));
    let open: Vec<_> = trades.iter().filter(|trade| trade["closed"].is_null()).collect();
    let positions = json(&home.run(&["positions", "--format", "json"]));
    let held = positions["positions"].as_array().unwrap();
    assert_eq!((open.len(), held.len()), (1, 1));
    assert_eq!(open[0]["left"], held[0]["qty"]);
    assert_eq!(exact(&held[0]["worth_usd"]), 80 * exact(&held[0]["qty"]));
    let gain = exact(&held[0]["worth_usd"]) - exact(&held[0]["paid_usd"]);
    assert_eq!(exact(&held[0]["unrealised_usd"]), gain);
    assert_eq!(exact(&total["unrealised"]), gain);
}

#[test]
fn people_get_tables_of_the_same() {
    let home = home(&history(12));
    let profit = home.run(&["profit"]).out;
    for word in ["realised $", "by product", "by rule", "by exit", "momentum", "BTC-USD"] {
        assert!(profit.contains(word), "{word}: {profit}");
    }
    let trades = home.run(&["trades"]).out;
    assert!(trades.contains("12 trades, 11 of them over"), "{trades}");
    assert!(trades.contains("stop_loss"), "{trades}");
    assert!(home.run(&["trades", "--since", "1h"]).out.contains("trades, "));
    let positions = home.run(&["positions"]).out;
    assert_eq!(positions.lines().count(), 2, "{positions}");
    let none = self::home(&history(0));
    assert!(none.run(&["positions"]).out.starts_with("nothing is held"));
}

fn gone(number: u64, change: &str) -> Fact {
    let (at, asset) = (START.plus_secs(60), "USD".parse().unwrap());
    let (usd, change) = (Usd::parse(change).ok(), Amount::parse(change).unwrap());
    Fact::Flow(Flow { at, flow: FlowId(number), asset, change, usd, kind: None })
}

fn folded(home: &Home) -> State {
    State::of(&Records::read(&home.data(), &scope()).unwrap().facts().unwrap())
}

#[test]
fn an_operators_word_is_a_fact_when_nothing_runs() {
    let home = home(&[history(0), vec![gone(1, "-50"), gone(2, "7")]].concat());
    let flow = |words: &[&str]| home.run(&[&["flow"], words].concat());
    assert_eq!(json(&flow(&["list", "--format", "json"]))["waiting"], 2);
    let wrong = flow(&["confirm", "1", "--as", "deposit", "--reason", "mine"]);
    assert_eq!((wrong.code, wrong.error.contains("that is no deposit")), (1, true), "{wrong:?}");
    let none = flow(&["confirm", "9", "--as", "cost", "--reason", "mine"]);
    assert_eq!((none.code, none.error.contains("no flow 9")), (1, true), "{none:?}");
    let said = flow(&["confirm", "1", "--as", "withdrawal", "--reason", "rent"]);
    assert_eq!((said.code, said.out.trim()), (0, "flow 1 of -50 USD is a withdrawal"));
    assert_eq!(json(&flow(&["list", "--format", "json"]))["waiting"], 1);
    let adopt = |words: &[&str]| home.run(&[&["adopt", "BTC-USD"], words].concat());
    assert_eq!(adopt(&["0.5", "--reason", "mine"]).code, 2, "a price has to be said");
    assert_eq!(adopt(&["0", "--price", "100", "--reason", "mine"]).code, 1);
    let given = adopt(&["0.5", "--price", "100", "--reason", "mine", "--stop-pct", "5"]);
    assert_eq!(given.code, 0, "{given:?}");
    assert!(given.out.contains("0.5 BTC at 100; stop 5 %"), "{}", given.out);
    let lot = *folded(&home).ledger().lots().next().unwrap();
    assert_eq!((lot.qty, lot.plan.max_hold_hours), (BaseQty::parse("0.5").unwrap(), 72));
    let flag = home.run(&["flag", "ETH-USD", "--hours", "2", "--reason", "hacked"]);
    assert_eq!(flag.code, 0, "{flag:?}");
    let now = folded(&home).as_of().unwrap();
    assert_eq!(folded(&home).flags(now).count(), 1);
    assert_eq!(home.run(&["flag", "ETH-USD", "--reason", " "]).code, 1, "a word needs a reason");
}

#[test]
fn a_running_process_takes_the_word_from_its_control_directory() {
    let home = home(&history(0));
    let mut store = Store::open(&home.data(), &scope()).unwrap();
    let words = ["adopt", "BTC-USD", "2", "--price", "100", "--reason", "mine", "--wait", "60"];
    let asked = thread::scope(|threads| {
        let asking = threads.spawn(|| home.run(&words));
        let mailbox = Mailbox::of(&home.data(), &scope());
        let letter = loop {
            if let Some(Found::Letter(letter)) =
                mailbox.waiting::<Request>(&scope().account).unwrap().pop()
            {
                break letter;
            }
            assert!(!asking.is_finished(), "nothing was asked");
            thread::yield_now();
        };
        let state = State::of(&store.records().facts().unwrap());
        for fact in letter.request.facts(&letter.id, START, &state).unwrap() {
            store.append(&fact).unwrap();
        }
        // Taken again after a crash it is the same lot.
        let state = State::of(&store.records().facts().unwrap());
        let again = letter.request.facts(&letter.id, START, &state).unwrap_err();
        assert!(again.to_string().contains("carried out before"), "{again}");
        mailbox.answer(&Answer::new(letter.id, START, true, "lot 1".to_owned())).unwrap();
        asking.join().unwrap()
    });
    assert_eq!((asked.code, asked.out.trim()), (0, "lot 1"));
    let late = home.run(&["flag", "BTC-USD", "--reason", "x", "--wait", "0"]);
    assert_eq!((late.code, late.error.contains("the request stays in")), (1, true), "{late:?}");
    drop(store);
    assert_eq!(folded(&home).ledger().lots().count(), 1);
}

#[test]
fn records_go_out_and_come_back_by_command() {
    let (here, there) = (home(&history(3)), Home::shipped().unwrap());
    let file = here.path("facts.jsonl").display().to_string();
    let out = here.run(&["export", &file]);
    assert!(out.out.contains("facts of DRY_RUN simulated book"), "{out:?}");
    assert_eq!(there.run(&["import", &file]).code, 2, "somebody has to say whose they are");
    let other = there.run(&["import", &file, "--account", "other"]);
    assert_eq!((other.code, other.error.contains("not of DRY_RUN simulated other")), (1, true));
    assert_eq!(there.run(&["import", &file, "--account", "book"]).code, 0);
    assert_eq!(there.run(&["profit"]).out, here.run(&["profit"]).out);
    assert_eq!(there.run(&["import", &file, "--account", "book"]).code, 1, "never over another");
}
