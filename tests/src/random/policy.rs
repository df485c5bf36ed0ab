//! How a run begins: a policy, an account, a boot.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Asset, Bps, Fact, Fees, Mode, PolicyFact, PolicyHash, Purse, QuoteAmt, RunKind, Timestamp, Usd,
};
use risk::{Clusters, Counters, Exposure, Limits, Policy};
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};
use state::State;
use verify::Verifier;

use super::dice::Dice;
use super::market::Markets;
use super::{Outcome, Run};

/// 2026-01-05T12:00:00Z, a Monday.
const START: i64 = 1_767_614_400;

fn named() -> Result<BTreeMap<String, Vec<Asset>>, String> {
    let groups = [("LAYER1", "ADA BTC ETH SOL"), ("MEME", "DOGE"), ("DEFI", "LINK UNI")];
    let assets = |names: &str| {
        names
            .split(' ')
            .map(|name| name.parse::<Asset>().map_err(|e: domain::IdError| e.to_string()))
            .collect::<Result<Vec<_>, _>>()
    };
    groups.into_iter().map(|(name, names)| Ok((name.to_owned(), assets(names)?))).collect()
}

/// The shipped policy with paces that let more happen, and in every run another row that binds.
fn policy(dice: &mut Dice) -> Policy {
    let mut policy = Policy::default();
    let pct = |n: i64| domain::Pct::new(Decimal::from(n)).unwrap_or(domain::Pct::ZERO);
    let usd = |n: i64| Usd::new(Decimal::from(n)).unwrap_or(Usd::ZERO);
    let count = |n: i64| u32::try_from(n).unwrap_or(0);
    let pacing = &mut policy.pacing;
    pacing.trades_per_day = count(dice.between(8, 50));
    pacing.trades_per_hour = count(dice.between(4, 8)).min(pacing.trades_per_day);
    pacing.attempts_per_day = pacing.trades_per_day + count(dice.between(0, 3));
    pacing.attempts_per_hour = pacing.trades_per_hour + count(dice.between(0, 1));
    pacing.spacing_secs = 0;
    pacing.symbol_spacing_secs = 60 * count(dice.between(0, 10));
    pacing.adds_per_asset_and_day = count(dice.between(0, 3));
    pacing.losses_in_a_row = count(dice.between(2, 4));
    policy.positions.max_open_positions = count(dice.between(3, 8));
    policy.positions.max_new_positions_per_cycle = count(dice.between(1, 3));
    if dice.chance(300) {
        pacing.spacing_secs = 30 * count(dice.between(1, 8));
        policy.positions.max_new_positions_per_cycle = 1;
    }
    policy.orders.max_order_usd = usd(dice.between(200, 1500));
    policy.orders.min_order_usd = usd(dice.between(1, 30));
    policy.caps.max_total_pct = pct(dice.between(8, 40));
    policy.caps.max_position_pct = pct(dice.between(3, 8));
    for cap in policy.caps.clusters_pct.values_mut() {
        *cap = pct(dice.between(3, 8));
    }
    policy.caps.tiers_pct = domain::PerTier {
        t1: pct(dice.between(4, 20)),
        t2: pct(dice.between(4, 20)),
        t3: pct(dice.between(3, 10)),
    };
    policy.messages.messages_per_minute = count(dice.between(2, 20));
    policy.messages.repeated_executions = count(dice.between(1, 6));
    policy.venue.rejects = count(dice.between(1, 3));
    policy.venue.max_unknown_orders = count(dice.between(1, 2));
    if dice.chance(30) {
        policy.orders.min_order_usd = policy.orders.max_order_usd;
    }
    if dice.chance(200) {
        policy.control.capital_usd = Some(usd(dice.between(2_000, 9_000)));
    }
    if dice.chance(200) {
        policy.control.kill_exits = risk::KillExits::Freeze;
    }
    policy
}

impl Run {
    pub(super) fn begin(seed: u64) -> Result<Self, String> {
        let mut dice = Dice::new(seed);
        let (clusters, mut policy) = (named()?, policy(&mut dice));
        while let [(key, _), ..] = policy.problems().as_slice() {
            // Two draws that contradict each other: the shipped row instead.
            mend(&mut policy, key)?;
        }
        let text = serde_json::to_value(&policy).map_err(|e| e.to_string())?.to_string();
        let hash = PolicyHash(hex(&Sha256::digest(text.as_bytes())));
        let limits = Limits::new(policy, hash.clone()).map_err(|p| format!("{p:?}"))?;
        let groups: Vec<_> =
            clusters.iter().map(|(name, assets)| (name.as_str(), assets.as_slice())).collect();
        let bps = |n: i64| Bps::new(Decimal::from(n)).map_err(|e| e.to_string());
        let fees = Fees { maker_bps: bps(60)?, taker_bps: bps(120)? };
        let usd = "USD".parse().map_err(|e: domain::IdError| e.to_string())?;
        let amount = |n: i64| QuoteAmt::new(Decimal::from(n)).map_err(|e| e.to_string());
        // Now and then nearly everything is held back by something else.
        let poor = dice.chance(60);
        let available =
            amount(if poor { dice.between(2, 300) } else { dice.between(300, 20_000) })?;
        let held = amount(if poor { 10_000 } else { 0 })?;
        let mode = if dice.chance(30) { Mode::Live } else { Mode::Paper };
        let now = Timestamp::from_secs(START);
        let mut run = Self {
            dice,
            now,
            mode,
            limits,
            clusters: Clusters::new(groups),
            markets: Markets::new().ok_or("no markets")?,
            purses: vec![Purse { asset: usd, available, held }],
            fees,
            noted: None,
            state: State::default(),
            exposure: Exposure::default(),
            counters: Counters::default(),
            desk: risk::Desk::default(),
            verifier: Verifier::new(None),
            exposure_fact: 0,
            open: Vec::new(),
            events: BTreeMap::new(),
            next_entry: 0,
            latches: BTreeSet::new(),
            outcome: Outcome::default(),
        };
        let boot = Fact::Boot { at: now, mode, policy: hash.clone(), run: RunKind::Loop };
        run.tell(&boot)?;
        let policy = PolicyFact { at: now, hash, text, clusters, fees, program: None };
        run.tell(&Fact::Policy(Box::new(policy)))?;
        Ok(run)
    }
}

/// Puts the shipped section in the place of one whose rows contradict each other.
fn mend(policy: &mut Policy, key: &str) -> Result<(), String> {
    let shipped = Policy::default();
    match key.split('.').next() {
        Some("caps") => policy.caps = shipped.caps,
        Some("positions") => policy.positions = shipped.positions,
        Some("orders") => policy.orders = shipped.orders,
        Some("pacing") => policy.pacing = shipped.pacing,
        Some("messages") => policy.messages = shipped.messages,
        Some("control") => policy.control = shipped.control,
        _ => return Err(format!("{key} of a random policy")),
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _never = write!(text, "{byte:02x}");
        text
    })
}
