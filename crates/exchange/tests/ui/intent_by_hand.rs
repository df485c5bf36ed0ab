//! An intent without an approval.
use exchange::{OrderIntent, Terms};

fn forge(id: domain::IntentId, terms: Terms, worst_case: domain::QuoteAmt) -> OrderIntent {
    OrderIntent { id, terms, worst_case }
}

fn main() {}
