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
    match by_doubles(signal, increment, round) {
        Some(multiple) => Ok(multiple),
        None => by_decimals(signal, increment, round),
    }
}

/// Powers of ten that are exact as doubles.
const POWERS: [f64; 16] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Multiples of fewer units are exact as doubles, with digits to spare.
const MOST_UNITS: f64 = 1e14;
/// Half of the fifteenth digit of a number that has so many digits before its point, and one more.
const HALVES: [f64; 15] = [
    5e-15, 5e-14, 5e-13, 5e-12, 5e-11, 5e-10, 5e-9, 5e-8, 5e-7, 5e-6, 5e-5, 5e-4, 5e-3, 5e-2, 5e-1,
];
/// What doubles lose in a multiplication and a division is less than this, relatively.
const NOISE: f64 = 1e-15;

/// The same many times as fast, where a double leaves no doubt between which multiples the signal
/// lies.
fn by_doubles(signal: f64, increment: Decimal, round: Round) -> Option<Decimal> {
    let (scale, units) = (increment.scale(), i64::try_from(increment.mantissa()).ok()?);
    let power = POWERS.get(usize::try_from(scale).ok()?)?;
    let size = units.to_f64().filter(|size| *size >= 1.0)?;
    let steps = signal * power / size;
    if !(steps > 0.0 && steps * size < MOST_UNITS) {
        return None;
    }
    // Cut off: a call of `floor` costs more than all else here.
    let below = steps.to_i64()? as f64;
    let (over, noise) = (steps - below, steps * NOISE + 1e-9);
    // Reading fifteen digits may make a whole multiple of what is nearly one, and not leave one behind.
    let digits = (steps * size).to_u64()?.checked_ilog10().unwrap_or(0);
    let read = noise + 1.01 * HALVES.get(usize::try_from(digits).ok()?)? / size;
    let clear = match round {
        Round::Down => noise < over && over < 1.0 - read,
        Round::Up => read < over && over < 1.0 - noise,
        Round::Nearest => (over - 0.5).abs() > read,
    };
    let above = match round {
        Round::Down => false,
        Round::Up => true,
        Round::Nearest => over > 0.5,
    };
    let multiple = (if above { below + 1.0 } else { below }).to_i64().filter(|_| clear)?;
    let (mut value, mut scale) = (multiple.checked_mul(units)?, scale);
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    Some(Decimal::new(value, scale))
}

fn by_decimals(signal: f64, increment: Decimal, round: Round) -> Result<Decimal, NumError> {
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

/// A decimal as a signal: what [`Decimal::to_f64`] gives, sooner.
pub fn as_signal(value: Decimal) -> f64 {
    crate::num::signal(value)
}

/// A price as a signal, for indicators and ratios.
///
/// A price that no `f64` can hold (there is none) would be `NAN`, which every comparison refuses.
pub fn to_signal(price: Price) -> f64 {
    price.signal()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        /// The fast way gives what the exact way gives, or nothing: between multiples, beside them
        /// and on them.
        #[test]
        fn both_ways_give_the_same(
            exponent in 0.0_f64..13.9, whole in any::<bool>(), beside in -3_i32..4,
            units in prop::sample::select(vec![1_i64, 5, 25, 100]), scale in 0_u32..13, by in 0_u8..3,
        ) {
            let steps = 10_f64.powf(exponent) / units.to_f64().unwrap();
            let increment = Decimal::new(units, scale);
            let round = [Round::Down, Round::Up, Round::Nearest][usize::from(by)];
            let step = increment.to_f64().unwrap();
            let signal = if whole { steps.floor() * step } else { steps * step };
            let signal = signal * (1.0 + f64::from(beside) * 1e-15);
            if let Some(multiple) = by_doubles(signal, increment, round) {
                let exact = by_decimals(signal, increment, round).unwrap();
                prop_assert_eq!((multiple, multiple.scale()), (exact, exact.scale()));
            }
        }
    }

    #[test]
    fn recorded_prices_go_the_fast_way() {
        let cent = Decimal::new(1, 2);
        for (signal, exact) in [(0.30, "0.3"), (43_210.99, "43210.99"), (7.0, "7")] {
            let fast = by_doubles(signal, cent, Round::Nearest);
            assert_eq!(fast.unwrap().to_string(), exact);
        }
        assert_eq!(by_doubles(0.30, cent, Round::Down), None, "on a multiple only decimals tell");
    }
}
