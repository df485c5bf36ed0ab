//! An intent on the wire that is on no record.
use exchange::{Durable, OrderIntent, OrderVenue};

async fn send(venue: &dyn OrderVenue<Durability = Durable>, intent: OrderIntent) {
    venue.submit(intent).await;
}

fn main() {}
