//! Books: the whole, a part, or only the best.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::rest::call::{Call, LARGE, MEDIUM};
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::{Figure, Moment, num};

/// One price of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct PriceLevel {
    /// The price, in the quote currency.
    #[serde(with = "num::text")]
    pub price: Decimal,
    /// How much, in the base currency.
    #[serde(with = "num::text")]
    pub size: Decimal,
}

/// A book at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PriceBook {
    /// The product.
    pub product_id: String,
    /// What is bid, highest first.
    #[serde(deserialize_with = "crate::wire::objects")]
    pub bids: Vec<PriceLevel>,
    /// What is asked, lowest first.
    #[serde(deserialize_with = "crate::wire::objects")]
    pub asks: Vec<PriceLevel>,
    /// The venue's time of it.
    pub time: Moment,
}

/// The reply to a request for a book.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProductBook {
    /// The book.
    pub pricebook: PriceBook,
    /// The last price.
    #[serde(default)]
    pub last: Figure,
    /// The middle of the best prices.
    #[serde(default)]
    pub mid_market: Figure,
    /// Their distance in basis points.
    #[serde(default)]
    pub spread_bps: Figure,
    /// Their distance in the quote currency.
    #[serde(default)]
    pub spread_absolute: Figure,
}

/// The best prices of several products; a side without orders is empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BestBidAsk {
    /// One book of at most one price a side for each product.
    #[serde(deserialize_with = "crate::wire::objects")]
    pub pricebooks: Vec<PriceBook>,
}

impl RestClient {
    /// The book of a product, the best `limit` prices of each side or all of them.
    /// `GET /market/product_book` or `GET /product_book` (key with view),
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/get-product-book>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn product_book(
        &self,
        audience: Audience,
        product_id: &str,
        limit: Option<u32>,
    ) -> Result<ProductBook, RestError> {
        const ENDPOINT: &str = "GET /product_book";
        let path = match audience {
            Audience::Public => "/market/product_book",
            Audience::Account => "/product_book",
        };
        let call = Call::get(ENDPOINT, path, audience)
            .cap(LARGE)
            .with("product_id", product_id)
            .maybe("limit", limit.map(|limit| limit.to_string()));
        self.value(&call).await
    }

    /// The best bid and ask of these products, of all when none is named. `GET /best_bid_ask`, key
    /// with view; it has no public twin,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/get-best-bid-ask>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn best_bid_ask(&self, product_ids: &[&str]) -> Result<BestBidAsk, RestError> {
        const ENDPOINT: &str = "GET /best_bid_ask";
        let call = Call::get(ENDPOINT, "/best_bid_ask", Audience::Account)
            .cap(MEDIUM)
            .each("product_ids", product_ids);
        self.value(&call).await
    }
}
