//! What is wrong with parameters, and what would be right.

use core::ops::RangeInclusive;

use domain::Pct;
use rust_decimal::Decimal;

use crate::{ExitParams, Params, Row, Rule};

/// A dotted key within the section, and a sentence.
type Problem = (String, String);

impl Params {
    /// Everything that is out of range or contradicts itself; empty when it is sound. Keys are
    /// relative to the section: `momentum.stop_pct`.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut within = |key: &str, value, range| check_f64(&mut found, key, value, range);
        within("min_score", self.min_score, 0.0..=1.0);
        within("base_size_pct.T1", self.base_size_pct.t1, 0.0..=100.0);
        within("base_size_pct.T2", self.base_size_pct.t2, 0.0..=100.0);
        within("base_size_pct.T3", self.base_size_pct.t3, 0.0..=100.0);
        let parity = &self.risk_parity;
        within("risk_parity.risk_budget_pct", parity.risk_budget_pct, 0.01..=100.0);
        within(
            "risk_parity.reference_volatility_pct",
            parity.reference_volatility_pct,
            1.0..=1000.0,
        );
        within("risk_parity.volatility_floor_pct", parity.volatility_floor_pct, 1.0..=1000.0);
        let conviction = &self.conviction;
        within("conviction.strength_weight", conviction.strength_weight, -1.0..=1.0);
        within("conviction.confidence_weight", conviction.confidence_weight, -1.0..=1.0);
        let boosts = &conviction.boosts;
        within("conviction.boosts.above_vwap", boosts.above_vwap, -1.0..=1.0);
        within("conviction.boosts.higher_low", boosts.higher_low, -1.0..=1.0);
        within("conviction.boosts.rsi_crossed_up", boosts.rsi_crossed_up, -1.0..=1.0);
        within("conviction.boosts.bounced", boosts.bounced, -1.0..=1.0);
        within("conviction.boosts.t1", boosts.t1, -1.0..=1.0);
        check_hours(&mut found, "t3_max_hold_hours", self.t3_max_hold_hours);
        for (rule, row) in self.rows() {
            row_problems(&mut found, rule, row);
        }
        found
    }
}

impl ExitParams {
    /// Everything that is out of range; empty when it is sound. Keys are relative to the section:
    /// `trailing.trail_pct`. Unused numbers are checked too, since the next edit may use them.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        check_pct(&mut found, "trailing.arm_gain_pct", self.trailing.arm_gain_pct, 500);
        check_pct(&mut found, "trailing.trail_pct", self.trailing.trail_pct, 50);
        check_f64(&mut found, "trailing.trail_atrs", self.trailing.trail_atrs, 0.1..=50.0);
        check_pct(&mut found, "crash_stop_pct", self.crash_stop_pct, 50);
        found
    }
}

fn row_problems(found: &mut Vec<Problem>, rule: Rule, row: &Row) {
    let key = |name: &str| format!("{}.{name}", rule.as_str());
    check_pct(found, &key("stop_pct"), row.stop_pct, 50);
    check_pct(found, &key("target_pct"), row.target_pct, 500);
    check_hours(found, &key("max_hold_hours"), row.max_hold_hours);
    check_f64(found, &key("size_factor"), row.size_factor, 0.0..=100.0);
    for (name, bound) in [("min_move_pct", row.min_move_pct), ("max_move_pct", row.max_move_pct)] {
        if let Some(pct) = bound {
            check_f64(found, &key(name), pct, -100.0..=10_000.0);
        }
    }
    if let (Some(min), Some(max)) = (row.min_move_pct, row.max_move_pct)
        && min > max
    {
        let wrong = format!("{min} is above max_move_pct {max}; no move would ever fit");
        found.push((key("min_move_pct"), wrong));
    }
    direction_problems(found, rule, row);
}

/// A row and its bounce must not speak about the same move.
fn direction_problems(found: &mut Vec<Problem>, rule: Rule, row: &Row) {
    let key = |name: &str| format!("{}.{name}", rule.as_str());
    match rule {
        Rule::PriceMove | Rule::VolumeSpike => {
            if row.min_move_pct.is_none_or(|min| min < 0.0) {
                let wrong = "must be 0 or more: downward moves belong to the bounce".to_owned();
                found.push((key("min_move_pct"), wrong));
            }
        }
        Rule::PriceMoveBounce | Rule::VolumeSpikeBounce => {
            if row.max_move_pct.is_none_or(|max| max > 0.0) {
                let wrong = "must be 0 or less: a bounce follows a downward move".to_owned();
                found.push((key("max_move_pct"), wrong));
            }
        }
        Rule::Breakout | Rule::Reversal | Rule::Momentum => {}
    }
}

fn check_f64(found: &mut Vec<Problem>, key: &str, value: f64, range: RangeInclusive<f64>) {
    if !range.contains(&value) {
        let (least, most) = (range.start(), range.end());
        found.push((key.to_owned(), format!("{value} is not within {least} to {most}")));
    }
}

fn check_pct(found: &mut Vec<Problem>, key: &str, value: Pct, most: u32) {
    if value.is_zero() || value.get() > Decimal::from(most) {
        found.push((key.to_owned(), format!("{value} is not above 0 and at most {most}")));
    }
}

fn check_hours(found: &mut Vec<Problem>, key: &str, hours: u32) {
    let range = 1..=2160;
    if !range.contains(&hours) {
        found.push((key.to_owned(), format!("{hours} is not within 1 to 2160 hours")));
    }
}
