//! Limits that are loosened while orders are in flight.
use risk::Limits;

fn loosen(limits: &Limits) {
    limits.policy().positions.max_open_positions = 50;
}

fn main() {}
