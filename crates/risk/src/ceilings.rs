//! Hard ceilings: no policy file goes beyond them. To move one is to change the program.

use rust_decimal::Decimal;

use crate::Policy;
use crate::limits::Problem;

/// Most that the daily stop may be, percent.
pub const DAILY_STOP_PCT: u32 = 10;
/// Most that the weekly stop may be, percent.
pub const WEEKLY_STOP_PCT: u32 = 20;
/// Most that the drawdown stop may be, percent.
pub const MAX_DRAWDOWN_PCT: u32 = 30;
/// Most that may be at stake in all, percent.
pub const MAX_TOTAL_PCT: u32 = 50;
/// Most that may be at stake in one asset, percent.
pub const MAX_POSITION_PCT: u32 = 20;
/// Most that may be at stake in one cluster, percent.
pub const CLUSTER_PCT: u32 = 30;
/// Most that may be at stake in one tier, percent.
pub const TIER_PCT: u32 = 50;
/// Most positions at the same time.
pub const MAX_OPEN_POSITIONS: u32 = 50;
/// Most new positions in one cycle.
pub const MAX_NEW_POSITIONS_PER_CYCLE: u32 = 5;
/// Largest order, dollars.
pub const MAX_ORDER_USD: u32 = 25_000;
/// Most approved entries in 24 hours.
pub const TRADES_PER_DAY: u32 = 50;
/// Most approved entries in an hour.
pub const TRADES_PER_HOUR: u32 = 12;
/// Widest spread and slippage of any tier, basis points.
pub const SPREAD_AND_SLIPPAGE_BPS: u32 = 300;
/// Widest collar, basis points.
pub const COLLAR_BPS: u32 = 300;
/// Largest jump within five minutes, percent.
pub const JUMP_5M_PCT: u32 = 20;
/// Most seconds between this machine's clock and the venue's.
pub const CLOCK_SKEW_SECS: u32 = 5;
/// Most refused orders in a row of time.
pub const REJECTS: u32 = 10;
/// Most orders with an unknown outcome.
pub const MAX_UNKNOWN_ORDERS: u32 = 5;
/// Most orders and cancels in a minute.
pub const MESSAGES_PER_MINUTE: u32 = 240;
/// Most executed entries of one asset in a row of time.
pub const REPEATED_EXECUTIONS: u32 = 20;
/// Most dollars of a day that are income without a person's word.
pub const AUTO_REWARD_USD_PER_DAY: u32 = 10;

/// Every key above its ceiling.
pub(crate) fn problems(policy: &Policy) -> Vec<Problem> {
    let Policy {
        loss_stops, caps, positions, orders, pacing, market, venue, messages, flows, ..
    } = policy;
    let (spread, slippage) = (&market.spread_bps, &market.slippage_bps);
    let rows = [
        ("loss_stops.daily_stop_pct", loss_stops.daily_stop_pct.get(), DAILY_STOP_PCT),
        ("loss_stops.weekly_stop_pct", loss_stops.weekly_stop_pct.get(), WEEKLY_STOP_PCT),
        ("loss_stops.max_drawdown_pct", loss_stops.max_drawdown_pct.get(), MAX_DRAWDOWN_PCT),
        ("caps.max_total_pct", caps.max_total_pct.get(), MAX_TOTAL_PCT),
        ("caps.max_position_pct", caps.max_position_pct.get(), MAX_POSITION_PCT),
        ("caps.tiers_pct.T1", caps.tiers_pct.t1.get(), TIER_PCT),
        ("caps.tiers_pct.T2", caps.tiers_pct.t2.get(), TIER_PCT),
        ("caps.tiers_pct.T3", caps.tiers_pct.t3.get(), TIER_PCT),
        ("positions.max_open_positions", positions.max_open_positions.into(), MAX_OPEN_POSITIONS),
        (
            "positions.max_new_positions_per_cycle",
            positions.max_new_positions_per_cycle.into(),
            MAX_NEW_POSITIONS_PER_CYCLE,
        ),
        ("orders.max_order_usd", orders.max_order_usd.get(), MAX_ORDER_USD),
        ("pacing.trades_per_day", pacing.trades_per_day.into(), TRADES_PER_DAY),
        ("pacing.trades_per_hour", pacing.trades_per_hour.into(), TRADES_PER_HOUR),
        ("market.collar_bps", market.collar_bps.into(), COLLAR_BPS),
        ("market.spread_bps.T1", spread.t1.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.spread_bps.T2", spread.t2.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.spread_bps.T3", spread.t3.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.slippage_bps.T1", slippage.t1.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.slippage_bps.T2", slippage.t2.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.slippage_bps.T3", slippage.t3.into(), SPREAD_AND_SLIPPAGE_BPS),
        ("market.jump_5m_pct", market.jump_5m_pct.get(), JUMP_5M_PCT),
        ("venue.clock_skew_secs", venue.clock_skew_secs.into(), CLOCK_SKEW_SECS),
        ("venue.rejects", venue.rejects.into(), REJECTS),
        ("venue.max_unknown_orders", venue.max_unknown_orders.into(), MAX_UNKNOWN_ORDERS),
        ("messages.messages_per_minute", messages.messages_per_minute.into(), MESSAGES_PER_MINUTE),
        ("messages.repeated_executions", messages.repeated_executions.into(), REPEATED_EXECUTIONS),
        (
            "flows.auto_reward_usd_per_day",
            flows.auto_reward_usd_per_day.get(),
            AUTO_REWARD_USD_PER_DAY,
        ),
    ];
    let above = |key: String, value: Decimal, ceiling: u32| {
        let what = format!("is {value}; the program allows at most {ceiling}");
        (value > Decimal::from(ceiling)).then_some((key, what))
    };
    let clusters = caps
        .clusters_pct
        .iter()
        .map(|(name, cap)| (format!("caps.clusters_pct.{name}"), cap.get(), CLUSTER_PCT));
    rows.into_iter()
        .map(|(key, value, ceiling)| (key.to_owned(), value, ceiling))
        .chain(clusters)
        .filter_map(|(key, value, ceiling)| above(key, value, ceiling))
        .collect()
}
