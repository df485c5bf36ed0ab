//! Every key has a stricter direction, and only stricter policies are taken while it runs.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::*;
use domain::{PolicyHash, Proposal};
use proptest::prelude::*;
use risk::Direction::{Incomparable, Looser, Tighter};
use risk::{Direction, Limits, NotTighter, Policy, Stricter};
use serde_json::Value;

/// Every leaf of the policy as `section.key`, lists as one.
fn leaves(prefix: &str, value: &Value, out: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                leaves(&path, inner, out);
            }
        }
        leaf @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)) => {
            out.insert(prefix.to_owned(), leaf.clone());
        }
    }
}

fn flat(policy: &Policy) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    leaves("", &serde_json::to_value(policy).unwrap(), &mut out);
    out
}

/// The policy with another value under a key; none when no policy can say that.
fn with(policy: &Policy, key: &str, value: Value) -> Option<Policy> {
    let mut json = serde_json::to_value(policy).unwrap();
    *json.pointer_mut(&format!("/{}", key.replace('.', "/")))? = value;
    serde_json::from_value(json).ok()
}

#[test]
fn every_key_has_a_direction_and_no_other_has() {
    let policy = Policy::default();
    let said: BTreeSet<_> = flat(&policy).into_keys().collect();
    let mut declared: BTreeSet<_> = Policy::directions().map(|(key, _)| key.to_owned()).collect();
    declared.extend(policy.clusters().map(|name| format!("caps.clusters_pct.{name}")));
    assert_eq!(said, declared);
}

/// A key alone, moved either way: exactly that key comes back, with the direction declared for it.
#[test]
fn a_change_of_one_key_is_told_as_that_key() {
    let old = Policy::default();
    let directions: BTreeMap<_, _> = Policy::directions().collect();
    for (key, value) in flat(&old) {
        let stricter = directions.get(key.as_str()).copied().unwrap_or(Stricter::Lower);
        let number = value.as_str().and_then(|text| text.parse::<f64>().ok()).or(value.as_f64());
        let Some(number) = number else { continue };
        for (to, up) in [(number + 1.0, true), ((number - 0.25).max(0.0), false)] {
            let text = if value.is_string() { Value::from(to.to_string()) } else { to.into() };
            let value = if value.is_u64() {
                Value::from(if up { number as u64 + 1 } else { 0 })
            } else {
                text
            };
            let Some(new) = with(&old, &key, value) else { panic!("{key} cannot be {to}") };
            if flat(&new) == flat(&old) {
                continue;
            }
            let changes = Policy::compare(&old, &new);
            assert_eq!(changes.len(), 1, "{key}: {changes:?}");
            assert_eq!(changes[0].key, key);
            let tighter = (stricter == Stricter::Higher) == up;
            let expected = if tighter { Direction::Tighter } else { Direction::Looser };
            assert_eq!(changes[0].direction, expected, "{}", changes[0]);
        }
    }
}

#[test]
fn what_is_no_number_has_a_direction_too() {
    let old = Policy::default();
    let mut dollars = old.clone();
    dollars.control.capital_usd = Some("1000".parse().unwrap());
    let mut live = old.clone();
    live.control.live_trading_enabled = true;
    let mut freeze = old.clone();
    freeze.control.kill_exits = risk::KillExits::Freeze;
    let mut one = old.clone();
    one.orders.quote_preference = vec![asset("USDC")];
    let mut turned = old.clone();
    turned.orders.quote_preference.reverse();
    let mut fewer = old.clone();
    fewer.caps.clusters_pct.remove("MEME");
    fewer.caps.clusters_pct.insert("OTHER".into(), pct("6"));
    let (mut shared, mut uncounted) = (old.clone(), old.clone());
    shared.external.portfolio = risk::Portfolio::Shared;
    uncounted.external.count = false;
    let cases: [(&Policy, &Policy, &str, Direction); 15] = [
        (&old, &dollars, "control.capital_usd: null -> 1000", Tighter),
        (&dollars, &old, "control.capital_usd: 1000 -> null", Looser),
        (&old, &live, "control.live_trading_enabled: false -> true", Looser),
        (&live, &old, "control.live_trading_enabled: true -> false", Tighter),
        (&old, &shared, "external.portfolio: dedicated -> shared", Looser),
        (&shared, &old, "external.portfolio: shared -> dedicated", Tighter),
        (&old, &uncounted, "external.count: true -> false", Looser),
        (&uncounted, &old, "external.count: false -> true", Tighter),
        (&old, &freeze, "control.kill_exits: reduce_only -> freeze", Incomparable),
        (&freeze, &old, "control.kill_exits: freeze -> reduce_only", Incomparable),
        (&old, &one, "orders.quote_preference: [USD, USDC] -> [USDC]", Tighter),
        (&one, &old, "orders.quote_preference: [USDC] -> [USD, USDC]", Looser),
        (&old, &turned, "orders.quote_preference: [USD, USDC] -> [USDC, USD]", Incomparable),
        // Without a cap of its own it has that of whatever has none.
        (&old, &fewer, "caps.clusters_pct.MEME: 5 -> 6", Looser),
        (&fewer, &old, "caps.clusters_pct.MEME: 6 -> 5", Tighter),
    ];
    for (old, new, text, direction) in cases {
        let changes = Policy::compare(old, new);
        assert_eq!((changes[0].to_string().as_str(), changes[0].direction), (text, direction));
        let json = serde_json::to_value(&changes[0]).unwrap();
        assert_eq!(json["key"], changes[0].key);
    }
    assert_eq!(Policy::compare(&old, &old), []);
}

