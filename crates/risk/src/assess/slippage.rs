//! What taking an order would do to its price.

use domain::Level;
use rust_decimal::Decimal;

/// The most base units that can be taken from rising asks at an average price of at most `most`,
/// or a smaller size of which it is said to be `enough`. What the book does not show
/// is not there. `None` beyond exact decimals.
pub(super) fn largest_qty(
    asks: &[Level],
    most: Decimal,
    enough: impl Fn(Decimal) -> bool,
) -> Option<Decimal> {
    let (mut qty, mut value) = (Decimal::ZERO, Decimal::ZERO);
    for level in asks {
        let (price, mut take) = (level.price.get(), level.size.get());
        if price > most {
            // Solves (value + price × x) / (qty + x) = most.
            let slack = most.checked_mul(qty)?.checked_sub(value)?;
            take = take.min(slack.checked_div(price.checked_sub(most)?)?);
        }
        qty = qty.checked_add(take)?;
        if take < level.size.get() || enough(qty) {
            break;
        }
        value = value.checked_add(price.checked_mul(take)?)?;
    }
    Some(qty)
}

/// The average price of taking `qty` from rising asks; `None` when they do not hold it.
pub(super) fn average_price(asks: &[Level], qty: Decimal) -> Option<Decimal> {
    let (mut rest, mut value) = (qty, Decimal::ZERO);
    for level in asks {
        let take = rest.min(level.size.get());
        value = value.checked_add(level.price.get().checked_mul(take)?)?;
        rest = rest.checked_sub(take)?;
        if rest.is_zero() {
            return value.checked_div(qty);
        }
    }
    None
}
