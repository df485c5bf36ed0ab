//! Where a lot is left: parameters, and the prices that follow from them.

use domain::{Features, Lot, Pct, Price, Regime, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::params::whole_pct;
use crate::strategy::features_of;

/// The `exits` section of `strategy.yaml`. Stop, target and time are not here: they travel with
/// each lot ([`domain::ExitPlan`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExitParams {
    /// A stop that follows the best bid.
    pub trailing: Trailing,
    /// What a crash does to open lots.
    pub on_regime_crash: CrashAction,
    /// With `tighten`: no stop is further than this below the average fill price in a crash,
    /// percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 50)))]
    pub crash_stop_pct: Pct,
    /// Who sells a lot at its stop and its target.
    pub protection: ProtectBy,
}

/// Who sells a lot at its stop and its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProtectBy {
    /// The program, while it runs.
    Engine,
    /// An order at the venue, also while the program does not run; the program sells for every
    /// other reason, and where the venue does not sell.
    Venue,
}

/// A stop that follows the best bid, once there is a gain to keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Trailing {
    /// What its distance is measured in.
    pub by: TrailBy,
    /// It counts once the best bid was this far above the average fill price, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 500)))]
    pub arm_gain_pct: Pct,
    /// `by: percent`: distance below the best bid, percent.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 50)))]
    pub trail_pct: Pct,
    /// `by: atr`: distance below the best bid, in ATR14 of the newest closed hour.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.1, max = 50)))]
    pub trail_atrs: f64,
}

/// What the distance of a trailing stop is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrailBy {
    /// There is none.
    Off,
    /// Percent of the best bid.
    Percent,
    /// Multiples of ATR14.
    Atr,
}

/// What a crash does to open lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CrashAction {
    /// Stops come nearer.
    Tighten,
    /// Everything is sold.
    Close,
    /// Nothing.
    Ignore,
}

impl Default for ExitParams {
    fn default() -> Self {
        Self {
            trailing: Trailing {
                by: TrailBy::Off,
                arm_gain_pct: whole_pct(6),
                trail_pct: whole_pct(4),
                trail_atrs: 3.0,
            },
            on_regime_crash: CrashAction::Tighten,
            crash_stop_pct: whole_pct(4),
            protection: ProtectBy::Engine,
        }
    }
}

/// Prices and the time at which a lot is left. `None`: there is no such level now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// Left when the bid is at or below: average × (1 − stop %).
    pub stop: Option<Price>,
    /// Left when the bid is at or below: best bid × (1 − trail %), once armed.
    pub trailing: Option<Price>,
    /// Left when the bid is at or below, in a crash that tightens: average × (1 − crash stop %).
    pub crash: Option<Price>,
    /// Left at any price: a crash that closes.
    pub closing: bool,
    /// Left when the bid is at or above: average × (1 + target %).
    pub target: Option<Price>,
    /// Left from then on.
    pub until: Timestamp,
}

/// Between which bids, and until when, a lot is not left: what [`Levels`] say, for one who asks at every
/// price and nearly always hears the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calm {
    above: u128,
    below: u128,
    until: Timestamp,
}

impl Calm {
    /// Whether nothing is due at a bid. `false` says nothing.
    #[inline]
    pub fn holds(&self, bid: Price, now: Timestamp) -> bool {
        now < self.until && bid.attos().is_some_and(|bid| self.above < bid && bid < self.below)
    }
}

impl Levels {
    /// Between which bids nothing is due; `None` where that is nowhere, or not known.
    pub fn calm(&self) -> Option<Calm> {
        let mut above = 0;
        for level in [self.stop, self.trailing, self.crash].into_iter().flatten() {
            above = above.max(level.attos()?);
        }
        let below = self.target.map_or(Some(u128::MAX), Price::attos)?;
        (!self.closing).then_some(Calm { above, below, until: self.until })
    }

    /// As [`Self::of`], with the features of all products, sorted: what is read of them is looked up.
    pub fn for_lot(params: &ExitParams, lot: &Lot, features: &[Features], regime: Regime) -> Self {
        let own = match params.trailing.by {
            TrailBy::Off | TrailBy::Percent => None,
            TrailBy::Atr => features_of(features, &lot.product),
        };
        Self::of(params, lot, own, regime)
    }

    /// The levels of a lot. `features` are its product's; only a trail by ATR reads them, and
    /// without an ATR there is no such trail (the lot's own stop stays).
    pub fn of(params: &ExitParams, lot: &Lot, features: Option<&Features>, regime: Regime) -> Self {
        let in_crash = |action| regime == Regime::Crash && params.on_regime_crash == action;
        let tightened = in_crash(CrashAction::Tighten);
        Self {
            stop: below(lot.average_price, lot.plan.stop_pct),
            trailing: trailing(&params.trailing, lot, features),
            crash: below(lot.average_price, params.crash_stop_pct).filter(|_| tightened),
            closing: in_crash(CrashAction::Close),
            target: above(lot.average_price, lot.plan.target_pct),
            until: lot.opened.plus_secs(i64::from(lot.plan.max_hold_hours) * 3600),
        }
    }
}

fn trailing(params: &Trailing, lot: &Lot, features: Option<&Features>) -> Option<Price> {
    let distance = match params.by {
        TrailBy::Off => return None,
        TrailBy::Percent => params.trail_pct,
        TrailBy::Atr => {
            let hour = features?.hour?;
            // Rounded down: nearer to the best bid, which is the side of less risk.
            Pct::floor_signal(params.trail_atrs * hour.atr_14.ok()? / hour.close * 100.0).ok()?
        }
    };
    let armed = lot.best_bid >= above(lot.average_price, params.arm_gain_pct)?;
    // Without a distance every bid would be a stop.
    below(lot.best_bid, distance).filter(|_| armed && !distance.is_zero())
}

/// price × (1 − pct / 100); `None` when nothing is left of it. It cannot overflow.
fn below(price: Price, pct: Pct) -> Option<Price> {
    scaled(price, Decimal::ONE.checked_sub(share(pct)?)?)
}

/// price × (1 + pct / 100); `None` beyond exact decimals, where no bid can be.
fn above(price: Price, pct: Pct) -> Option<Price> {
    scaled(price, Decimal::ONE.checked_add(share(pct)?)?)
}

fn share(pct: Pct) -> Option<Decimal> {
    pct.get().checked_div(Decimal::ONE_HUNDRED)
}

fn scaled(price: Price, factor: Decimal) -> Option<Price> {
    Price::new(price.get().checked_mul(factor)?).ok()
}
