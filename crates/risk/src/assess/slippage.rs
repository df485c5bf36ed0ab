//! What taking an order would do to its price.

use domain::Level;
use rust_decimal::Decimal;

use crate::exact::Exact;

/// The most base units that can be taken from rising asks at an average price of at most `most`,
/// or a smaller size of which it is said to be `enough`. What the book does not show is not there.
pub(super) fn largest_qty(asks: &[Level], most: Exact, enough: impl Fn(Exact) -> bool) -> Exact {
    let (mut qty, mut value) = (Exact::ZERO, Exact::ZERO);
    for level in asks {
        let (price, size) = (Exact::from(level.price.get()), Exact::from(level.size.get()));
        let mut take = size;
        if !price.is_at_most(most) {
            // Solves (value + price × x) / (qty + x) = most.
            take = take.min((most * qty - value) / (price - most));
        }
        qty = qty + take;
        if take != size || enough(qty) {
            break;
        }
        value = value + price * take;
    }
    qty
}

/// The average price of taking `qty` from rising asks; none when they do not hold it.
pub(super) fn average_price(asks: &[Level], qty: Exact) -> Exact {
    let (mut rest, mut value) = (qty, Exact::ZERO);
    for level in asks {
        let take = rest.min(level.size.get().into());
        value = value + take * level.price.get();
        rest = rest - take;
    }
    Exact::from(rest.get().filter(Decimal::is_zero)) + value / qty
}
