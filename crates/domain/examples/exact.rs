//! Exact money and honest refusals: `cargo run -p domain --example exact`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use domain::{BaseQty, Book, Level, Price, ProductId, Source, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let product: ProductId = "SOL-USD".parse()?;
    let (price, qty) = (Price::parse("154.10")?, BaseQty::parse("0.1")?);
    println!("{qty} {} at {price} is exactly {}", product.base(), price.times(qty)?);
    for wrong in ["1e400", "-3", "0.00000000000000000000000000001", "ten"] {
        match Price::parse(wrong) {
            Ok(price) => println!("{wrong:>32} is {price}"),
            Err(why) => println!("{wrong:>32} is refused: {why}"),
        }
    }
    let at: Timestamp = "2026-01-05T12:00:00Z".parse()?;
    let level = |price, size| -> Result<Level, Box<dyn Error>> {
        Ok(Level { price: Price::parse(price)?, size: BaseQty::parse(size)? })
    };
    let (bids, asks) = (vec![level("154.10", "40")?], vec![level("154.12", "25")?]);
    let book = Book { bids, asks, at, source: Source::Venue };
    let quote = book.quote().ok_or("a book with two sides has a quote")?;
    println!("spread {:.2} bps, value within 20 bps {}", quote.spread_bps(), book.depth_20bps()?);
    Ok(())
}
