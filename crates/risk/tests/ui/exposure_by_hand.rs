//! An exposure that no fact has made.
use risk::Exposure;

fn forge(exposure: &mut Exposure) {
    exposure.facts = 1_000_000;
}

fn main() {}
