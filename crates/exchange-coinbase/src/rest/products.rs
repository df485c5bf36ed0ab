//! Products: what can be traded, in which steps and between which bounds.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::call::{Call, LARGE, segment};
use super::{Audience, RestClient, RestError};
use crate::wire::{Figure, Moment, ProductType, ProductVenue, num, time};

/// One product. Prices and quote amounts are in its quote currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the venue's own flags, one by one")]
pub struct Product {
    /// Its id, such as `BTC-USD`.
    pub product_id: String,
    /// The last price; a product without trades has none.
    #[serde(with = "num::option_text")]
    pub price: Option<Decimal>,
    /// The change of the price over 24 hours, in percent.
    #[serde(default)]
    pub price_percentage_change_24h: Figure,
    /// What was traded in 24 hours, in units of the base currency.
    #[serde(with = "num::option_text")]
    pub volume_24h: Option<Decimal>,
    /// The change of the volume over 24 hours, in percent.
    #[serde(default)]
    pub volume_percentage_change_24h: Figure,
    /// The step of base sizes.
    #[serde(with = "num::text")]
    pub base_increment: Decimal,
    /// The step of quote sizes. It is not the step of prices.
    #[serde(with = "num::text")]
    pub quote_increment: Decimal,
    /// The smallest quote size.
    #[serde(with = "num::text")]
    pub quote_min_size: Decimal,
    /// The largest quote size.
    #[serde(with = "num::text")]
    pub quote_max_size: Decimal,
    /// The smallest base size.
    #[serde(with = "num::text")]
    pub base_min_size: Decimal,
    /// The largest base size.
    #[serde(with = "num::text")]
    pub base_max_size: Decimal,
    /// The step of limit and stop prices; older replies lack it.
    #[serde(default, with = "num::option_text")]
    pub price_increment: Option<Decimal>,
    /// The base currency's name.
    #[serde(default)]
    pub base_name: String,
    /// The quote currency's name.
    #[serde(default)]
    pub quote_name: String,
    /// The base currency.
    #[serde(default)]
    pub base_currency_id: String,
    /// The quote currency.
    #[serde(default)]
    pub quote_currency_id: String,
    /// `online`, `offline`, `delisted`; empty for futures.
    pub status: String,
    /// Nobody trades it.
    pub is_disabled: bool,
    /// Nobody trades it.
    pub trading_disabled: bool,
    /// Only cancels are accepted.
    pub cancel_only: bool,
    /// No market orders are accepted.
    pub limit_only: bool,
    /// Only orders that rest are accepted.
    pub post_only: bool,
    /// It is in an auction.
    pub auction_mode: bool,
    /// This user cannot trade it; known only when tradability was asked for.
    #[serde(default)]
    pub view_only: Option<bool>,
    /// It is new.
    #[serde(default)]
    pub new: bool,
    /// The user watches it.
    #[serde(default)]
    pub watched: bool,
    /// What it is.
    #[serde(default)]
    pub product_type: Option<ProductType>,
    /// Where it is traded.
    #[serde(default)]
    pub product_venue: Option<ProductVenue>,
    /// The product whose book this one shares, such as `BTC-USD` for `BTC-USDC`; empty when it has
    /// its own.
    #[serde(default)]
    pub alias: String,
    /// The products that share this one's book.
    #[serde(default)]
    pub alias_to: Vec<String>,
    /// How it is shown.
    #[serde(default)]
    pub display_name: String,
    /// The middle of the book, when given.
    #[serde(default, with = "num::option_text")]
    pub mid_market_price: Option<Decimal>,
    /// The best bid, when given.
    #[serde(default, with = "num::option_text")]
    pub best_bid_price: Option<Decimal>,
    /// The best ask, when given.
    #[serde(default, with = "num::option_text")]
    pub best_ask_price: Option<Decimal>,
    /// The highest price in 24 hours.
    #[serde(default)]
    pub high_24h: Figure,
    /// The lowest price in 24 hours.
    #[serde(default)]
    pub low_24h: Figure,
    /// What was traded in 24 hours, in the quote currency, roughly.
    #[serde(default)]
    pub approximate_quote_24h_volume: Figure,
    /// When it was listed.
    #[serde(default, deserialize_with = "time::option")]
    pub new_at: Option<Moment>,
}

/// One page of products.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProductsPage {
    /// The products, most traded first.
    #[serde(deserialize_with = "crate::wire::objects")]
    pub products: Vec<Product>,
    /// How many the venue says they are.
    #[serde(default)]
    pub num_products: Option<u64>,
    /// Where more is.
    #[serde(default)]
    pub pagination: Option<Pagination>,
}

/// Where more products are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pagination {
    /// The cursor of the next page.
    #[serde(default)]
    pub next_cursor: String,
    /// Whether there is a next page.
    #[serde(default)]
    pub has_next: bool,
}

/// Reads a page of products.
///
/// # Errors
/// [`RestError::Unreadable`].
pub fn products_from_json(body: &[u8]) -> Result<ProductsPage, RestError> {
    super::fuzz::reply(200, body).read("GET /products")
}

/// Which products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductQuery {
    /// Only these; all when empty.
    pub product_ids: Vec<String>,
    /// Only this type; spot when not given.
    pub product_type: Option<ProductType>,
    /// Asks whether the user may trade them (key needed).
    pub tradability: bool,
}

impl RestClient {
    /// All products that match. `GET /market/products` or `GET /products` (key with view),
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/list-products>.
    ///
    /// # Errors
    /// [`RestError`]; a page that breaks is one.
    pub async fn products(
        &self,
        audience: Audience,
        query: &ProductQuery,
    ) -> Result<Vec<Product>, RestError> {
        const ENDPOINT: &str = "GET /products";
        let path = match audience {
            Audience::Public => "/market/products",
            Audience::Account => "/products",
        };
        super::page::all(
            ENDPOINT,
            |product: &Product| product.product_id.clone(),
            async |cursor| {
                let call = Call::get(ENDPOINT, path, audience)
                    .cap(LARGE)
                    .maybe("product_type", query.product_type.as_ref().map(ProductType::as_str))
                    .each("product_ids", &query.product_ids)
                    .maybe("get_tradability_status", query.tradability.then_some("true"))
                    .maybe("cursor", cursor);
                let page: ProductsPage = self.value(&call).await?;
                let (has_next, next) =
                    page.pagination.map_or((false, None), |p| (p.has_next, Some(p.next_cursor)));
                let next = super::page::Next::from_flag(ENDPOINT, has_next, next)?;
                Ok(super::page::Page { items: page.products, next })
            },
        )
        .await
    }

    /// One product. `GET /market/products/{product_id}` or `GET /products/{product_id}` (key with
    /// view), <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/get-product>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn product(&self, audience: Audience, id: &str) -> Result<Product, RestError> {
        const ENDPOINT: &str = "GET /products/{product_id}";
        let id = segment(ENDPOINT, "the product", id)?;
        let call = match audience {
            Audience::Public => Call::get(ENDPOINT, &format!("/market/products/{id}"), audience),
            Audience::Account => Call::get(ENDPOINT, &format!("/products/{id}"), audience)
                .with("get_tradability_status", "true"),
        };
        self.value(&call).await
    }
}
