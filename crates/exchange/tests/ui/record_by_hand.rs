//! A record that no journal made.
use core::marker::PhantomData;
use exchange::{Durable, Journalled, OrderIntent};

fn forge(intent: OrderIntent) -> Journalled<Durable> {
    Journalled { intent, fact_number: 1, durability: PhantomData }
}

fn main() {}
