//! One record, two submits.
use exchange::{Durable, Journalled, OrderVenue};

async fn send(venue: &dyn OrderVenue<Durability = Durable>, order: Journalled<Durable>) {
    venue.submit(order).await;
    venue.submit(order).await;
}

fn main() {}
