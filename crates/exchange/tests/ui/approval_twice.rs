//! Two intents of one approval.
use domain::{Fees, IntentId, Product};
use exchange::{OrderIntent, Terms};
use risk::ApprovedOrder;

fn twice(approved: ApprovedOrder, product: &Product, fees: Fees, terms: Terms) {
    let _first = OrderIntent::new(IntentId(1), approved, product, fees, terms);
    let _second = OrderIntent::new(IntentId(2), approved, product, fees, terms);
}

fn main() {}
