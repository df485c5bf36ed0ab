//! The border between signals (`f64`) and exact numbers.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{NumError, Price};

/// Which neighbour an amount between two multiples becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The multiple below.
    Down,
    /// The multiple above.
    Up,
    /// The nearer one; halves away from zero.
    Nearest,
}

/// Turns a finite signal into an exact multiple of `increment`.
///
/// The signal is read with the 15 significant digits that a recorded price has.
///
/// # Errors
/// [`NumError`] when the signal is not finite, or the increment is not above 0.
pub fn quantize(signal: f64, increment: Decimal, round: Round) -> Result<Decimal, NumError> {
    let refused = || NumError::NotExact { what: "signal", text: signal.to_string() };
    let exact = Decimal::try_from(signal).map_err(|_| refused())?;
    if increment <= Decimal::ZERO {
        return Err(NumError::OutOfRange {
            what: "increment",
            value: increment.to_string(),
            rule: "an increment is above 0",
        });
    }
    let strategy = match round {
        Round::Down => RoundingStrategy::ToNegativeInfinity,
        Round::Up => RoundingStrategy::ToPositiveInfinity,
        Round::Nearest => RoundingStrategy::MidpointAwayFromZero,
    };
    exact
        .checked_div(increment)
        .map(|steps| steps.round_dp_with_strategy(0, strategy))
        .and_then(|steps| steps.checked_mul(increment))
        .map(|value| value.normalize())
        .ok_or(NumError::Overflow { what: "quantize" })
}

/// A price as a signal, for indicators and ratios.
///
/// A price that no `f64` can hold (there is none) would be `NAN`, which every comparison refuses.
pub fn to_signal(price: Price) -> f64 {
    price.get().to_f64().unwrap_or(f64::NAN)
}
