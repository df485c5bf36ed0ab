//! The proof that an order is over, without the facts.
use domain::IntentId;
use risk::Over;

fn forge() -> Over {
    Over { intent: IntentId(1) }
}

fn main() {}
