//! An intent that grows after it was checked.
use exchange::OrderIntent;

fn enlarge(intent: &mut OrderIntent, qty: domain::BaseQty) {
    intent.terms.qty = qty;
}

fn main() {}
