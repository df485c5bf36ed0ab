//! Coinbase's product list: unknown fields are ignored, needed ones must be there.

use domain::{Product, ProductStatus};
use serde::Deserialize;

use crate::catalog::{Steps, product};

#[derive(Deserialize)]
struct List {
    products: Vec<Row>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire's own independent flags")]
struct Row {
    product_id: String,
    base_increment: String,
    quote_increment: String,
    price_increment: String,
    base_min_size: String,
    base_max_size: String,
    quote_min_size: String,
    quote_max_size: String,
    #[serde(default)]
    product_type: Option<String>,
    status: String,
    trading_disabled: bool,
    #[serde(default)]
    is_disabled: bool,
    #[serde(default)]
    cancel_only: bool,
    #[serde(default)]
    limit_only: bool,
    #[serde(default)]
    post_only: bool,
    #[serde(default)]
    auction_mode: bool,
    #[serde(default)]
    view_only: bool,
}

impl Row {
    /// The strictest of what the flags say; a status that is not `online` and not known counts as
    /// offline.
    fn state(&self) -> ProductStatus {
        match self.status.as_str() {
            "delisted" => ProductStatus::Delisted,
            "online" if self.trading_disabled || self.is_disabled => ProductStatus::Offline,
            "online" if self.view_only => ProductStatus::ViewOnly,
            "online" if self.cancel_only => ProductStatus::CancelOnly,
            "online" if self.auction_mode => ProductStatus::Auction,
            "online" if self.post_only => ProductStatus::PostOnly,
            "online" if self.limit_only => ProductStatus::LimitOnly,
            "online" => ProductStatus::Online,
            _ => ProductStatus::Offline,
        }
    }
}

pub(crate) fn products(text: &str) -> Result<Vec<Product>, String> {
    let list: List = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let spot = |row: &&Row| row.product_type.as_deref().is_none_or(|t| t == "SPOT");
    list.products
        .iter()
        .filter(spot)
        .map(|row| {
            let steps = Steps {
                base_increment: &row.base_increment,
                quote_increment: &row.quote_increment,
                price_increment: &row.price_increment,
                base_min: &row.base_min_size,
                base_max: &row.base_max_size,
                quote_min: &row.quote_min_size,
                quote_max: &row.quote_max_size,
            };
            product(&row.product_id, &steps, row.state())
        })
        .collect()
}
