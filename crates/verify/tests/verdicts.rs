//! Orders of one verdict, next steps of an entry, coins of others: what counts together and what
//! counts apart.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeMap;

use domain::{
    Approval, Asset, BalancesFact, BaseQty, Book, Bracket, ExitPlan, ExitReason, Fact, Fees, Fill,
    FillKind, Flow, Grant, GrantRef, IntentFact, IntentId, Level, LotId, Mark, MarketFact,
    MarksFact, Mode, OrderEnd, PolicyFact, PolicyHash, Price, Product, ProductId, ProductMarket,
    ProductStatus, ProposalId, Purse, QuoteAmt, Regime, RunKind, Side, Source, Tier, TimeInForce,
    Timestamp, TradingLimits, TriggerId, TriggerKind, Usd, VerdictId,
};
use sha2::{Digest as _, Sha256};
use verify::{Check, verify};

const NOW: Timestamp = Timestamp::from_secs(1_767_614_400);
const POLICY: &str = r#"{"pacing":{"spacing_secs":120,"trades_per_hour":1},"positions":{"max_new_positions_per_cycle":1}}"#;

fn hash_of(text: &str) -> PolicyHash {
    let digest = Sha256::digest(text.as_bytes());
    let nibble = |n: u8| char::from_digit(u32::from(n), 16).unwrap();
    let digits = digest.iter().flat_map(|byte| [nibble(byte >> 4), nibble(byte & 0xf)]);
    PolicyHash(digits.collect())
}

fn hash() -> PolicyHash {
    hash_of(POLICY)
}

fn begin() -> Vec<Fact> {
    begin_under(POLICY)
}

fn begin_under(text: &str) -> Vec<Fact> {
    let fees = Fees { maker_bps: "60".parse().unwrap(), taker_bps: "120".parse().unwrap() };
    let clusters = BTreeMap::new();
    let (hash, text) = (hash_of(text), text.to_owned());
    let policy = PolicyFact { at: NOW, hash: hash.clone(), text, clusters, fees, program: None };
    let (mode, run) = (Mode::Paper, RunKind::Loop);
    vec![Fact::Boot { at: NOW, mode, policy: hash, run }, Fact::Policy(Box::new(policy))]
}

/// An entry of a product, judged at a fact, in a verdict.
fn grant(product: &str, secs: i64, fact_number: u64, verdict: Option<u64>) -> Grant {
    let (at, product): (_, ProductId) = (NOW.plus_secs(secs), product.parse().unwrap());
    let trigger = TriggerId { product, kind: TriggerKind::Momentum, candle: NOW };
    let proposal = ProposalId::Entry(trigger);
    let (expires, verdict) = (at.plus_secs(2), verdict.map(VerdictId));
    let plan = ExitPlan {
        stop_pct: "8".parse().unwrap(),
        target_pct: "15".parse().unwrap(),
        max_hold_hours: 72,
    };
    Grant {
        at,
        proposal,
        product,
        asset: product.base().parse::<Asset>().unwrap(),
        side: Side::Buy,
        tier: Tier::T1,
        max_notional: "100".parse().unwrap(),
        worst_case: "101.2".parse().unwrap(),
        max_qty: "1".parse().unwrap(),
        price_bound: "100".parse().unwrap(),
        plan: Some(plan),
        conviction: Some(0.5),
        regime: Regime::Chop,
        stamp: GrantRef { proposal, policy: hash(), fact_number, expires, verdict },
    }
}

fn granted(grant: &Grant) -> Fact {
    Fact::Granted(Box::new(grant.clone()))
}

fn approved(grant: &Grant) -> Fact {
    let ProposalId::Entry(trigger) = grant.proposal else { unreachable!("entries only") };
    let Grant { at, product, asset, max_notional, .. } = grant;
    let notional = Usd::new(max_notional.get()).unwrap();
    let (at, product, asset) = (*at, *product, *asset);
    Fact::Approved(Approval { at, trigger, product, asset, notional })
}

