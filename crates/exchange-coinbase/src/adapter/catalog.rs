//! The venue's products as ours: canonical names, one book one product.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use domain::{BaseQty, Product, ProductId, ProductStatus, QuoteAmt, TradingLimits};

use crate::rest;
use crate::wire::ProductType;

/// The market that the regime and the gaps are read from; always among the products.
const BENCHMARK: &str = "BTC-USD";

/// Which products are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Quoted in one of these currencies.
    pub quotes: BTreeSet<String>,
    /// Only these, by either of their names; all when absent. BTC-USD is always there.
    pub only: Option<BTreeSet<ProductId>>,
}

impl Default for Selection {
    /// Everything against US dollars: about 400 products in 2026.
    fn default() -> Self {
        Self { quotes: BTreeSet::from(["USD".to_owned()]), only: None }
    }
}

/// The products that are followed, sorted, and the other names of their books.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Catalog {
    pub(super) products: Vec<Product>,
    aliases: BTreeMap<ProductId, ProductId>,
    /// When it was read, monotonic.
    pub(super) read: Option<Duration>,
}

impl Catalog {
    /// Takes what the venue lists. A product that has another's book is that product; one whose
    /// numbers or name cannot be ours is left out and counted.
    pub(super) fn new(listed: &[rest::Product], selection: &Selection, read: Duration) -> Self {
        let mut aliases = BTreeMap::new();
        for product in listed {
            if let (Ok(id), Ok(of)) = (product.product_id.parse(), product.alias.parse()) {
                aliases.insert(id, of);
            }
        }
        let mut catalog = Self { products: Vec::new(), aliases, read: Some(read) };
        let wanted: Option<BTreeSet<ProductId>> = selection.only.as_ref().map(|only| {
            let benchmark = BENCHMARK.parse().ok();
            only.iter().map(|id| catalog.canonical(*id)).chain(benchmark).collect()
        });
        let mut left_out = 0_u32;
        for product in listed {
            let spot = product.product_type.as_ref().is_none_or(|t| *t == ProductType::Spot);
            let quoted = product.product_id.rsplit_once('-').map_or("", |(_, quote)| quote);
            if !spot || !product.alias.is_empty() || !selection.quotes.contains(quoted) {
                continue;
            }
            match ours(product) {
                Some(ours) if wanted.as_ref().is_none_or(|w| w.contains(&ours.id)) => {
                    catalog.products.push(ours);
                }
                Some(_) => {}
                None => left_out += 1,
            }
        }
        catalog.products.sort_by_key(|product| product.id);
        catalog.products.dedup_by_key(|product| product.id);
        if left_out > 0 {
            tracing::warn!(left_out, "products whose name or increments cannot be used");
        }
        catalog
    }

    /// The name that a product's book goes by: `BTC-USD` for `BTC-USDC`.
    pub(super) fn canonical(&self, id: ProductId) -> ProductId {
        self.aliases.get(&id).copied().unwrap_or(id)
    }

    pub(super) fn ids(&self) -> BTreeSet<ProductId> {
        self.products.iter().map(|product| product.id).collect()
    }
}

/// A listed product as ours; `None` when its name or a number of it cannot be.
fn ours(product: &rest::Product) -> Option<Product> {
    let limits = TradingLimits {
        base_increment: product.base_increment,
        quote_increment: product.quote_increment,
        // The step of quote sizes is not that of prices: without it nothing can be priced.
        price_increment: product.price_increment?,
        base_min: BaseQty::new(product.base_min_size).ok()?,
        base_max: BaseQty::new(product.base_max_size).ok()?,
        quote_min: QuoteAmt::new(product.quote_min_size).ok()?,
        quote_max: QuoteAmt::new(product.quote_max_size).ok()?,
    };
    let steps = [limits.base_increment, limits.quote_increment, limits.price_increment];
    if steps.iter().any(|step| *step <= rust_decimal::Decimal::ZERO) {
        return None;
    }
    Product::new(product.product_id.parse().ok()?, limits, status(product)).ok()
}

/// What may be done, the strictest first.
fn status(product: &rest::Product) -> ProductStatus {
    match product.status.as_str() {
        "delisted" => return ProductStatus::Delisted,
        "online" => {}
        // A status that we do not know is no reason to trade.
        _ => return ProductStatus::Offline,
    }
    if product.is_disabled || product.trading_disabled {
        ProductStatus::Offline
    } else if product.view_only == Some(true) {
        ProductStatus::ViewOnly
    } else if product.cancel_only {
        ProductStatus::CancelOnly
    } else if product.auction_mode {
        ProductStatus::Auction
    } else if product.post_only {
        ProductStatus::PostOnly
    } else if product.limit_only {
        ProductStatus::LimitOnly
    } else {
        ProductStatus::Online
    }
}

#[cfg(test)]
mod tests;
