//! The table of rules: one row for each, with what it wants and how its positions are left.

use domain::{ExitPlan, Mode, Pct, PerTier, Regime, Tier, Trigger, TriggerKind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Conviction, RiskParity};

/// The names of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A fast move up.
    PriceMove,
    /// A fast move down, bought as a bounce.
    PriceMoveBounce,
    /// Volume with a rise.
    VolumeSpike,
    /// Volume with a fall, bought as a bounce.
    VolumeSpikeBounce,
    /// A close above the highest high of the day before.
    Breakout,
    /// A confirmed bounce off a low.
    Reversal,
    /// A rise that has lasted a day.
    Momentum,
}

impl Rule {
    /// Its key in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PriceMove => "price_move",
            Self::PriceMoveBounce => "price_move_bounce",
            Self::VolumeSpike => "volume_spike",
            Self::VolumeSpikeBounce => "volume_spike_bounce",
            Self::Breakout => "breakout",
            Self::Reversal => "reversal",
            Self::Momentum => "momentum",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Whether it acts in DRY_RUN, PAPER and backtests.
    pub enabled: bool,
    /// Whether it acts in LIVE.
    pub live: bool,
    /// The smallest signed move it speaks about, percent; `null` for none.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "schema", schemars(range(min = -100, max = 10000)))]
    pub min_move_pct: Option<f64>,
    /// The largest signed move it speaks about, percent; `null` for none.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "schema", schemars(range(min = -100, max = 10000)))]
    pub max_move_pct: Option<f64>,
    /// Sell when the bid is this far below the average fill price, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 50)))]
    pub stop_pct: Pct,
    /// Sell when the bid is this far above it, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 500)))]
    pub target_pct: Pct,
    /// Sell after so many hours.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 2160)))]
    pub max_hold_hours: u32,
    /// Multiplies the tier's base size.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 100)))]
    pub size_factor: f64,
    /// Regimes in which it does not act.
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub not_in_regimes: Vec<Regime>,
}

impl Row {
    /// Whether it acts in a mode.
    pub const fn acts_in(&self, mode: Mode) -> bool {
        match mode {
            Mode::DryRun | Mode::Paper => self.enabled,
            Mode::Live => self.live,
        }
    }

    /// Whether it speaks about a signed move (percent). Bounds are inclusive; a move of exactly 0
    /// has no direction and meets no bound, so that `min_move_pct: 0` means "up".
    pub fn speaks_about(&self, move_pct: f64) -> bool {
        if self.min_move_pct.is_none() && self.max_move_pct.is_none() {
            return move_pct.is_finite();
        }
        let above = self.min_move_pct.is_none_or(|min| move_pct >= min);
        let below = self.max_move_pct.is_none_or(|max| move_pct <= max);
        move_pct != 0.0 && above && below
    }
}

/// The `rules` section of `strategy.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Strength × confidence below this is refused `weak_trigger`.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub min_score: f64,
    /// Size before any factor, percent of the sizing NAV.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0), transform = domain::schema::each("maximum", 100)))]
    pub base_size_pct: PerTier<f64>,
    /// The ceiling that volatile products have.
    pub risk_parity: RiskParity,
    /// Tier 3 positions are held no longer than this, whatever the row says.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 2160)))]
    pub t3_max_hold_hours: u32,
    /// How strength and confidence become conviction.
    pub conviction: Conviction,
    /// A fast move up.
    pub price_move: Row,
    /// A fast move down, bought as a bounce.
    pub price_move_bounce: Row,
    /// Volume with a rise.
    pub volume_spike: Row,
    /// Volume with a fall, bought as a bounce.
    pub volume_spike_bounce: Row,
    /// A close above the highest high of the day before.
    pub breakout: Row,
    /// A confirmed bounce off a low.
    pub reversal: Row,
    /// A rise that has lasted a day.
    pub momentum: Row,
}