fn intent(number: u64, grant: &Grant, parent: Option<u64>) -> Fact {
    Fact::Intent(Box::new(IntentFact {
        at: grant.at,
        intent: IntentId(number),
        product: grant.product,
        asset: grant.asset,
        tier: grant.tier,
        side: grant.side,
        qty: grant.max_qty,
        limit: grant.price_bound,
        worst_case: grant.worst_case,
        plan: grant.plan,
        grant: Some(grant.stamp.clone()),
        parent: parent.map(IntentId),
        time_in_force: None,
    }))
}

fn unfilled(number: u64, secs: i64) -> Fact {
    let (at, intent, filled) = (NOW.plus_secs(secs), IntentId(number), BaseQty::ZERO);
    Fact::OrderEnd(OrderEnd { at, intent, filled, how: None })
}

/// What one check objects to; the others miss facts that are not what these cases are about.
fn objections(facts: &[Fact], check: Check) -> Vec<String> {
    let found = verify(facts, None);
    assert!(found.checks.contains_key(&check), "{check:?} was not asked");
    let own = found.violations.into_iter().filter(|violation| violation.check == check);
    own.map(|violation| violation.what).collect()
}

/// Two orders, one after the other, of verdicts judged at the same fact.
fn two(first: Option<u64>, second: Option<u64>, between: Option<Fact>) -> Vec<Fact> {
    let mut facts = begin();
    let (one, other) = (grant("BTC-USD", 0, 2, first), grant("ETH-USD", 0, 2, second));
    facts.extend([granted(&one), approved(&one), granted(&other), approved(&other)]);
    facts.push(intent(1, &one, None));
    facts.extend(between);
    facts.push(intent(2, &other, None));
    facts
}

#[test]
fn an_order_does_not_overtake_another_of_its_verdict_and_any_of_others() {
    let none = Vec::<String>::new();
    assert_eq!(objections(&two(Some(1), Some(1), None), Check::Intent), none);
    let overtaken = ["fact 7 changed exposure after its approval at 2"];
    for (first, second) in [(Some(1), Some(2)), (Some(1), None), (None, Some(1)), (None, None)] {
        assert_eq!(objections(&two(first, second, None), Check::Intent), overtaken);
    }
    let between = Some(unfilled(1, 1));
    let overtaken = ["fact 8 changed exposure after its approval at 2"];
    assert_eq!(objections(&two(Some(1), Some(1), between), Check::Intent), overtaken);
}

#[test]
fn a_verdict_is_given_at_once_and_its_number_once() {
    let later = |verdict, fact_number| {
        let mut facts = two(Some(4), Some(4), None);
        facts.push(granted(&grant("SOL-USD", 300, fact_number, verdict)));
        objections(&facts, Check::Grant)
    };
    assert_eq!(later(Some(5), 8), Vec::<String>::new());
    assert_eq!(later(None, 8), Vec::<String>::new());
    for old in [3, 4] {
        let told = format!("it is of verdict {old}, and others were given since that");
        assert_eq!(later(Some(old), 8), [told]);
    }
}

/// An entry at the start, its next step a minute later, and another entry after both.
fn stepped(another: i64) -> Vec<Fact> {
    let (first, step) = (grant("BTC-USD", 0, 2, Some(1)), grant("BTC-USD", 60, 6, None));
    let mut facts = begin();
    facts.extend([granted(&first), approved(&first), intent(1, &first, None), unfilled(1, 30)]);
    facts.extend([granted(&step), intent(2, &step, Some(1))]);
    facts.push(granted(&grant("ETH-USD", another, 8, Some(2))));
    facts
}

#[test]
fn a_next_step_counts_in_no_window_and_opens_no_position_of_its_cycle() {
    // The first entry of the cycle opened a position, and the second is one too many; the step is
    // neither. Two minutes after the entry nothing waits, though the step was a minute ago.
    let cases = [
        (Check::NewPositionsPerCycle, vec!["2 is above 1".to_owned()]),
        (Check::TradesPerHour, vec!["2 is above 1".to_owned()]),
        (Check::Spacing, Vec::new()),
    ];
    for (check, expected) in cases {
        assert_eq!(objections(&stepped(120), check), expected, "{check:?}");
    }
    assert_eq!(objections(&stepped(119), Check::Spacing), ["119 is below 120"]);
    let mut next_cycle = stepped(120);
    let last = next_cycle.len() - 1;
    next_cycle.insert(4, Fact::Cycle { at: NOW, id: domain::CycleId::default(), nav: None });
    assert_eq!(next_cycle.len(), last + 2);
    let none = Vec::<String>::new();
    assert_eq!(objections(&next_cycle, Check::NewPositionsPerCycle), none);
}

