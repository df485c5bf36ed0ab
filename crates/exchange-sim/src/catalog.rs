//! Which products exist and in which steps they trade.

use std::path::{Path, PathBuf};

use domain::{BaseQty, Product, ProductId, ProductStatus, QuoteAmt, TradingLimits};
use rust_decimal::Decimal;

use crate::wire;

/// Steps and bounds as Coinbase's public product list gave them in August 2026.
const EMBEDDED: &str = include_str!("increments.csv");

/// Why increments could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file is there and cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a product list.
    #[error("{origin}: {reason}")]
    Content {
        /// The file, or the name of the embedded table.
        origin: String,
        /// The place and what is wrong there.
        reason: String,
    },
}

/// Products with their increments, sorted by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    products: Vec<Product>,
}

impl Catalog {
    /// The embedded table: ninety USD products of Coinbase, all online.
    ///
    /// # Errors
    /// [`CatalogError::Content`] if the table does not parse; a test shows that it does.
    pub fn embedded() -> Result<Self, CatalogError> {
        let rows = EMBEDDED.lines().enumerate().skip(1);
        let products = rows
            .map(|(at, line)| {
                row(line).map_err(|reason| CatalogError::Content {
                    origin: "embedded increments".to_owned(),
                    reason: format!("line {}: {reason}", at + 1),
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::sorted(products))
    }

    /// A product list in Coinbase's JSON, `{"products": [...]}`; products that are not spot are
    /// left out.
    ///
    /// # Errors
    /// [`CatalogError::Content`] with `origin` and what is wrong: no JSON, a field missing, a
    /// number that is not exact, an increment of 0.
    pub fn from_json(origin: &str, text: &str) -> Result<Self, CatalogError> {
        let products = wire::products(text)
            .map_err(|reason| CatalogError::Content { origin: origin.to_owned(), reason })?;
        Ok(Self::sorted(products))
    }

    /// The embedded table, in which `products.json` of a data directory replaces what it lists.
    ///
    /// # Errors
    /// [`CatalogError`], with the file named, when `products.json` is there and unreadable.
    pub fn for_directory(dir: &Path) -> Result<Self, CatalogError> {
        let path = dir.join("products.json");
        let embedded = Self::embedded()?;
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let mut listed = Self::from_json(&path.display().to_string(), &text)?.products;
                // Stable sort and dedup keep the first of equal ids: the listed one.
                listed.extend(embedded.products);
                Ok(Self::sorted(listed))
            }
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(embedded),
            Err(source) => Err(CatalogError::File { path, source }),
        }
    }

    /// All products, sorted by id.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// One product, by binary search.
    pub fn get(&self, id: &ProductId) -> Option<&Product> {
        let at = self.products.binary_search_by(|p| p.id.cmp(id)).ok()?;
        self.products.get(at)
    }

    fn sorted(mut products: Vec<Product>) -> Self {
        products.sort_by_key(|p| p.id);
        products.dedup_by_key(|p| p.id);
        Self { products }
    }
}

fn row(line: &str) -> Result<Product, String> {
    let cells: Vec<&str> = line.split(',').collect();
    let [id, base, quote, price, base_min, base_max, quote_min, quote_max] = cells[..] else {
        return Err(format!("{} cells instead of 8", cells.len()));
    };
    let limits = Steps {
        base_increment: base,
        quote_increment: quote,
        price_increment: price,
        base_min,
        base_max,
        quote_min,
        quote_max,
    };
    product(id, &limits, ProductStatus::Online)
}

/// Steps and bounds as texts, before they are exact.
pub(crate) struct Steps<'a> {
    pub(crate) base_increment: &'a str,
    pub(crate) quote_increment: &'a str,
    pub(crate) price_increment: &'a str,
    pub(crate) base_min: &'a str,
    pub(crate) base_max: &'a str,
    pub(crate) quote_min: &'a str,
    pub(crate) quote_max: &'a str,
}

pub(crate) fn product(
    id: &str,
    steps: &Steps<'_>,
    status: ProductStatus,
) -> Result<Product, String> {
    let limits = TradingLimits {
        base_increment: increment(id, "base_increment", steps.base_increment)?,
        quote_increment: increment(id, "quote_increment", steps.quote_increment)?,
        price_increment: increment(id, "price_increment", steps.price_increment)?,
        base_min: BaseQty::parse(steps.base_min).map_err(|e| format!("{id} base_min: {e}"))?,
        base_max: BaseQty::parse(steps.base_max).map_err(|e| format!("{id} base_max: {e}"))?,
        quote_min: QuoteAmt::parse(steps.quote_min).map_err(|e| format!("{id} quote_min: {e}"))?,
        quote_max: QuoteAmt::parse(steps.quote_max).map_err(|e| format!("{id} quote_max: {e}"))?,
    };
    let id: ProductId = id.parse().map_err(|e| format!("{e}"))?;
    Product::new(id, limits, status).map_err(|e| e.to_string())
}

fn increment(id: &str, key: &str, text: &str) -> Result<Decimal, String> {
    match Decimal::from_str_exact(text) {
        Ok(step) if step > Decimal::ZERO => Ok(step.normalize()),
        Ok(_) => Err(format!("{id} {key}: {text:?} is not above 0")),
        Err(_) => Err(format!("{id} {key}: {text:?} is not an exact decimal number")),
    }
}
