//! The typed form of `config/policy.yaml`.

use std::collections::BTreeMap;

use domain::{Asset, Pct, PerTier, Usd};
use serde::{Deserialize, Deserializer, Serialize};

#[cfg(feature = "schema")]
use crate::ceilings;

/// What must hold for every order: everything that `config/policy.yaml` says. A key is here only
/// if the code reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Who may trade at all.
    pub control: Control,
    /// Losses that shut entries.
    pub loss_stops: LossStops,
    /// How much may be at stake.
    pub caps: Caps,
    /// How many positions there may be.
    pub positions: Positions,
    /// How large one order may be, and what pays for it.
    pub orders: Orders,
    /// How often it may trade.
    pub pacing: Pacing,
    /// What a market must look like.
    pub market: Market,
    /// What a proposal must look like.
    pub entries: Entries,
    /// How well the venue must answer.
    pub venue: Venue,
    /// How much may be said to it.
    pub messages: Messages,
    /// What in the account is not the program's.
    pub external: External,
    /// Balances that change without a fill.
    pub flows: Flows,
}

/// Who may trade at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Without it LIVE makes no entries. One gate of several.
    pub live_trading_enabled: bool,
    /// Sizes are shares of no more than this, dollars; null for all of the NAV.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub capital_usd: Option<Usd>,
    /// What a kill leaves to exits.
    pub kill_exits: KillExits,
}

/// What a kill leaves to exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KillExits {
    /// A stop that is crossed during a kill still sells.
    ReduceOnly,
    /// Only an operator's flatten sells.
    Freeze,
}

/// Losses, in percent of their reference, at which entries shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LossStops {
    /// Of the NAV at the start of the UTC day.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::DAILY_STOP_PCT)))]
    pub daily_stop_pct: Pct,
    /// Of the NAV at the start of the week.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::WEEKLY_STOP_PCT)))]
    pub weekly_stop_pct: Pct,
    /// Of the highest NAV.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::MAX_DRAWDOWN_PCT)))]
    pub max_drawdown_pct: Pct,
}

/// Caps on exposure, percent of the sizing NAV. Live buys count at their worst case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// All of it together.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::MAX_TOTAL_PCT)))]
    pub max_total_pct: Pct,
    /// One asset.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::MAX_POSITION_PCT)))]
    pub max_position_pct: Pct,
    /// One cluster. `OTHER` must be there: it holds whatever no cluster names.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("maximum", ceilings::CLUSTER_PCT)))]
    pub clusters_pct: BTreeMap<String, Pct>,
    /// One tier.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("maximum", ceilings::TIER_PCT)))]
    pub tiers_pct: PerTier<Pct>,
}

/// How many positions there may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Positions {
    /// Assets held or being bought at the same time.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::MAX_OPEN_POSITIONS)))]
    pub max_open_positions: u32,
    /// New ones in one cycle.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::MAX_NEW_POSITIONS_PER_CYCLE)))]
    pub max_new_positions_per_cycle: u32,
}

/// How large one order may be, and what pays for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// The largest, dollars. A larger entry shrinks; a larger exit is sliced.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::MAX_ORDER_USD)))]
    pub max_order_usd: Usd,
    /// The smallest, dollars. The venue's own minimum holds too.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub min_order_usd: Usd,
    /// Purses that entries may spend, the preferred first.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1, "uniqueItems" = true)))]
    pub quote_preference: Vec<Asset>,
    /// How far USDC may be from one dollar for its purse to pay, basis points.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 300)))]
    pub usdc_max_off_bps: u32,
}

/// How often it may trade. Windows roll: the last hour, the last 24 hours. Exits count in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pacing {
    /// Approved entries in 24 hours.
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = ceilings::TRADES_PER_DAY)))]
    pub trades_per_day: u32,
    /// Approved entries in an hour.
    #[cfg_attr(feature = "schema", schemars(extend("maximum" = ceilings::TRADES_PER_HOUR)))]
    pub trades_per_hour: u32,
    /// Entry orders sent in 24 hours.
    pub attempts_per_day: u32,
    /// Entry orders sent in an hour.
    pub attempts_per_hour: u32,
    /// Between two approved entries, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 86400)))]
    pub spacing_secs: u32,
    /// Between two approved entries of one asset, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 86400)))]
    pub symbol_spacing_secs: u32,
    /// An asset's pause after a sale that gained, minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1440)))]
    pub cooldown_win_minutes: u32,
    /// An asset's pause after a sale that lost, minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1440)))]
    pub cooldown_loss_minutes: u32,
    /// An asset's pause after a sale at its stop or below, minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1440)))]
    pub cooldown_stop_minutes: u32,
    /// Entries of one asset in 24 hours while it is held.
    pub adds_per_asset_and_day: u32,
    /// So many lots closed at a loss in a row pause all entries.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub losses_in_a_row: u32,
    /// For so long after the last of them, minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1440)))]
    pub loss_pause_minutes: u32,
}