/// A verdict that is granted and, in part, on record; then its process is killed before the cycle
/// is told, and the next one grants another.
fn cut_off(told: usize, boots: bool) -> Vec<Fact> {
    let (one, other) = (grant("BTC-USD", 0, 2, Some(1)), grant("ETH-USD", 300, 2, Some(1)));
    let mut facts = begin();
    facts.extend([granted(&one), approved(&one)].into_iter().take(told));
    if boots {
        facts.extend(begin());
    }
    facts.extend([granted(&other), approved(&other)]);
    facts.push(Fact::Cycle { at: other.at, id: domain::CycleId::default(), nav: None });
    facts
}

#[test]
fn a_cycle_that_a_kill_cut_off_counts_in_no_other() {
    let none = Vec::<String>::new();
    for told in [1, 2] {
        let facts = cut_off(told, true);
        for check in [Check::NewPositionsPerCycle, Check::Approval] {
            assert_eq!(objections(&facts, check), none, "{check:?} after {told}");
        }
        // Without a kill both are of one cycle.
        let facts = cut_off(told, false);
        assert_eq!(objections(&facts, Check::NewPositionsPerCycle), ["2 is above 1"]);
    }
    // What was granted and never sent reserves nothing, and what pacing counted stays counted.
    assert_eq!(objections(&cut_off(2, true), Check::TradesPerHour), ["2 is above 1"]);
    assert_eq!(objections(&cut_off(1, true), Check::TradesPerHour), none);
    assert_eq!(objections(&cut_off(1, false), Check::Approval), ["pacing did not count it"]);
    // Each process counts its verdicts from 1.
    assert_eq!(objections(&cut_off(2, true), Check::Grant), none);
}

/// Buys one bitcoin at 100 dollars within a cycle that began with 1,000, and tells the cycle then.
fn bought_within(nav: &str, between: Option<Fact>) -> Vec<Fact> {
    let purse = Purse {
        asset: "USD".parse().unwrap(),
        available: "1000".parse().unwrap(),
        held: QuoteAmt::ZERO,
    };
    let (at, one) = (NOW.plus_secs(5), grant("BTC-USD", 5, 3, Some(1)));
    let mut facts = begin();
    facts.push(Fact::Balances(BalancesFact { at, purses: vec![purse], fees: None }));
    facts.extend([granted(&one), approved(&one), intent(1, &one, None)]);
    facts.push(Fact::Fill(Box::new(Fill {
        entry_id: "e".to_owned(),
        intent: IntentId(1),
        at,
        product: one.product,
        asset: one.asset,
        side: Side::Buy,
        qty: one.max_qty,
        price: one.price_bound,
        fee: "1.2".parse().unwrap(),
        kind: FillKind::Fill,
        trade_id: None,
        liquidity: None,
    })));
    facts.extend(between);
    let nav = Some(nav.parse().unwrap());
    facts.push(Fact::Cycle { at, id: domain::CycleId::default(), nav });
    facts
}

#[test]
fn a_cycle_is_worth_what_its_verdict_saw_whatever_its_orders_filled() {
    let nav = |facts: &[Fact]| objections(facts, Check::Nav);
    assert_eq!(nav(&bought_within("1000", None)), Vec::<String>::new());
    let other = ["2000 is on record, the facts make 1000"];
    assert_eq!(nav(&bought_within("2000", None)), other);
    // What is no consequence of the verdict is what the next one saw, and bitcoin has no mark.
    let read = Fact::Marks(MarksFact { at: NOW.plus_secs(5), marks: Vec::new() });
    let missing = ["a balance or a mark is not on record"];
    assert_eq!(nav(&bought_within("1000", Some(read))), missing);
}

