//! Every key of the policy, with the direction in which it is stricter.

use core::fmt;

use domain::{Asset, Pct, Usd};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::view::OTHER;
use crate::{KillExits, Policy, Portfolio};

/// Where a change of a key leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It refuses all that was refused before.
    Tighter,
    /// It may let through what was refused before.
    Looser,
    /// Neither can be said; treated as looser.
    Incomparable,
}

/// In which direction a key refuses more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stricter {
    /// Smaller is stricter; of a switch, off; of whose account it is, the program's alone.
    Lower,
    /// Larger is stricter; of a switch, on.
    Higher,
    /// A list that leaves some out, in the same order, is stricter.
    Fewer,
    /// Neither value is stricter than the other.
    Neither,
}

/// What a key says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number in the unit of its key.
    Number(Decimal),
    /// `null`: no limit.
    Unlimited,
    /// A word.
    Word(&'static str),
    /// Names, in order.
    Names(Vec<Asset>),
}

/// A key that says something else than before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// As in the file: `caps.max_position_pct`.
    pub key: String,
    /// What it said.
    pub old: Value,
    /// What it says.
    pub new: Value,
    /// Where that leads.
    pub direction: Direction,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Display::fmt(&number.normalize(), f),
            Self::Unlimited => f.write_str("null"),
            Self::Word(word) => f.write_str(word),
            Self::Names(names) => {
                let names: Vec<_> = names.iter().map(Asset::as_str).collect();
                write!(f, "[{}]", names.join(", "))
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.key, self.old, self.new)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<Pct> for Value {
    fn from(value: Pct) -> Self {
        Self::Number(value.get())
    }
}

impl From<Usd> for Value {
    fn from(value: Usd) -> Self {
        Self::Number(value.get())
    }
}

impl From<Option<Usd>> for Value {
    fn from(value: Option<Usd>) -> Self {
        value.map_or(Self::Unlimited, Self::from)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Word(if value { "true" } else { "false" })
    }
}

impl From<KillExits> for Value {
    fn from(value: KillExits) -> Self {
        Self::Word(match value {
            KillExits::ReduceOnly => "reduce_only",
            KillExits::Freeze => "freeze",
        })
    }
}

impl From<Portfolio> for Value {
    fn from(value: Portfolio) -> Self {
        Self::Word(match value {
            Portfolio::Dedicated => "dedicated",
            Portfolio::Shared => "shared",
        })
    }
}

impl From<&Vec<Asset>> for Value {
    fn from(names: &Vec<Asset>) -> Self {
        Self::Names(names.clone())
    }
}

/// A share of conviction; what is no number is no limit, and no checked policy says it.
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Decimal::try_from(value).map_or(Self::Unlimited, Self::Number)
    }
}

