//! A second intent by copying the first.
use exchange::OrderIntent;

fn copy(intent: &OrderIntent) -> OrderIntent {
    intent.clone()
}

fn main() {}