#[test]
fn money_that_a_fill_on_record_has_spent_is_no_worth_though_a_late_balance_tells_of_it() {
    let flow = Flow {
        at: NOW,
        flow: domain::FlowId(1),
        asset: "USD".parse().unwrap(),
        change: "1000".parse().unwrap(),
        usd: Some("1000".parse().unwrap()),
        kind: Some(domain::FlowKind::Opening),
    };
    let at = NOW.plus_secs(10);
    let mut facts = bought_within("1000", None);
    facts.insert(2, Fact::Flow(flow));
    let read = facts.iter().rfind(|fact| matches!(fact, Fact::Balances(_))).cloned();
    let Some(Fact::Balances(late)) = read else { panic!("it was read") };
    facts.push(Fact::Balances(BalancesFact { at, ..late }));
    let product = "BTC-USD".parse().unwrap();
    let mark = Mark { product, bid: "100".parse().unwrap(), vouched: at };
    facts.push(Fact::Marks(MarksFact { at, marks: vec![mark] }));
    let told = |nav: &str| {
        let mut facts = facts.clone();
        let nav = Some(nav.parse().unwrap());
        facts.push(Fact::Cycle { at, id: domain::CycleId::default(), nav });
        objections(&facts, Check::Nav)
    };
    // 1,000 less a coin for 100 and 1.20 for its fee, and the coin.
    assert_eq!(told("998.8"), Vec::<String>::new());
    assert_eq!(told("1100"), ["1100 is on record, the facts make 998.8"]);
}

#[test]
fn a_next_step_names_the_entry_that_it_goes_on_with() {
    let none = Vec::<String>::new();
    assert_eq!(objections(&stepped(120), Check::GrantBounds), none);
    let other = ["it is the next step of another entry, or of none"];
    let mut alone = stepped(120);
    if let Some(Fact::Intent(step)) = alone.get_mut(7) {
        step.parent = None;
    }
    assert_eq!(objections(&alone, Check::GrantBounds), other);
    let mut pretended = begin();
    let first = grant("BTC-USD", 0, 2, Some(1));
    pretended.extend([granted(&first), approved(&first), intent(1, &first, Some(1))]);
    assert_eq!(objections(&pretended, Check::GrantBounds), other);
}

