//! A record that dies with the process, where a durable one is asked for.
use exchange::{Durable, Journalled, Memory, OrderVenue};

async fn send(venue: &dyn OrderVenue<Durability = Durable>, order: Journalled<Memory>) {
    venue.submit(order).await;
}

fn main() {}
