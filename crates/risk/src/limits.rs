//! A policy that may be enforced: sound, and under the compiled ceilings.

use core::fmt;

use domain::{Pct, PolicyHash, Usd};

use crate::Policy;
use crate::shipped::{bps, pct, usd};

/// A key of a policy that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The dotted key.
    pub key: String,
    /// What is wrong and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.what)
    }
}

/// A validated policy and its hash. Only this can be enforced.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    policy: Policy,
    hash: PolicyHash,
}

impl Limits {
    /// Takes a policy into force.
    ///
    /// # Errors
    /// Every key that is unsound or above its compiled ceiling.
    pub fn new(policy: Policy, hash: PolicyHash) -> Result<Self, Vec<Problem>> {
        let found = policy.problems();
        if found.is_empty() {
            return Ok(Self { policy, hash });
        }
        Err(found.into_iter().map(|(key, what)| Problem { key, what }).collect())
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Its hash: approvals are stamped with it.
    pub const fn hash(&self) -> &PolicyHash {
        &self.hash
    }

    /// The part of a NAV that sizes and caps are a share of.
    pub fn sizing_nav(&self, nav: Usd) -> Usd {
        self.policy.control.capital_usd.map_or(nav, |capital| nav.min(capital))
    }

    /// The smallest order, dollars.
    pub const fn min_order_usd(&self) -> Usd {
        self.policy.orders.min_order_usd
    }
}

/// Collects findings.
struct Findings(Vec<(String, String)>);

impl Findings {
    fn at_most<T: Copy + PartialOrd + fmt::Display>(&mut self, key: &str, value: T, ceiling: T) {
        if value > ceiling {
            let what = format!("{value} is above the hard ceiling {ceiling}");
            self.0.push((key.to_owned(), what));
        }
    }

    fn at_least<T: Copy + PartialOrd + fmt::Display>(&mut self, key: &str, value: T, floor: T) {
        if value < floor {
            self.0.push((key.to_owned(), format!("{value} is below {floor}")));
        }
    }

    fn share(&mut self, key: &str, value: Pct, ceiling: u32) {
        self.at_most(key, value, pct(ceiling));
        if value.is_zero() {
            self.0.push((key.to_owned(), "0 allows nothing; give more than 0".to_owned()));
        }
    }
}

impl Policy {
    /// Every key that is unsound or above its ceiling: dotted key and what would be right.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Findings(Vec::new());
        self.shares(&mut found);
        self.numbers(&mut found);
        found.0
    }

    fn shares(&self, found: &mut Findings) {
        let (loss, caps) = (&self.loss, &self.exposure);
        found.share("loss.daily_stop_pct", loss.daily_stop_pct, 10);
        found.share("loss.weekly_stop_pct", loss.weekly_stop_pct, 20);
        found.share("loss.max_drawdown_pct", loss.max_drawdown_pct, 30);
        found.share("exposure.max_total_pct", caps.max_total_pct, 50);
        found.share("exposure.max_position_pct", caps.max_position_pct, 20);
        for (name, cap) in &caps.max_cluster_pct {
            found.share(&format!("exposure.max_cluster_pct.{name}"), *cap, 30);
        }
        if !self.clusters().any(|name| name == "OTHER") {
            let what = "OTHER is missing: what has no cluster needs a cap too".to_owned();
            found.0.push(("exposure.max_cluster_pct".to_owned(), what));
        }
        for (tier, cap) in caps.max_tier_pct.each() {
            found.share(&format!("exposure.max_tier_pct.{tier}"), cap, 50);
        }
        let words = &self.proposals;
        found.share("proposals.max_stop_pct", words.max_stop_pct, 50);
        found.at_least("proposals.max_stop_pct", words.max_stop_pct, words.min_stop_pct);
        found.share("proposals.min_stop_pct", words.min_stop_pct, 50);
        found.at_least("proposals.max_target_pct", words.max_target_pct, words.min_target_pct);
        found.share("proposals.max_target_pct", words.max_target_pct, 500);
        if !(0.0..=1.0).contains(&words.min_conviction) {
            let what = format!("{} is not between 0 and 1", words.min_conviction);
            found.0.push(("proposals.min_conviction".to_owned(), what));
        }
    }

    fn numbers(&self, found: &mut Findings) {
        let (caps, orders, pacing) = (&self.exposure, &self.orders, &self.pacing);
        found.at_most("exposure.max_open_positions", caps.max_open_positions, 50);
        let key = "exposure.max_new_positions_per_cycle";
        found.at_most(key, caps.max_new_positions_per_cycle, 5);
        found.at_most("orders.max_order_usd", orders.max_order_usd, usd(25_000));
        found.at_least("orders.min_order_usd", orders.min_order_usd, usd(1));
        found.at_least("orders.max_order_usd", orders.max_order_usd, orders.min_order_usd);
        found.at_most("orders.collar_bps", orders.collar_bps, bps(300));
        found.at_most("orders.taker_fee_bps", orders.taker_fee_bps, bps(500));
        if let Some(capital) = self.control.capital_usd {
            found.at_least("control.capital_usd", capital, usd(1));
        }
        found.at_most("pacing.trades_per_day", pacing.trades_per_day, 50);
        found.at_most("pacing.trades_per_hour", pacing.trades_per_hour, 12);
        found.at_most("pacing.attempts_per_day", pacing.attempts_per_day, 200);
        found.at_most("pacing.attempts_per_hour", pacing.attempts_per_hour, 60);
        found.at_least("pacing.loss_streak", pacing.loss_streak, 1);
        let market = &self.market;
        found.at_most("market.quote_max_age_secs", market.quote_max_age_secs, 60);
        found.at_most("market.book_unchanged_max_secs", market.book_unchanged_max_secs, 600);
        found.at_most("market.candle_max_age_secs", market.candle_max_age_secs, 3600);
        found.at_least("market.min_depth_multiple", market.min_depth_multiple, 1);
        found.at_most("market.max_jump_pct", market.max_jump_pct, pct(20));
        for ((tier, spread), (_, slippage)) in
            market.max_spread_bps.each().into_iter().zip(market.max_slippage_bps.each())
        {
            found.at_most(&format!("market.max_spread_bps.{tier}"), spread, bps(300));
            found.at_most(&format!("market.max_slippage_bps.{tier}"), slippage, bps(300));
        }
    }
}
