//! The venue and what belongs to its users: portfolios and conversions.

use std::collections::BTreeMap;

use domain::{ProductId, ProductStatus, Timestamp};
use exchange_sim::SimError;
use exchange_sim::spot::{
    AccountNo, Configuration, Draft, Fields, Kind, Listing, Order, Profile, Venue,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::error::ServeError;

/// A person with portfolios, of which each is an account of the venue.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) portfolios: Vec<Portfolio>,
}

#[derive(Debug, Clone)]
pub(crate) struct Portfolio {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) default: bool,
    pub(crate) deleted: bool,
    pub(crate) account: AccountNo,
}

/// A conversion that was quoted, and committed or not.
#[derive(Debug, Clone)]
pub(crate) struct Conversion {
    pub(crate) account: AccountNo,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) amount: Decimal,
    pub(crate) quoted: Timestamp,
    pub(crate) done: bool,
}

/// Everything that requests read and change, behind one lock.
#[derive(Debug)]
pub(crate) struct Floor {
    pub(crate) venue: Venue,
    pub(crate) users: Vec<User>,
    pub(crate) conversions: BTreeMap<String, Conversion>,
    watched: BTreeMap<ProductId, usize>,
}

impl Floor {
    pub(crate) const fn new(venue: Venue) -> Self {
        Self { venue, users: Vec::new(), conversions: BTreeMap::new(), watched: BTreeMap::new() }
    }

    /// A new user with one portfolio; its place among the users.
    pub(crate) fn admit(&mut self, profile: Profile) -> Result<usize, SimError> {
        let portfolio = self.open(profile, true)?;
        let id = self.venue.account(portfolio.account)?.user;
        self.users.push(User { id, portfolios: vec![portfolio] });
        Ok(self.users.len() - 1)
    }

    /// Another portfolio of a user.
    pub(crate) fn add_portfolio(&mut self, user: usize, name: &str) -> Result<Portfolio, SimError> {
        let profile = Profile { name: name.to_owned(), ..Profile::default() };
        let portfolio = self.open(profile, false)?;
        if let Some(user) = self.users.get_mut(user) {
            user.portfolios.push(portfolio.clone());
        }
        Ok(portfolio)
    }

    fn open(&mut self, profile: Profile, default: bool) -> Result<Portfolio, SimError> {
        let name = profile.name.clone();
        let account = self.venue.open_account(profile)?;
        let id = self.venue.account(account)?.portfolio;
        Ok(Portfolio { id, name, default, deleted: false, account })
    }

    /// The account that a user's keys are bound to.
    pub(crate) fn account_of(&self, user: usize) -> Result<AccountNo, SimError> {
        let portfolio = self.users.get(user).and_then(|user| user.portfolios.first());
        let missing = SimError::UnknownAccount(u32::try_from(user).unwrap_or(u32::MAX));
        portfolio.map(|portfolio| portfolio.account).ok_or(missing)
    }

    /// A product that clients can see and trade or once could; a delisted one is gone from
    /// everything but the list.
    pub(crate) fn live(&self, product: &str) -> Option<Listing> {
        let listing = self.venue.listing(product)?;
        (listing.product.status != ProductStatus::Delisted).then_some(listing)
    }

    /// The product whose book a product has: itself, or what it is an alias of.
    pub(crate) fn book_of(&self, product: &str) -> Option<ProductId> {
        let listing = self.live(product)?;
        Some(listing.alias.unwrap_or(listing.product.id))
    }

    /// Somebody more, or less, follows a product.
    pub(crate) fn follow(&mut self, product: ProductId, more: bool) -> Result<(), SimError> {
        let count = self.watched.entry(product).or_insert(0);
        let before = *count;
        *count = if more { before + 1 } else { before.saturating_sub(1) };
        match (before, *count) {
            (0, 1) => self.venue.watch(product, true),
            (1, 0) => self.venue.watch(product, false),
            _ => Ok(()),
        }
    }

    /// An order that the owner of the first account placed by other means.
    pub(crate) fn foreign_order(&mut self, product: &str, quote: &str) -> Result<(), ServeError> {
        let account = self.account_of(0)?;
        let fields = Fields { quote_size: Some(quote.to_owned()), ..Fields::default() };
        let count = self.venue.orders(account)?.count();
        let draft = Draft {
            client_order_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &count.to_be_bytes()).to_string(),
            product_id: product.to_owned(),
            side: Some(domain::Side::Buy),
            configurations: vec![Configuration { kind: Kind::MarketIoc, fields }],
            attached: None,
        };
        if let Err(refused) = self.venue.create(account, draft)? {
            tracing::warn!(%refused, "the scenario's order was refused");
        }
        Ok(())
    }
}

/// Whether an order is too young to be listed.
pub(crate) fn is_hidden(order: &Order, lag: Option<i64>, now: Timestamp) -> bool {
    lag.is_some_and(|secs| now < order.created.plus_secs(secs))
}