/// A key: its name, its stricter direction, and what a policy says under it.
type Row = (&'static str, Stricter, fn(&Policy) -> Value);

/// Rows for `section.key`: the name and the reader of a key cannot differ.
macro_rules! rows {
    ($($stricter:ident [$($section:ident . $key:ident $(. $inner:ident $tier:literal)?,)+])+) => {
        &[$($((
            concat!(stringify!($section), ".", stringify!($key) $(, ".", $tier)?),
            Stricter::$stricter,
            |policy: &Policy| Value::from(borrowed!(policy.$section.$key $(.$inner)?)),
        ),)+)+]
    };
}

/// A list is read by reference, all else by value.
macro_rules! borrowed {
    ($policy:ident.orders.quote_preference) => {
        &$policy.orders.quote_preference
    };
    ($($field:tt)+) => {
        $($field)+
    };
}

/// All keys but the caps of clusters, whose names are the user's.
const ROWS: &[Row] = rows! {
    Lower [
        control.live_trading_enabled,
        control.capital_usd,
        loss_stops.daily_stop_pct,
        loss_stops.weekly_stop_pct,
        loss_stops.max_drawdown_pct,
        caps.max_total_pct,
        caps.max_position_pct,
        caps.tiers_pct.t1 "T1",
        caps.tiers_pct.t2 "T2",
        caps.tiers_pct.t3 "T3",
        positions.max_open_positions,
        positions.max_new_positions_per_cycle,
        orders.max_order_usd,
        orders.usdc_max_off_bps,
        pacing.trades_per_day,
        pacing.trades_per_hour,
        pacing.attempts_per_day,
        pacing.attempts_per_hour,
        pacing.adds_per_asset_and_day,
        pacing.losses_in_a_row,
        market.quote_max_age_secs,
        market.unchanged_book_max_secs,
        market.candle_max_age_secs,
        market.spread_bps.t1 "T1",
        market.spread_bps.t2 "T2",
        market.spread_bps.t3 "T3",
        market.slippage_bps.t1 "T1",
        market.slippage_bps.t2 "T2",
        market.slippage_bps.t3 "T3",
        market.collar_bps,
        market.jump_5m_pct,
        entries.stop_max_pct,
        entries.target_max_pct,
        venue.api_errors,
        venue.clock_skew_secs,
        venue.rejects,
        venue.max_unknown_orders,
        messages.messages_per_minute,
        messages.repeated_executions,
        external.portfolio,
        flows.auto_reward_usd_per_day,
    ]
    Higher [
        orders.min_order_usd,
        pacing.spacing_secs,
        pacing.symbol_spacing_secs,
        pacing.cooldown_win_minutes,
        pacing.cooldown_loss_minutes,
        pacing.cooldown_stop_minutes,
        pacing.loss_pause_minutes,
        market.depth_multiple,
        entries.min_conviction,
        entries.stop_min_pct,
        entries.target_min_pct,
        venue.api_errors_secs,
        venue.api_pause_secs,
        venue.rate_limit_pause_secs,
        venue.rejects_secs,
        messages.duplicate_secs,
        messages.repeated_secs,
        external.count,
    ]
    Fewer [
        orders.quote_preference,
    ]
    // Frozen exits refuse more and leave more at stake.
    Neither [
        control.kill_exits,
    ]
};

impl Policy {
    /// Every key that says something else in `new` than in `old`, in the order of the names.
    ///
    /// ```
    /// use risk::{Direction, Policy};
    ///
    /// let (old, mut new) = (Policy::default(), Policy::default());
    /// new.positions.max_open_positions = 9;
    /// let changes = Policy::compare(&old, &new);
    /// assert_eq!(changes[0].to_string(), "positions.max_open_positions: 8 -> 9");
    /// assert_eq!(changes[0].direction, Direction::Looser);
    /// ```
    pub fn compare(old: &Self, new: &Self) -> Vec<Change> {
        let mut changes: Vec<_> = ROWS
            .iter()
            .filter_map(|(key, stricter, says)| {
                change((*key).to_owned(), *stricter, says(old), says(new))
            })
            .collect();
        let names = old.caps.clusters_pct.keys().chain(new.caps.clusters_pct.keys());
        let names: std::collections::BTreeSet<_> = names.collect();
        changes.extend(names.into_iter().filter_map(|name| {
            let key = format!("caps.clusters_pct.{name}");
            change(key, Stricter::Lower, old.cluster_cap(name).into(), new.cluster_cap(name).into())
        }));
        changes.sort_by(|a, b| a.key.cmp(&b.key));
        changes
    }

    /// The cap of a cluster: its own, or what holds for whatever has none.
    pub(crate) fn cluster_cap(&self, name: &str) -> Pct {
        let caps = &self.caps.clusters_pct;
        caps.get(name).or_else(|| caps.get(OTHER)).copied().unwrap_or(Pct::ZERO)
    }

    /// The keys with one name for all policies, each with its stricter direction. The caps of
    /// clusters come on top: of each, lower is stricter.
    pub fn directions() -> impl Iterator<Item = (&'static str, Stricter)> {
        ROWS.iter().map(|(key, stricter, _)| (*key, *stricter))
    }
}

fn change(key: String, stricter: Stricter, old: Value, new: Value) -> Option<Change> {
    if old == new {
        return None;
    }
    let tighter = match (stricter, &old, &new) {
        (Stricter::Lower, Value::Number(old), Value::Number(new)) => Some(new < old),
        (Stricter::Higher, Value::Number(old), Value::Number(new)) => Some(new > old),
        (Stricter::Lower, Value::Unlimited, Value::Number(_)) => Some(true),
        (Stricter::Lower, Value::Number(_), Value::Unlimited) => Some(false),
        (Stricter::Lower, Value::Word(_), Value::Word(new)) => {
            Some(matches!(*new, "false" | "dedicated"))
        }
        (Stricter::Higher, Value::Word(_), Value::Word(new)) => Some(*new == "true"),
        (Stricter::Fewer, Value::Names(old), Value::Names(new)) => fewer(old, new),
        _ => None,
    };
    let direction = match tighter {
        Some(true) => Direction::Tighter,
        Some(false) => Direction::Looser,
        None => Direction::Incomparable,
    };
    Some(Change { key, old, new, direction })
}

/// Whether a list leaves some out (true) or puts some in (false) without moving the others.
fn fewer(old: &[Asset], new: &[Asset]) -> Option<bool> {
    let within = |few: &[Asset], many: &[Asset]| {
        let mut rest = many.iter();
        few.iter().all(|name| rest.any(|other| other == name))
    };
    if within(new, old) {
        Some(true)
    } else if within(old, new) {
        Some(false)
    } else {
        None
    }
}
