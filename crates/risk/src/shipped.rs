//! The shipped policy.

use std::collections::BTreeMap;

use domain::{Bps, Pct, Usd};
use rust_decimal::Decimal;

use crate::policy::{
    Control, ExposureCaps, Loss, Market, Orders, Pacing, PerTier, Policy, Proposals,
};

pub(crate) fn pct(points: u32) -> Pct {
    Pct::new(Decimal::from(points)).unwrap_or(Pct::ZERO)
}

pub(crate) fn bps(points: u32) -> Bps {
    // A whole number of basis points is always one; 0 would be the strictest of all bounds.
    Bps::new(Decimal::from(points)).unwrap_or_else(|_| unreachable!())
}

pub(crate) fn usd(dollars: u32) -> Usd {
    Usd::new(Decimal::from(dollars)).unwrap_or(Usd::ZERO)
}

impl Default for Policy {
    fn default() -> Self {
        let clusters = [("LAYER1", 10), ("LAYER2", 10), ("MEME", 5), ("DEFI", 10), ("OTHER", 5)];
        let cluster =
            |(name, points): (&str, u32)| name.parse().ok().map(|name| (name, pct(points)));
        Self {
            control: Control { live_trading_enabled: false, capital_usd: None },
            loss: Loss {
                daily_stop_pct: pct(3),
                weekly_stop_pct: pct(7),
                max_drawdown_pct: pct(10),
            },
            exposure: ExposureCaps {
                max_total_pct: pct(15),
                max_position_pct: pct(5),
                max_cluster_pct: clusters
                    .into_iter()
                    .filter_map(cluster)
                    .collect::<BTreeMap<_, _>>(),
                max_tier_pct: PerTier { t1: pct(40), t2: pct(20), t3: pct(10) },
                max_open_positions: 8,
                max_new_positions_per_cycle: 1,
            },
            orders: Orders {
                max_order_usd: usd(1000),
                min_order_usd: usd(1),
                collar_bps: bps(50),
                taker_fee_bps: bps(120),
            },
            pacing: pacing(),
            market: market(),
            proposals: Proposals {
                min_conviction: 0.34,
                min_stop_pct: pct(1),
                max_stop_pct: pct(15),
                min_target_pct: pct(2),
                max_target_pct: pct(50),
            },
        }
    }
}

fn pacing() -> Pacing {
    Pacing {
        trades_per_day: 10,
        trades_per_hour: 4,
        attempts_per_day: 40,
        attempts_per_hour: 12,
        spacing_secs: 120,
        symbol_spacing_secs: 600,
        cooldown_win_minutes: 10,
        cooldown_loss_minutes: 60,
        adds_per_day: 0,
        loss_streak: 3,
        loss_streak_pause_minutes: 60,
    }
}

fn market() -> Market {
    Market {
        quote_max_age_secs: 5,
        book_unchanged_max_secs: 60,
        candle_max_age_secs: 330,
        max_spread_bps: PerTier { t1: bps(20), t2: bps(35), t3: bps(60) },
        min_depth_multiple: 2,
        max_slippage_bps: PerTier { t1: bps(20), t2: bps(40), t3: bps(60) },
        max_jump_pct: pct(10),
    }
}
