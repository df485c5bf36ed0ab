//! What a trade must do to be worth its fees.

use domain::{Bps, NumError, Pct};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

/// Digits kept behind the point of a percentage.
const DIGITS: u32 = 4;

/// What a pair of fees asks of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakEven {
    /// The rise from buying to selling price that pays both fees and no more, percent, rounded up:
    /// `((1 + in) / (1 − out) − 1) × 100`.
    pub move_pct: Pct,
    /// The share of trades that must end at the target rather than at the stop for the rule to
    /// lose nothing, percent: `loss / (win + loss)`, each after fees as a share of what was paid.
    /// `None` when even the target loses.
    pub wins_pct: Option<f64>,
}

impl BreakEven {
    /// For a rule that buys at one fee, sells at another, and is left at a stop or a target.
    ///
    /// # Errors
    /// [`NumError`] when the fee of a sale is its whole value, or numbers leave the exact range.
    pub fn of(stop: Pct, target: Pct, fee_in: Bps, fee_out: Bps) -> Result<Self, NumError> {
        let overflow = NumError::Overflow { what: "break-even" };
        Self::exact(stop.get(), target.get(), fee_in.get(), fee_out.get()).ok_or(overflow)?
    }

    fn exact(
        stop: Decimal,
        target: Decimal,
        fee_in: Decimal,
        fee_out: Decimal,
    ) -> Option<Result<Self, NumError>> {
        let share = |bps: Decimal| bps.checked_div(Decimal::from(10_000));
        let hundred = Decimal::ONE_HUNDRED;
        let paid = Decimal::ONE.checked_add(share(fee_in)?)?;
        let kept = Decimal::ONE.checked_sub(share(fee_out)?)?;
        if kept <= Decimal::ZERO {
            return None;
        }
        let rise = paid.checked_div(kept)?.checked_sub(Decimal::ONE)?.checked_mul(hundred)?;
        let up = RoundingStrategy::ToPositiveInfinity;
        let rise = Pct::new(rise.round_dp_with_strategy(DIGITS, up));
        // What comes back of a dollar that was paid, fees included, less that dollar.
        let result = |move_pct: Decimal| {
            let price = Decimal::ONE.checked_add(move_pct.checked_div(hundred)?)?;
            price.checked_mul(kept)?.checked_div(paid)?.checked_sub(Decimal::ONE)
        };
        let (win, loss) = (result(target)?, -result(-stop)?);
        let wins = if win <= Decimal::ZERO {
            None
        } else {
            let share = loss.checked_div(win.checked_add(loss)?)?.checked_mul(hundred)?;
            share.to_f64()
        };
        Some(rise.map(|move_pct| Self { move_pct, wins_pct: wins }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(stop: &str, target: &str, fee_in: &str, fee_out: &str) -> BreakEven {
        let (stop, target) = (stop.parse().unwrap(), target.parse().unwrap());
        BreakEven::of(stop, target, fee_in.parse().unwrap(), fee_out.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_shipped_fees_ask_for_a_rise_of_two_percent() {
        // 1.006 / 0.988 = 1.018218…
        let found = of("6", "12", "60", "120");
        assert_eq!(found.move_pct.to_string(), "1.8219");
        // A win leaves 1.12 × 0.988 / 1.006 − 1 = 9.996 %, a loss 1 − 0.94 × 0.988 / 1.006 = 7.682 %.
        assert!((found.wins_pct.unwrap() - 43.454).abs() < 1e-2, "{found:?}");
    }

    #[test]
    fn without_fees_the_odds_are_those_of_stop_and_target() {
        let found = of("6", "12", "0", "0");
        assert_eq!(found.move_pct, Pct::ZERO);
        assert!((found.wins_pct.unwrap() - 100.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_target_below_break_even_wins_never() {
        assert_eq!(of("6", "1.5", "60", "120").wins_pct, None);
    }

    #[test]
    fn a_sale_that_costs_all_of_itself_has_no_break_even() {
        let pct = |text: &str| text.parse::<Pct>().unwrap();
        let bps = |text: &str| text.parse::<Bps>().unwrap();
        assert!(BreakEven::of(pct("6"), pct("12"), bps("60"), bps("10000")).is_err());
    }
}
