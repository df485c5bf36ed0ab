//! A venue of one's own behind the ports: `cargo run -p exchange --example port`.
#![allow(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;

use async_trait::async_trait;
use domain::{Bars, Fees, Gap, Product, ProductId, Purse, QuoteAmt, Timestamp};
use exchange::{Account, BookReading, MarketData, PortError};

/// A savings account that calls itself a venue.
struct Savings;

#[async_trait]
impl MarketData for Savings {
    async fn products(&self) -> Result<Vec<Product>, PortError> {
        Ok(Vec::new())
    }

    async fn bars(
        &self,
        product: ProductId,
        _from: Timestamp,
        _to: Timestamp,
    ) -> Result<Option<Bars>, PortError> {
        Err(PortError::Unknown(product.to_string()))
    }

    async fn gaps(&self, _from: Timestamp, _to: Timestamp) -> Result<Vec<Gap>, PortError> {
        Ok(Vec::new())
    }

    async fn book(&self, product: ProductId) -> Result<Option<BookReading>, PortError> {
        Err(PortError::Unknown(product.to_string()))
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        Ok(Timestamp::from_secs(1_767_614_400))
    }
}

#[async_trait]
impl Account for Savings {
    async fn purses(&self) -> Result<Vec<Purse>, PortError> {
        let unreadable = |error: &dyn core::fmt::Display| PortError::Unreadable(error.to_string());
        Ok(vec![Purse {
            asset: "USD".parse().map_err(|e| unreadable(&e))?,
            available: "1234.56".parse().map_err(|e| unreadable(&e))?,
            held: QuoteAmt::ZERO,
        }])
    }

    async fn fees(&self) -> Result<Fees, PortError> {
        Err(PortError::Unreachable("there is nobody to ask".to_owned()))
    }
}

/// Works with whatever is behind the ports.
async fn look(venue: &(impl MarketData + Account)) -> Result<(), Box<dyn Error>> {
    println!("{}: {} products", venue.now().await?, venue.products().await?.len());
    for purse in venue.purses().await? {
        println!("{} {}", purse.available, purse.asset);
    }
    match venue.fees().await {
        Ok(fees) => println!("fees {} and {} bps", fees.maker_bps, fees.taker_bps),
        Err(why) => println!("fees: {why}"),
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().build()?.block_on(look(&Savings))
}
