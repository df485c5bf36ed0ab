//! `policy.yaml`, typed. A key is here because something in this crate reads it.

use std::collections::BTreeMap;

use domain::{Asset, Bps, Pct, Tier, Usd};
use serde::{Deserialize, Serialize};

/// One value for each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerTier<T> {
    /// For the largest markets.
    #[serde(rename = "T1")]
    pub t1: T,
    /// For liquid ones.
    #[serde(rename = "T2")]
    pub t2: T,
    /// For event-driven ones.
    #[serde(rename = "T3")]
    pub t3: T,
}

impl<T: Copy> PerTier<T> {
    /// The value of a tier.
    pub const fn of(&self, tier: Tier) -> T {
        match tier {
            Tier::T1 => self.t1,
            Tier::T2 => self.t2,
            Tier::T3 => self.t3,
        }
    }

    /// Each tier with its value.
    pub const fn each(&self) -> [(Tier, T); 3] {
        [(Tier::T1, self.t1), (Tier::T2, self.t2), (Tier::T3, self.t3)]
    }
}

/// The law: what the program must never do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Who may trade at all.
    pub control: Control,
    /// Losses that stop entries.
    pub loss: Loss,
    /// Shares of NAV that may be at risk.
    pub exposure: ExposureCaps,
    /// One order's size.
    pub orders: Orders,
    /// How often.
    pub pacing: Pacing,
    /// What a market must look like.
    pub market: Market,
    /// Bounds of what a proposal may say.
    pub proposals: Proposals,
}

/// Who may trade at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// LIVE orders need true, among other gates. Stricter: false.
    pub live_trading_enabled: bool,
    /// Sizes are a share of no more than this, dollars; `null`: of the whole NAV. Stricter: less.
    #[serde(deserialize_with = "Option::deserialize")]
    pub capital_usd: Option<Usd>,
}

/// Losses that stop entries, percent of their reference. Stricter: less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Of the NAV at the start of the UTC day.
    pub daily_stop_pct: Pct,
    /// Of the NAV at the start of the week, Monday 00:00 UTC.
    pub weekly_stop_pct: Pct,
    /// Of the highest NAV.
    pub max_drawdown_pct: Pct,
}

/// Shares of NAV that may be at risk, at worst case, percent. Stricter: less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExposureCaps {
    /// In all.
    pub max_total_pct: Pct,
    /// In one asset.
    pub max_position_pct: Pct,
    /// In the assets of one cluster of universe.yaml; `OTHER` is what has none.
    pub max_cluster_pct: BTreeMap<Asset, Pct>,
    /// In the assets of one tier.
    pub max_tier_pct: PerTier<Pct>,
    /// Assets held or being bought at once.
    pub max_open_positions: u32,
    /// Entries approved in one cycle.
    pub max_new_positions_per_cycle: u32,
}

/// One order's size, dollars without fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// Larger is cut to this. Stricter: less.
    pub max_order_usd: Usd,
    /// Smaller is refused, never raised. Stricter: more.
    pub min_order_usd: Usd,
    /// How far above the best ask a buy may be priced. Stricter: less.
    pub collar_bps: Bps,
    /// The taker fee that worst cases count with at least. Stricter: more.
    pub taker_fee_bps: Bps,
}

/// How often, and how soon again. Windows are rolling: (t − window, t].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pacing {
    /// Entries in 24 hours. Stricter: less.
    pub trades_per_day: u32,
    /// Entries in an hour. Stricter: less.
    pub trades_per_hour: u32,
    /// Intents in 24 hours. Stricter: less.
    pub attempts_per_day: u32,
    /// Intents in an hour. Stricter: less.
    pub attempts_per_hour: u32,
    /// Seconds between entries. Stricter: more.
    pub spacing_secs: u32,
    /// Seconds between entries of one product. Stricter: more.
    pub symbol_spacing_secs: u32,
    /// Minutes before a product is bought again after it was sold at a gain. Stricter: more.
    pub cooldown_win_minutes: u32,
    /// After it was sold at a loss. Stricter: more.
    pub cooldown_loss_minutes: u32,
    /// Entries into an asset that is held already, in 24 hours. Stricter: less.
    pub adds_per_day: u32,
    /// So many losses in a row pause entries. Stricter: less.
    pub loss_streak: u32,
    /// For so many minutes. Stricter: more.
    pub loss_streak_pause_minutes: u32,
}

/// What a market must look like before an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// How old the feed's word on a quote may be, seconds. Stricter: less.
    pub quote_max_age_secs: u32,
    /// How long a book may have stood still, seconds. Stricter: less.
    pub book_unchanged_max_secs: u32,
    /// How far candles may lag, seconds. Stricter: less.
    pub candle_max_age_secs: u32,
    /// The widest spread, basis points of the mid. Stricter: less.
    pub max_spread_bps: PerTier<Bps>,
    /// The book must hold so many times the order, on the side it takes and on its way out.
    /// Stricter: more.
    pub min_depth_multiple: u32,
    /// How far from the best ask the order's average price may be, fees apart. Stricter: less.
    pub max_slippage_bps: PerTier<Bps>,
    /// The largest move of the mid within five minutes, percent. Stricter: less.
    pub max_jump_pct: Pct,
}

/// Bounds of what a proposal may say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposals {
    /// The least conviction, 0 to 1. Stricter: more.
    pub min_conviction: f64,
    /// The nearest stop, percent. Stricter: more.
    pub min_stop_pct: Pct,
    /// The farthest stop, percent. Stricter: less.
    pub max_stop_pct: Pct,
    /// The nearest target, percent. Stricter: more.
    pub min_target_pct: Pct,
    /// The farthest target, percent. Stricter: less.
    pub max_target_pct: Pct,
}

impl Policy {
    /// The names of the clusters that have a cap of their own.
    pub fn clusters(&self) -> impl Iterator<Item = &str> {
        self.exposure.max_cluster_pct.keys().map(Asset::as_str)
    }
}