/// What a market must look like for an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// Oldest word of the feed on a quote, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 60)))]
    pub quote_max_age_secs: u32,
    /// Longest time without any change of the book, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3600)))]
    pub unchanged_book_max_secs: u32,
    /// Furthest that candles may lag, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 7200)))]
    pub candle_max_age_secs: u32,
    /// Widest spread, basis points of the mid.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("maximum", ceilings::SPREAD_AND_SLIPPAGE_BPS)))]
    pub spread_bps: PerTier<u32>,
    /// Each side of the book, within 20 bps of its touch, holds at least so many times the order.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub depth_multiple: u32,
    /// Furthest that the average price of taking the order may be from the mid, basis points;
    /// fees apart.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("maximum", ceilings::SPREAD_AND_SLIPPAGE_BPS)))]
    pub slippage_bps: PerTier<u32>,
    /// Furthest that an entry's price may be from the mid, basis points.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::COLLAR_BPS)))]
    pub collar_bps: u32,
    /// Largest move of the mid within five minutes, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = ceilings::JUMP_5M_PCT)))]
    pub jump_5m_pct: Pct,
}

/// What a proposal must look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// Least conviction, 0 to 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub min_conviction: f64,
    /// Nearest stop, percent below the fill.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub stop_min_pct: Pct,
    /// Furthest stop, percent below the fill.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMaximum" = 100)))]
    pub stop_max_pct: Pct,
    /// Nearest target, percent above the fill.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub target_min_pct: Pct,
    /// Furthest target, percent above the fill.
    pub target_max_pct: Pct,
}

/// How well the venue must answer for entries to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Venue {
    /// So many errors within `api_errors_secs` pause entries.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub api_errors: u32,
    /// The span in which they are counted, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3600)))]
    pub api_errors_secs: u32,
    /// How long they pause entries, seconds after the last of them.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 3600)))]
    pub api_pause_secs: u32,
    /// How long a request for fewer requests pauses entries, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 3600)))]
    pub rate_limit_pause_secs: u32,
    /// How far this machine's clock may be from the venue's, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = ceilings::CLOCK_SKEW_SECS)))]
    pub clock_skew_secs: u32,
    /// So many refused orders within `rejects_secs` keep entries back.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::REJECTS)))]
    pub rejects: u32,
    /// The span in which they are counted, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3600)))]
    pub rejects_secs: u32,
    /// So many orders with an unknown outcome keep entries back.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::MAX_UNKNOWN_ORDERS)))]
    pub max_unknown_orders: u32,
}

/// How much may be said to the venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// An entry of an asset within so many seconds of the last order for it is a duplicate.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 86400)))]
    pub duplicate_secs: u32,
    /// Orders and cancels in a minute; exits and cancels are counted and never held back.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = ceilings::MESSAGES_PER_MINUTE)))]
    pub messages_per_minute: u32,
    /// So many executed entries of one asset within `repeated_secs` latch until a person resumes.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 2, "maximum" = ceilings::REPEATED_EXECUTIONS)))]
    pub repeated_executions: u32,
    /// The span in which they are counted, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3600)))]
    pub repeated_secs: u32,
}

/// What in the account is not the program's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct External {
    /// Whose orders and coins the account may hold.
    pub portfolio: Portfolio,
    /// Whether coins of others count in the position, cluster and total caps. One without a price
    /// keeps entries out.
    pub count: bool,
}

/// Whose orders and coins an account may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Portfolio {
    /// The program's alone: anything else halts it.
    Dedicated,
    /// Others trade in it too: what is theirs is seen and left alone.
    Shared,
}

impl External {
    /// Whether coins of others count.
    pub fn counts(&self) -> bool {
        self.count && self.portfolio == Portfolio::Shared
    }
}

/// Balances that change without a fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// Gains of a UTC day up to so many dollars together are income; what is more stays out of the
    /// NAV until a person confirms it.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 0, "maximum" = ceilings::AUTO_REWARD_USD_PER_DAY)))]
    pub auto_reward_usd_per_day: Usd,
}

impl Policy {
    /// The clusters that have a cap of their own, sorted.
    pub fn clusters(&self) -> impl Iterator<Item = &str> {
        self.caps.clusters_pct.keys().map(String::as_str)
    }
}

/// Serde fills a missing `Option` with `None`; a file must say `null`.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Usd>, D::Error> {
    Option::deserialize(input)
}
