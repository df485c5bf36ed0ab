//! Policies at the least that means anything, at every ceiling, and one step beyond.

use crate::common::*;
use domain::Usd;
use risk::{Limits, LossReferences, PerTier, Policy};

pub(crate) fn each<T: Copy>(value: T) -> PerTier<T> {
    PerTier { t1: value, t2: value, t3: value }
}

/// Every key at the most that the program allows.
fn at_every_ceiling() -> Policy {
    let mut policy = Policy::default();
    let stops = &mut policy.loss_stops;
    (stops.daily_stop_pct, stops.weekly_stop_pct) = (pct("10"), pct("20"));
    stops.max_drawdown_pct = pct("30");
    (policy.caps.max_total_pct, policy.caps.max_position_pct) = (pct("50"), pct("20"));
    policy.caps.tiers_pct = each(pct("50"));
    for cap in policy.caps.clusters_pct.values_mut() {
        *cap = pct("30");
    }
    policy.positions.max_open_positions = 50;
    policy.positions.max_new_positions_per_cycle = 5;
    policy.orders.max_order_usd = usd("25000");
    policy.orders.usdc_max_off_bps = 300;
    let pacing = &mut policy.pacing;
    (pacing.trades_per_day, pacing.trades_per_hour) = (50, 12);
    (pacing.spacing_secs, pacing.symbol_spacing_secs) = (0, 86_400);
    (pacing.cooldown_win_minutes, pacing.cooldown_loss_minutes) = (1440, 1440);
    (pacing.cooldown_stop_minutes, pacing.loss_pause_minutes) = (1440, 1440);
    pacing.losses_in_a_row = 100;
    let market = &mut policy.market;
    (market.quote_max_age_secs, market.unchanged_book_max_secs) = (60, 3600);
    (market.candle_max_age_secs, market.depth_multiple) = (7200, 1000);
    (market.spread_bps, market.slippage_bps) = (each(300), each(300));
    (market.collar_bps, market.jump_5m_pct) = (300, pct("20"));
    policy.entries.min_conviction = 1.0;
    policy.entries.stop_max_pct = pct("99.99");
    let venue = &mut policy.venue;
    (venue.api_errors, venue.api_errors_secs, venue.api_pause_secs) = (100, 3600, 3600);
    (venue.rate_limit_pause_secs, venue.clock_skew_secs) = (3600, 5);
    (venue.rejects, venue.rejects_secs, venue.max_unknown_orders) = (10, 3600, 5);
    let messages = &mut policy.messages;
    (messages.duplicate_secs, messages.messages_per_minute) = (86_400, 240);
    (messages.repeated_executions, messages.repeated_secs) = (20, 3600);
    policy.flows.auto_reward_usd_per_day = usd("10");
    policy
}

/// Every key at the least that means anything, and whatever is ordered on a par.
fn at_every_floor() -> Policy {
    let mut policy = Policy::default();
    let least = pct("0.0001");
    let stops = &mut policy.loss_stops;
    (stops.daily_stop_pct, stops.weekly_stop_pct, stops.max_drawdown_pct) = (least, least, least);
    (policy.caps.max_total_pct, policy.caps.max_position_pct) = (least, least);
    policy.positions.max_open_positions = 1;
    policy.positions.max_new_positions_per_cycle = 1;
    (policy.orders.min_order_usd, policy.orders.max_order_usd) = (usd("0.01"), usd("0.01"));
    policy.orders.usdc_max_off_bps = 1;
    let pacing = &mut policy.pacing;
    (pacing.trades_per_day, pacing.trades_per_hour) = (1, 1);
    (pacing.spacing_secs, pacing.symbol_spacing_secs) = (0, 0);
    (pacing.cooldown_win_minutes, pacing.cooldown_loss_minutes) = (0, 0);
    (pacing.cooldown_stop_minutes, pacing.loss_pause_minutes) = (0, 0);
    pacing.losses_in_a_row = 1;
    let market = &mut policy.market;
    (market.quote_max_age_secs, market.unchanged_book_max_secs) = (1, 1);
    (market.candle_max_age_secs, market.depth_multiple, market.collar_bps) = (1, 1, 1);
    market.jump_5m_pct = least;
    let entries = &mut policy.entries;
    entries.min_conviction = 0.0;
    (entries.stop_min_pct, entries.stop_max_pct) = (least, least);
    (entries.target_min_pct, entries.target_max_pct) = (least, least);
    let venue = &mut policy.venue;
    (venue.api_errors, venue.api_errors_secs, venue.api_pause_secs) = (1, 1, 0);
    (venue.rate_limit_pause_secs, venue.clock_skew_secs) = (0, 1);
    (venue.rejects, venue.rejects_secs, venue.max_unknown_orders) = (1, 1, 1);
    let messages = &mut policy.messages;
    (messages.duplicate_secs, messages.messages_per_minute) = (0, 1);
    (messages.repeated_executions, messages.repeated_secs) = (2, 1);
    policy.flows.auto_reward_usd_per_day = usd("0");
    policy
}

#[test]
fn a_policy_at_every_ceiling_and_one_at_every_floor_may_be_meant() {
    assert_eq!(at_every_ceiling().problems(), []);
    assert_eq!(at_every_floor().problems(), []);
}

/// A problem says what would be right: a range, or a least where a ceiling bounds the rest.
#[test]
fn a_number_out_of_its_range_is_told_what_would_be_right() {
    let mut policy = Policy::default();
    policy.venue.rejects = 0;
    policy.market.depth_multiple = 0;
    policy.pacing.losses_in_a_row = 101;
    policy.positions.max_new_positions_per_cycle = 2;
    let said: Vec<_> =
        policy.problems().into_iter().map(|(key, what)| format!("{key} {what}")).collect();
    let spaced = "positions.max_new_positions_per_cycle is above 1, but pacing.spacing_secs keeps \
                  the second of a cycle waiting; give 1, or 0 for the spacing";
    let expected = [
        "pacing.losses_in_a_row is 101; give 1 to 100",
        spaced,
        "market.depth_multiple is 0; give 1 to 1000",
        "venue.rejects is 0; give at least 1",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_capital_that_a_file_says_is_read() {
    let mut policy = Policy::default();
    policy.control.capital_usd = Some(usd("1000"));
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
}

/// A loss of nothing reaches no stop, whatever it is measured from.
#[test]
fn an_account_of_nothing_that_lost_nothing_reaches_no_stop() {
    let limits = Limits::new(Policy::default(), hash()).unwrap();
    let nothing = Some(Usd::ZERO);
    let since = LossReferences { day: nothing, week: nothing, peak: nothing };
    assert_eq!(limits.loss_stops(Usd::ZERO, &since), []);
}
