//! What can be said about a catalog before any market moves.

use domain::{Exclusion, ProductId, ProductMarket, Tier, Timestamp};

use crate::{Flag, Method, Policy};

/// A catalog seen through a policy: one slot for each product, in the same order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) slots: Vec<Slot>,
    /// Names of the policy that the catalog lacks, sorted.
    pub(crate) absent: Vec<ProductId>,
}

#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) product: ProductId,
    pub(crate) place: Place,
    pub(crate) flagged_until: Option<Timestamp>,
    pub(crate) event_until: Option<Timestamp>,
}

/// Where a product stands by name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Out for good.
    Barred(Exclusion),
    /// The static method names no tier for it.
    Unlisted,
    /// The static method's tier.
    Listed(Tier),
    /// Volume decides.
    Ranked,
}

impl Plan {
    pub(crate) fn new(policy: &Policy, flags: &[Flag], products: &[ProductMarket]) -> Self {
        let slot = |market: &ProductMarket| {
            let product = market.product.id;
            let banned = policy.flags.iter().chain(flags);
            let banned = banned.filter(|flag| flag.product == product);
            let events = policy.events.iter();
            let events = events.filter(|event| event.product == product);
            Slot {
                product,
                place: place(policy, &product, products),
                flagged_until: banned.map(|flag| flag.until).max(),
                event_until: events.map(|event| event.until).max(),
            }
        };
        let mut absent = match policy.method {
            Method::Static => policy.symbols(),
            Method::Dynamic => policy.events.iter().map(|event| event.product).collect(),
        };
        absent.sort_unstable();
        absent.dedup();
        absent.retain(|product| !has(products, product));
        Self { slots: products.iter().map(slot).collect(), absent }
    }

    /// Whether this plan is about exactly these products.
    pub(crate) fn fits(&self, products: &[ProductMarket]) -> bool {
        self.slots.len() == products.len()
            && self
                .slots
                .iter()
                .zip(products)
                .all(|(slot, market)| slot.product == market.product.id)
    }
}

fn place(policy: &Policy, product: &ProductId, products: &[ProductMarket]) -> Place {
    let is_base = |asset: &domain::Asset| asset.as_str() == product.base();
    if policy.stablecoins.iter().any(is_base) {
        return Place::Barred(Exclusion::Stablecoin);
    }
    if policy.exclusions.contains(product) || is_alias(policy, product, products) {
        return Place::Barred(Exclusion::Excluded);
    }
    if policy.method == Method::Dynamic {
        return Place::Ranked;
    }
    let awaited = policy.events.iter().any(|event| event.product == *product);
    match policy.symbols.tier_of(product) {
        Some(tier) => Place::Listed(tier),
        None if awaited => Place::Listed(Tier::T3),
        None => Place::Unlisted,
    }
}

/// Whether its quote is none of the policy's, or the catalog has the same base in a preferred one.
fn is_alias(policy: &Policy, product: &ProductId, products: &[ProductMarket]) -> bool {
    for quote in &policy.quotes {
        if quote.as_str() == product.quote() {
            return false;
        }
        let twin = format!("{}-{quote}", product.base()).parse();
        if twin.is_ok_and(|twin| has(products, &twin)) {
            return true;
        }
    }
    true
}

fn has(products: &[ProductMarket], product: &ProductId) -> bool {
    let found = products.binary_search_by(|market| market.product.id.cmp(product));
    found.is_ok()
}
