//! A durability of one's own.
struct Sometimes;

impl exchange::Durability for Sometimes {}

fn main() {}
