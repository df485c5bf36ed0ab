//! The shipped policy.

use domain::{Pct, PerTier, Usd};
use rust_decimal::Decimal;

use crate::policy::{
    Caps, Control, Entries, External, Flows, KillExits, LossStops, Market, Messages, Orders,
    Pacing, Policy, Portfolio, Positions, Venue,
};

/// Clusters with a cap of their own, percent; `OTHER` is whatever no cluster names.
const CLUSTERS: [(&str, u32); 5] =
    [("LAYER1", 10), ("LAYER2", 10), ("MEME", 5), ("DEFI", 10), ("OTHER", 5)];

/// Whole percent points. The constructor refuses negative values only, so zero is never taken.
fn pct(whole: u32) -> Pct {
    Pct::new(Decimal::from(whole)).unwrap_or(Pct::ZERO)
}

fn usd(whole: u32) -> Usd {
    Usd::new(Decimal::from(whole)).unwrap_or(Usd::ZERO)
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            control: Control {
                live_trading_enabled: false,
                capital_usd: None,
                kill_exits: KillExits::ReduceOnly,
            },
            loss_stops: LossStops {
                daily_stop_pct: pct(3),
                weekly_stop_pct: pct(7),
                max_drawdown_pct: pct(10),
            },
            caps: Caps {
                max_total_pct: pct(15),
                max_position_pct: pct(5),
                clusters_pct: CLUSTERS.map(|(name, cap)| (name.to_owned(), pct(cap))).into(),
                tiers_pct: PerTier { t1: pct(40), t2: pct(20), t3: pct(10) },
            },
            positions: Positions { max_open_positions: 8, max_new_positions_per_cycle: 1 },
            orders: Orders {
                max_order_usd: usd(1000),
                min_order_usd: usd(1),
                quote_preference: ["USD", "USDC"]
                    .iter()
                    .filter_map(|name| name.parse().ok())
                    .collect(),
                usdc_max_off_bps: 50,
            },
            pacing: Pacing::default(),
            market: Market::default(),
            entries: Entries {
                min_conviction: 0.34,
                stop_min_pct: pct(1),
                stop_max_pct: pct(15),
                target_min_pct: pct(2),
                target_max_pct: pct(50),
            },
            venue: Venue::default(),
            messages: Messages::default(),
            external: External { portfolio: Portfolio::Dedicated, count: true },
            flows: Flows { auto_reward_usd_per_day: usd(1) },
        }
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            trades_per_day: 10,
            trades_per_hour: 4,
            attempts_per_day: 40,
            attempts_per_hour: 12,
            spacing_secs: 120,
            symbol_spacing_secs: 600,
            cooldown_win_minutes: 10,
            cooldown_loss_minutes: 60,
            cooldown_stop_minutes: 120,
            adds_per_asset_and_day: 0,
            losses_in_a_row: 3,
            loss_pause_minutes: 60,
        }
    }
}

impl Default for Market {
    fn default() -> Self {
        Self {
            quote_max_age_secs: 5,
            unchanged_book_max_secs: 60,
            candle_max_age_secs: 330,
            spread_bps: PerTier { t1: 20, t2: 35, t3: 60 },
            depth_multiple: 2,
            slippage_bps: PerTier { t1: 20, t2: 40, t3: 60 },
            collar_bps: 50,
            jump_5m_pct: pct(10),
        }
    }
}

impl Default for Venue {
    fn default() -> Self {
        Self {
            api_errors: 3,
            api_errors_secs: 300,
            api_pause_secs: 300,
            rate_limit_pause_secs: 60,
            clock_skew_secs: 2,
            rejects: 5,
            rejects_secs: 300,
            max_unknown_orders: 2,
        }
    }
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            duplicate_secs: 60,
            messages_per_minute: 60,
            repeated_executions: 8,
            repeated_secs: 300,
        }
    }
}