#[test]
fn only_a_stricter_policy_is_taken_while_it_runs() {
    let limits = Limits::new(Policy::default(), PolicyHash("a".into())).unwrap();
    let (mut tight, mut loose) = (Policy::default(), Policy::default());
    tight.caps.max_position_pct = pct("4");
    loose.caps.max_position_pct = pct("4");
    loose.pacing.trades_per_day = 11;
    let taken = limits.tighten(tight, PolicyHash("b".into())).unwrap();
    assert_eq!(taken.hash().0, "b");
    assert_eq!(taken.policy().caps.max_position_pct, pct("4"));
    let Err(NotTighter::Looser(changes)) = taken.tighten(loose, PolicyHash("c".into())) else {
        panic!("11 trades a day are more than 10")
    };
    let keys: Vec<_> = changes.iter().map(|change| change.key.as_str()).collect();
    assert_eq!(keys, ["pacing.trades_per_day"], "only what is in the way");
    let mut broken = Policy::default();
    broken.caps.max_total_pct = pct("4");
    let refused = limits.tighten(broken, PolicyHash("d".into()));
    assert!(matches!(refused, Err(NotTighter::Problems(_))), "a total below a position");
}

/// Numbers of the policy to move, and by how much.
fn moves() -> impl Strategy<Value = Vec<(prop::sample::Index, i32)>> {
    prop::collection::vec((any::<prop::sample::Index>(), -3..4_i32), 1..4)
}

fn moved(old: &Policy, moves: &[(prop::sample::Index, i32)]) -> Option<Policy> {
    let mut new = old.clone();
    for (which, by) in moves {
        let keys = flat(&new);
        let (key, value) = which.get(&keys.iter().collect::<Vec<_>>()).to_owned();
        let number = value.as_str().and_then(|text| text.parse::<i32>().ok());
        let value = match (value, number) {
            (Value::Number(n), _) if n.is_u64() => {
                Value::from(u64::try_from(i64::try_from(n.as_u64()?).ok()? + i64::from(*by)).ok()?)
            }
            (Value::Number(n), _) => Value::from(n.as_f64()? + f64::from(*by) / 100.0),
            (Value::String(_), Some(n)) => Value::from((n + by).to_string()),
            _ => return None,
        };
        new = with(&new, key, value)?;
    }
    new.problems().is_empty().then_some(new)
}

proptest! {
    #![proptest_config(cases())]

    /// C-07: what is taken while it runs never approves what was refused, nor grants more.
    #[test]
    fn a_stricter_policy_never_grants_more(
        moves in moves(),
        product in 0..PRODUCTS.len(),
        centi_pct in 1..700_u32,
        conviction in 0.3..0.4_f64,
        age in 0..8_i64,
        trades in 0..4_i64,
    ) {
        let mut world = World::good();
        let Some(policy) = moved(&world.policy, &moves) else { return Ok(()) };
        let limits = Limits::new(world.policy.clone(), PolicyHash("a".into())).unwrap();
        let tighter = limits.tighten(policy.clone(), PolicyHash("b".into())).is_ok();
        let changes = Policy::compare(&world.policy, &policy);
        prop_assert_eq!(tighter, changes.iter().all(|c| c.direction == Direction::Tighter));
        if !tighter {
            return Ok(());
        }
        let name = PRODUCTS[product].0;
        world.market(name).quote_vouched = Some(T0.plus_secs(-age));
        world.facts.extend((0..trades).map(|n| approval("BTC-USD", T0.plus_secs(-400 * (n + 1)))));
        let size = format!("{}.{:02}", centi_pct / 100, centi_pct % 100);
        let mut wish = entry(name, &size);
        wish.conviction = conviction;
        let granted = |world: &World| {
            let verdict = world.assess(vec![Proposal::Entry(wish.clone())]);
            verdict.approved.first().map_or(amount("0"), risk::ApprovedOrder::max_notional)
        };
        let before = granted(&world);
        world.policy = policy;
        prop_assert!(granted(&world) <= before, "{:?}", changes);
    }
}