impl Params {
    /// All rows with their names.
    pub const fn rows(&self) -> [(Rule, &Row); 7] {
        [
            (Rule::PriceMove, &self.price_move),
            (Rule::PriceMoveBounce, &self.price_move_bounce),
            (Rule::VolumeSpike, &self.volume_spike),
            (Rule::VolumeSpikeBounce, &self.volume_spike_bounce),
            (Rule::Breakout, &self.breakout),
            (Rule::Reversal, &self.reversal),
            (Rule::Momentum, &self.momentum),
        ]
    }

    /// Whether any rule acts in a mode: LIVE without one is refused at start.
    pub fn any_acts_in(&self, mode: Mode) -> bool {
        self.rows().iter().any(|(_, row)| row.acts_in(mode))
    }

    /// The rows that may speak about a kind of event: a move up, and its bounce.
    const fn rows_for(&self, kind: TriggerKind) -> (&Row, Option<&Row>) {
        match kind {
            TriggerKind::PriceMove => (&self.price_move, Some(&self.price_move_bounce)),
            TriggerKind::VolumeSpike => (&self.volume_spike, Some(&self.volume_spike_bounce)),
            TriggerKind::Breakout => (&self.breakout, None),
            TriggerKind::Reversal => (&self.reversal, None),
            TriggerKind::Momentum => (&self.momentum, None),
        }
    }

    /// The row that speaks about an event.
    ///
    /// # Errors
    /// The bound that its move missed, when no row does; `None` when there is none to name.
    pub fn row_for(&self, trigger: &Trigger) -> Result<&Row, Option<f64>> {
        let (row, bounce) = self.rows_for(trigger.id.kind);
        let down = bounce.filter(|_| trigger.move_pct < 0.0);
        [Some(row), bounce]
            .into_iter()
            .flatten()
            .find(|row| row.speaks_about(trigger.move_pct))
            .ok_or_else(|| {
                let nearest = down.unwrap_or(row);
                nearest.max_move_pct.filter(|max| trigger.move_pct > *max).or(nearest.min_move_pct)
            })
    }

    /// How a position of a row and tier would be left.
    pub fn plan(&self, row: &Row, tier: Tier) -> ExitPlan {
        let hours = match tier {
            Tier::T1 | Tier::T2 => row.max_hold_hours,
            Tier::T3 => row.max_hold_hours.min(self.t3_max_hold_hours),
        };
        ExitPlan { stop_pct: row.stop_pct, target_pct: row.target_pct, max_hold_hours: hours }
    }
}

/// Whole percent points; the shipped table has no others.
pub(crate) fn whole_pct(points: u32) -> Pct {
    Pct::new(Decimal::from(points)).unwrap_or(Pct::ZERO)
}

impl Default for Params {
    fn default() -> Self {
        let row = |moves: (Option<f64>, Option<f64>), plan: (u32, u32, u32), size_factor| Row {
            enabled: true,
            live: false,
            min_move_pct: moves.0,
            max_move_pct: moves.1,
            stop_pct: whole_pct(plan.0),
            target_pct: whole_pct(plan.1),
            max_hold_hours: plan.2,
            size_factor,
            not_in_regimes: Vec::new(),
        };
        let off = |row| Row { enabled: false, ..row };
        let up = |pct| (Some(pct), None);
        let down = |pct| (None, Some(pct));
        Self {
            min_score: 0.2,
            base_size_pct: PerTier { t1: 5.0, t2: 3.0, t3: 1.0 },
            risk_parity: RiskParity::default(),
            t3_max_hold_hours: 72,
            conviction: Conviction::default(),
            price_move: row(up(1.5), (6, 12, 48), 1.0),
            price_move_bounce: off(row(down(-1.5), (10, 20, 24), 0.7)),
            volume_spike: row(up(2.0), (8, 15, 72), 1.0),
            volume_spike_bounce: off(row(down(-2.0), (8, 15, 72), 0.7)),
            breakout: row((None, None), (6, 20, 120), 1.2),
            reversal: Row {
                not_in_regimes: vec![Regime::Crash],
                ..row((None, None), (12, 25, 48), 0.8)
            },
            momentum: row(up(0.0), (8, 15, 72), 1.0),
        }
    }
}
