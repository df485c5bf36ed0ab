//! Prints the last day of a seeded market, a line a product:
//! `cargo run -p exchange-sim --example market -- [SEED] [AS-OF]`.
#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;

use domain::{Bar, Timestamp};
use exchange_sim::{Opening, Seeded, SimVenue};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let seed = args.next().map_or(Ok(247), |text| text.parse())?;
    let as_of = args.next().unwrap_or("2026-01-05T12:00:00Z".to_owned());
    let as_of: Timestamp = as_of.parse()?;
    let venue = SimVenue::new(Seeded::new(seed)?, as_of, Opening::shipped()?)?;
    println!("seed {seed}, the 24 hours to {as_of}");
    println!("product     bars        low       high      close  change   volume $M  spread bps");
    for product in venue.products() {
        let bars = venue.bars(product.id, as_of.plus_secs(-86_400), as_of)?;
        let Some(day) = bars.iter().reduce(|day, bar| Bar::merged(day, &bar)) else {
            println!("{:<9} nothing traded", product.id);
            continue;
        };
        let spread = venue.book(product.id)?.and_then(|book| book.quote());
        println!(
            "{:<9} {:>6} {:>10} {:>10} {:>10} {:>6.2}% {:>11.2} {:>11.2}",
            product.id,
            bars.len(),
            day.low,
            day.high,
            day.close,
            (day.close / day.open - 1.0) * 100.0,
            venue.quote_volume_24h(product.id)? / 1e6,
            spread.map_or(f64::NAN, |quote| quote.spread_bps()),
        );
    }
    Ok(())
}