/// 50 dollars of somebody else's bitcoin and a grant of 101.20 dollars, in an account of 1,000 with a
/// cap of 15 %.
#[test]
fn coins_of_others_count_where_the_policy_says_so() {
    let purse = |asset: &str, available: &str| Purse {
        asset: asset.parse().unwrap(),
        available: available.parse().unwrap(),
        held: QuoteAmt::ZERO,
    };
    let cases = [("shared", true, true), ("shared", false, false), ("dedicated", true, false)];
    for (portfolio, count, counts) in cases {
        let external = format!(r#"{{"count":{count},"portfolio":"{portfolio}"}}"#);
        let caps = r#"{"max_position_pct":15,"max_total_pct":15}"#;
        let mut facts = begin_under(&format!(r#"{{"caps":{caps},"external":{external}}}"#));
        let purses = vec![purse("USD", "1000"), purse("BTC", "0.5")];
        facts.push(Fact::Balances(BalancesFact { at: NOW, purses, fees: None }));
        let mark =
            Mark { product: "BTC-USD".parse().unwrap(), bid: "100".parse().unwrap(), vouched: NOW };
        facts.push(Fact::Marks(MarksFact { at: NOW, marks: vec![mark] }));
        facts.push(granted(&grant("BTC-USD", 0, 4, None)));
        let told = if counts { vec!["151.2 is above 150".to_owned()] } else { Vec::new() };
        assert_eq!(objections(&facts, Check::PositionCap), told, "{portfolio} {count}");
        assert_eq!(objections(&facts, Check::TotalCap), told, "{portfolio} {count}");
    }
}

/// A sale of one bitcoin that rests at the venue: stop 92, target 115, 87.40 at the worst.
fn protection() -> Grant {
    let proposal = ProposalId::Exit(LotId(IntentId(1)), ExitReason::Protection);
    let buy = grant("BTC-USD", 0, 3, Some(1));
    Grant {
        proposal,
        side: Side::Sell,
        max_notional: "92".parse().unwrap(),
        worst_case: QuoteAmt::ZERO,
        price_bound: "87.4".parse().unwrap(),
        plan: None,
        conviction: None,
        stamp: GrantRef { proposal, ..buy.stamp.clone() },
        ..buy
    }
}

#[test]
fn protection_at_the_venue_is_sent_as_the_bracket_that_was_granted() {
    let bracket = |stop: &str, target: &str| {
        let (stop, target) = (stop.parse().unwrap(), target.parse().unwrap());
        Some(TimeInForce::Bracket(Bracket { stop, target }))
    };
    let takes = Some(TimeInForce::ImmediateOrCancel);
    let stop_loss = ProposalId::Exit(LotId(IntentId(1)), ExitReason::StopLoss);
    let other = vec!["it is a bracket, or is none".to_owned()];
    let cases = [
        (protection().proposal, bracket("92", "115"), Vec::new()),
        (protection().proposal, takes, other.clone()),
        (stop_loss, bracket("92", "115"), other),
        (stop_loss, takes, Vec::new()),
        (protection().proposal, bracket("92.01", "115"), vec!["92.01 is above 92".to_owned()]),
        (protection().proposal, bracket("87", "115"), vec!["87.4 is above 87".to_owned()]),
        (
            protection().proposal,
            bracket("92", "92"),
            vec!["its stop 92 is not below its target 92".to_owned()],
        ),
    ];
    for (proposal, life, expected) in cases {
        let stamp = GrantRef { proposal, ..protection().stamp };
        let grant = Grant { proposal, stamp, ..protection() };
        let Fact::Intent(sent) = intent(1, &grant, None) else { unreachable!("an intent") };
        let mut facts = begin();
        facts.extend([
            granted(&grant),
            Fact::Intent(Box::new(IntentFact { time_in_force: life, ..*sent })),
        ]);
        assert_eq!(objections(&facts, Check::GrantBounds), expected, "{proposal} {life:?}");
    }
}

#[test]
fn protection_is_held_against_its_stop_and_not_against_the_bid() {
    let objected = |value: &str, bound: &str| {
        let (max_notional, price_bound) = (value.parse().unwrap(), bound.parse().unwrap());
        let grant = Grant { max_notional, price_bound, ..protection() };
        let text = r#"{"market":{"quote_max_age_secs":5},"orders":{"max_order_usd":1000}}"#;
        let mut facts = begin_under(text);
        facts.push(market_at("100"));
        facts.push(granted(&grant));
        objections(&facts, Check::ExitPrice)
    };
    let none = Vec::<String>::new();
    assert_eq!(objected("92", "87.4"), none);
    assert_eq!(objected("92", "87.39"), none, "rounded down to its increment");
    assert_eq!(objected("92", "87.41"), ["87.41 is above 87.4"]);
    assert_eq!(objected("100.01", "87.4"), ["100.01 is above 100"], "a stop above the market");
}

/// Bitcoin at a bid, as a verdict of now sees it.
fn market_at(bid: &str) -> Fact {
    let step = "0.01".parse().unwrap();
    let limits = TradingLimits {
        base_increment: "0.0001".parse().unwrap(),
        quote_increment: step,
        price_increment: step,
        base_min: "0.0001".parse().unwrap(),
        base_max: "1000".parse().unwrap(),
        quote_min: "1".parse().unwrap(),
        quote_max: "1000000".parse().unwrap(),
    };
    let product = Product::new("BTC-USD".parse().unwrap(), limits, ProductStatus::Online).unwrap();
    let level = |price: Price| Level { price, size: "10".parse().unwrap() };
    let bid: Price = bid.parse().unwrap();
    let ask = Price::new(bid.get() + limits.price_increment).unwrap();
    let book =
        Book { bids: vec![level(bid)], asks: vec![level(ask)], at: NOW, source: Source::Venue };
    let mut market = ProductMarket::unknown(product);
    market.set_book(book, NOW);
    Fact::Market(Box::new(MarketFact { at: NOW, market }))
}
