//! Exact numbers stay exact, and signals cross only rounded towards less risk (D-05).
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use domain::{BaseQty, Bps, NumError, Pct, Price, QuoteAmt, Round, Tally, Usd, quantize};
use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

fn dec(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

#[test]
fn text_that_would_have_to_be_rounded_is_an_error() {
    for text in ["0.12345678901234567890123456789", "1e3", "", " 1", "1,5", "NaN", "0x10", "--1"] {
        let refused = QuoteAmt::parse(text);
        assert!(matches!(refused, Err(NumError::NotExact { .. })), "{text:?} gave {refused:?}");
    }
}

#[test]
fn ranges_are_part_of_the_types() {
    assert!(Price::parse("0").is_err());
    assert!(Price::parse("-1").is_err());
    assert!(BaseQty::parse("-0.1").is_err());
    assert!(BaseQty::parse("0").is_ok());
    assert!(Bps::parse("-1").is_err());
    assert!(Usd::parse("-1").is_ok());
    let less = BaseQty::parse("1").unwrap().minus(BaseQty::parse("2").unwrap());
    assert!(less.is_err(), "a quantity never goes below 0 in silence");
}

#[test]
fn numbers_beyond_exact_decimals_are_errors_not_panics() {
    let huge = Price::new(Decimal::MAX).unwrap();
    let two = BaseQty::parse("2").unwrap();
    assert!(matches!(huge.times(two), Err(NumError::Overflow { .. })));
    assert!(Usd::new(Decimal::MAX).unwrap().plus(Usd::new(Decimal::ONE).unwrap()).is_err());
}

#[test]
fn json_holds_text_and_files_may_hold_plain_numbers() {
    let price: Price = serde_json::from_str("\"44150.010\"").unwrap();
    assert_eq!(serde_json::to_string(&price).unwrap(), "\"44150.01\"");
    assert_eq!(serde_json::from_str::<Price>("100.1").unwrap(), Price::parse("100.1").unwrap());
    assert!(serde_json::from_str::<Price>("0").is_err());
    assert!(serde_json::from_str::<Price>("true").is_err());
}

#[test]
fn a_size_of_seven_twelfths_is_not_lost_to_binary() {
    for (signal, pct) in [
        (3.0 * (7.0 / 12.0), "1.75"),
        (3.0 * (7.0 / 12.0) * 0.8, "1.4"),
        (3.0 * (7.0 / 12.0) * 1.2, "2.1"),
        (0.123_456_79, "0.123456"),
        (0.0, "0"),
    ] {
        assert_eq!(Pct::floor_signal(signal).unwrap(), Pct::parse(pct).unwrap(), "{signal}");
    }
    for bad in [f64::NAN, f64::INFINITY, -0.1, 1e30] {
        assert!(Pct::floor_signal(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_recorded_price_becomes_its_increment() {
    for (signal, step, round, exact) in [
        (0.0612, "0.00001", Round::Nearest, "0.0612"),
        (44_150.014, "0.01", Round::Down, "44150.01"),
        (44_150.014, "0.01", Round::Up, "44150.02"),
        (44_150.015, "0.01", Round::Nearest, "44150.02"),
        (0.000_012_34, "0.00000001", Round::Nearest, "0.00001234"),
    ] {
        assert_eq!(quantize(signal, dec(step), round).unwrap(), dec(exact), "{signal}");
    }
    assert!(quantize(f64::NAN, dec("0.01"), Round::Down).is_err());
    assert!(quantize(1.0, Decimal::ZERO, Round::Down).is_err());
}

proptest! {
    #[test]
    fn text_round_trips(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..12) {
        let amount = QuoteAmt::new(Decimal::new(units, scale)).unwrap();
        prop_assert_eq!(QuoteAmt::parse(&amount.to_string()).unwrap(), amount);
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<QuoteAmt>(&json).unwrap(), amount);
    }

    #[test]
    fn a_floored_share_is_never_above_the_signal(signal in 0.0..1000.0_f64) {
        let pct = Pct::floor_signal(signal).unwrap();
        let back: f64 = pct.to_string().parse().unwrap();
        prop_assert!(back <= signal + 1e-9 && back > signal - 2e-6);
    }

    #[test]
    fn quantized_is_a_multiple_and_on_its_side(signal in 1e-6..1e6_f64, scale in 0_u32..8) {
        let step = Decimal::new(1, scale);
        let down = quantize(signal, step, Round::Down).unwrap();
        let up = quantize(signal, step, Round::Up).unwrap();
        prop_assert!(down <= up && up - down <= step);
        prop_assert!((down / step).fract().is_zero() && (up / step).fract().is_zero());
        prop_assert!(down.to_string().parse::<f64>().unwrap() <= signal * (1.0 + 1e-14));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    /// A signal is the decimal's own double to the last bit, whatever the digits; and a number has the
    /// digits that decimals call normal.
    #[test]
    fn a_signal_is_what_the_decimal_says(
        digits in any::<i64>(), fewer in 0_u32..63, wide in any::<bool>(), scale in 0_u32..28,
    ) {
        let digits = i128::from(digits >> fewer) * if wide { 1_000_003 } else { 1 };
        let value = Decimal::from_i128_with_scale(digits, scale);
        let usd = Usd::new(value).unwrap();
        prop_assert_eq!(usd.signal().to_bits(), usd.get().to_f64().unwrap().to_bits(), "{}", value);
        prop_assert_eq!(usd.get().serialize(), value.normalize().serialize(), "{}", value);
    }

    /// Numbers are in the order of the decimals that they hold.
    #[test]
    fn numbers_are_ordered_as_decimals_are(
        a in any::<i64>(), b in any::<i64>(), fewer in 0_u32..63, scales in (0_u32..20, 0_u32..20),
    ) {
        let (a, b) = (Decimal::new(a >> fewer, scales.0), Decimal::new(b >> fewer, scales.1));
        let (x, y) = (Usd::new(a).unwrap(), Usd::new(b).unwrap());
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(x == y, a == b);
        let sum = a.checked_add(b).map(|sum| sum.normalize().serialize());
        prop_assert_eq!(x.plus(y).ok().map(|sum| sum.get().serialize()), sum);
        if let (Ok(x), Ok(y)) = (Price::new(a.abs()), Price::new(b.abs()))
            && let (Some(attos), Some(others)) = (x.attos(), y.attos())
        {
            prop_assert_eq!(attos.cmp(&others), x.cmp(&y));
        }
        // The same number, written with more zeros.
        let longer = Decimal::from_i128_with_scale(a.mantissa() * 1000, a.scale() + 3);
        prop_assert_eq!(x, Usd::new(longer).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    /// What a tally comes to is the sum to the digit wherever decimals hold it, and next to it elsewhere.
    #[test]
    fn a_tally_is_the_sum_of_its_amounts(
        lots in prop::collection::vec((1..=i64::MAX, 0_u32..63, 0_u32..12, 0..=i64::MAX, 0_u32..63, 0_u32..12), 0..6),
    ) {
        let (mut tally, mut sum, mut exact) = (Tally::default(), QuoteAmt::ZERO, Some((0_i128, 0_u32)));
        for (price, less, behind, qty, fewer, places) in lots {
            let price = Price::new(Decimal::new((price >> less).max(1), behind)).unwrap();
            let qty = BaseQty::new(Decimal::new(qty >> fewer, places)).unwrap();
            let (added, one) = (tally.add(price, qty), price.times(qty));
            let Ok(one) = one else {
                prop_assert!(added.is_err(), "{} × {}", price, qty);
                return Ok(());
            };
            // Beyond the largest decimal each of the two may say so first.
            let (Ok(next), Ok(())) = (sum.plus(one), added) else { return Ok(()) };
            (sum, exact) = (next, exact.and_then(|exact| one_more(exact, price.get(), qty.get())));
        }
        let Ok(told) = tally.sum() else { return Ok(()) };
        if let Some((digits, scale)) = exact {
            let exact = Decimal::from_i128_with_scale(digits, scale).normalize();
            prop_assert_eq!(told.get().serialize(), exact.serialize());
        }
        let lost = told.minus(sum).unwrap().get().abs();
        prop_assert!(lost <= sum.get() * Decimal::new(1, 20), "{} {}", told, sum);
    }
}

/// Digits and their scale with a product more; `None` where a decimal has no room on the way.
fn one_more((digits, scale): (i128, u32), price: Decimal, qty: Decimal) -> Option<(i128, u32)> {
    let fits = |digits: i128| (digits.unsigned_abs() >> 96 == 0).then_some(digits);
    let own = price.scale() + qty.scale();
    let value = fits(price.mantissa().checked_mul(qty.mantissa())?)?;
    let most = scale.max(own);
    let wide = |digits: i128, scale: u32| digits.checked_mul(10_i128.checked_pow(most - scale)?);
    Some((fits(wide(digits, scale)?.checked_add(wide(value, own)?)?)?, most))
}

/// No decimal holds the small amount beside the large one, whose digits stay what they are.
#[test]
fn amounts_that_no_decimal_holds_together_are_added_as_decimals_are() {
    let lots = [("0.00000001", "16.777216"), ("16", "79228162514264337.6")];
    let (mut tally, mut sum) = (Tally::default(), QuoteAmt::ZERO);
    for (price, qty) in lots {
        let (price, qty) = (Price::parse(price).unwrap(), BaseQty::parse(qty).unwrap());
        tally.add(price, qty).unwrap();
        sum = sum.plus(price.times(qty).unwrap()).unwrap();
    }
    assert_eq!(tally.sum().unwrap(), sum);
}
