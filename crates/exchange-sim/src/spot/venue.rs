//! The venue's face: what can be asked of it.

use std::collections::BTreeMap;

use domain::{Asset, BaseQty, Price, Product, ProductId, Timestamp};
use rust_decimal::Decimal;

use super::account::{Account, AccountNo, Profile};
use super::desk::Desk;
use super::ids::{Names, OrderId};
use super::log::{Change, Event, Lagged, Log, What};
use super::order::Order;
use super::play::Due;
use super::reason::{EditFailure, Reason};
use super::tape::{DayStats, Trade};
use super::terms::Terms;
use crate::ledger::Pocket;
use crate::market::Market;
use crate::venue::SimError;

/// A spot venue: its clock moves only by [`Venue::advance`], and nothing later than the clock can
/// be read from it.
#[derive(Debug, Clone)]
pub struct Venue {
    pub(crate) market: Market,
    pub(crate) now: Timestamp,
    pub(crate) terms: Terms,
    pub(crate) names: Names,
    pub(crate) accounts: Vec<Account>,
    /// All orders, oldest first.
    pub(crate) orders: Vec<Order>,
    pub(crate) by_id: BTreeMap<OrderId, usize>,
    /// Aligned with the market's products.
    pub(crate) desks: Vec<Desk>,
    /// The model's volume of each product and the hour it is of.
    pub(crate) volumes: Vec<(Timestamp, f64)>,
    pub(crate) log: Log,
    /// What is to be done at a time, in the order in which it was asked for.
    pub(crate) due: BTreeMap<(Timestamp, u64), Due>,
    /// The last number given to something that waits in line.
    pub(crate) line: u64,
    /// Fills so far, of all accounts.
    pub(crate) fill_count: u64,
}

/// A product as a text names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    /// Position of the product whose book it is.
    pub(crate) at: usize,
    /// The product as named.
    pub(crate) product: Product,
}

/// A product as the venue lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The product with its status now.
    pub product: Product,
    /// For an alias: the product whose book it has.
    pub alias: Option<ProductId>,
    /// The aliases of a product.
    pub alias_to: Vec<ProductId>,
    /// Whether nothing trades now although the status would allow it.
    pub halted: bool,
}

/// A taken order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The venue's name of it.
    pub order: OrderId,
    /// The name that its attached order will have.
    pub attached: Option<OrderId>,
    /// Whether it was there before: the client order id was used.
    pub existing: bool,
}

/// What an order would do if it came in now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// Value and fees of a buy, value less fees of a sale.
    pub order_total: Decimal,
    /// Fees, as of a taker for what would be taken and of a maker for what would rest.
    pub commission_total: Decimal,
    /// Base units.
    pub base_size: Decimal,
    /// Quote units, without fees.
    pub quote_size: Decimal,
    /// The touch.
    pub best_bid: Option<Price>,
    /// The touch.
    pub best_ask: Option<Price>,
    /// Average price of what would be taken at once.
    pub average_price: Option<Decimal>,
    /// How much worse that is than the touch, as a fraction.
    pub slippage: Decimal,
    /// Whether it uses everything that is free.
    pub is_max: bool,
    /// Why it would be refused; empty when it would be taken.
    pub errors: Vec<Reason>,
}

/// A change to an order, texts as a client wrote them. `size` is the new whole size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditDraft {
    /// The new limit price; a missing one is an invalid one.
    pub price: Option<String>,
    /// The new whole size, base units; a missing one is an invalid one.
    pub size: Option<String>,
    /// The new stop or trigger price, if it changes.
    pub stop_price: Option<String>,
}

/// What an edit would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditPreview {
    /// The order after the edit, as a new order of what is left.
    pub preview: Preview,
    /// Why the edit would be refused; empty when it would be taken.
    pub errors: Vec<EditFailure>,
}

/// The newest figures of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticker {
    /// Whose book.
    pub product: ProductId,
    /// The last trade.
    pub last: Option<Trade>,
    /// Best bid and its size.
    pub bid: Option<(Price, BaseQty)>,
    /// Best ask and its size.
    pub ask: Option<(Price, BaseQty)>,
    /// The last 24 hours.
    pub day: DayStats,
}

impl Venue {
    /// A venue at a moment, without accounts.
    ///
    /// # Errors
    /// [`SimError`]: the moment is outside the market, or a fee leaves nothing.
    pub fn new(
        market: impl Into<Market>,
        as_of: Timestamp,
        terms: Terms,
    ) -> Result<Self, SimError> {
        let mut market = market.into();
        market.prepare(as_of)?;
        if terms.tiers.first().is_none_or(|tier| !tier.from.is_zero()) {
            return Err(SimError::NoFeeTier);
        }
        for rate in terms.tiers.iter().flat_map(|tier| [tier.maker, tier.taker]) {
            if rate.get() >= Decimal::from(10_000) {
                return Err(SimError::Fee(rate));
            }
        }
        let desks: Vec<Desk> = market.products().iter().map(|p| Desk::new(p.status)).collect();
        Ok(Self {
            now: as_of,
            names: Names::new(terms.seed),
            accounts: Vec::new(),
            orders: Vec::new(),
            by_id: BTreeMap::new(),
            volumes: vec![(Timestamp::from_secs(0), 0.0); desks.len()],
            desks,
            log: Log::new(terms.log_capacity),
            due: BTreeMap::new(),
            line: 0,
            fill_count: 0,
            terms,
            market,
        })
    }

    /// Another market from now on, of the same products. It should say the same of what was: trades
    /// and fills so far stay, and bars are the new market's.
    ///
    /// # Errors
    /// [`SimError`]: a product that was not here, or is missing; the moment is outside the market.
    pub fn go_on_with(&mut self, market: impl Into<Market>) -> Result<(), SimError> {
        let mut market = market.into();
        market.prepare(self.now)?;
        let same = |a: &Product, b: &Product| a.id == b.id;
        let (old, new) = (self.market.products(), market.products());
        if let Some((_, other)) = old.iter().zip(new).find(|(a, b)| !same(a, b)) {
            return Err(SimError::UnknownProduct(other.id));
        }
        if let Some(one) = old.get(new.len()).or_else(|| new.get(old.len())) {
            return Err(SimError::UnknownProduct(one.id));
        }
        self.market = market;
        Ok(())
    }

    /// The venue's time.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// How it behaves.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`SimError::Ledger`] when an amount is negative or beyond exact decimals.
    pub fn open_account(&mut self, profile: Profile) -> Result<AccountNo, SimError> {
        let no = AccountNo(u32::try_from(self.accounts.len()).unwrap_or(u32::MAX));
        let funds = profile.funds.clone();
        self.accounts.push(Account::new(no, &self.names, profile, self.now));
        for (asset, amount) in funds {
            self.deposit(no, asset, amount)?;
        }
        Ok(no)
    }

    /// All accounts, by number.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// One account.
    ///
    /// # Errors
    /// [`SimError::UnknownAccount`].
    pub fn account(&self, no: AccountNo) -> Result<&Account, SimError> {
        let at = usize::try_from(no.0).unwrap_or(usize::MAX);
        self.accounts.get(at).ok_or(SimError::UnknownAccount(no.0))
    }

    /// Adds money or coins from outside.
    ///
    /// # Errors
    /// [`SimError::Ledger`] when the amount is negative or beyond exact decimals.
    pub fn deposit(
        &mut self,
        no: AccountNo,
        asset: Asset,
        amount: Decimal,
    ) -> Result<(), SimError> {
        let ledger = &mut self.account_mut(no)?.ledger;
        Ok(ledger.post(asset, Pocket::Outside, Pocket::Available, amount)?)
    }

    /// Takes free money or coins away.
    ///
    /// # Errors
    /// [`SimError::Ledger`] when there is less than that.
    pub fn withdraw(
        &mut self,
        no: AccountNo,
        asset: Asset,
        amount: Decimal,
    ) -> Result<(), SimError> {
        let ledger = &mut self.account_mut(no)?.ledger;
        Ok(ledger.post(asset, Pocket::Available, Pocket::Outside, amount)?)
    }

    /// What the books of all accounts are off by, in all currencies: zero, always.
    pub fn imbalance(&self) -> Decimal {
        let sum: Decimal = self.accounts.iter().map(|account| account.ledger.imbalance()).sum();
        sum.normalize()
    }

    /// One order, whoever's.
    pub fn order(&self, id: OrderId) -> Option<&Order> {
        self.by_id.get(&id).and_then(|at| self.orders.get(*at))
    }

    /// The orders of an account, newest first.
    ///
    /// # Errors
    /// [`SimError::UnknownAccount`].
    pub fn orders(&self, no: AccountNo) -> Result<impl Iterator<Item = &Order>, SimError> {
        let account = self.account(no)?;
        Ok(account.orders.iter().rev().filter_map(|at| self.orders.get(*at)))
    }

    /// The newest order with a client's name.
    ///
    /// # Errors
    /// [`SimError::UnknownAccount`].
    pub fn order_of(&self, no: AccountNo, client: &str) -> Result<Option<&Order>, SimError> {
        let at = self.account(no)?.by_client.get(client);
        Ok(at.and_then(|at| self.orders.get(*at)))
    }

    /// The number of the newest event, 0 before the first. A snapshot taken now is as of it.
    pub const fn last_event(&self) -> u64 {
        self.log.last()
    }

    /// Events after a number, oldest first.
    ///
    /// # Errors
    /// [`Lagged`] when some of them are forgotten.
    pub fn events(&self, after: u64) -> Result<impl Iterator<Item = &Event>, Lagged> {
        self.log.after(after)
    }

    pub(crate) fn account_mut(&mut self, no: AccountNo) -> Result<&mut Account, SimError> {
        let at = usize::try_from(no.0).unwrap_or(usize::MAX);
        self.accounts.get_mut(at).ok_or(SimError::UnknownAccount(no.0))
    }

    pub(crate) fn order_at(&self, at: usize) -> Result<&Order, SimError> {
        self.orders.get(at).ok_or(SimError::Lost("order"))
    }

    pub(crate) fn order_at_mut(&mut self, at: usize) -> Result<&mut Order, SimError> {
        self.orders.get_mut(at).ok_or(SimError::Lost("order"))
    }

    pub(crate) fn desk(&self, at: usize) -> Result<&Desk, SimError> {
        self.desks.get(at).ok_or(SimError::Lost("desk"))
    }

    pub(crate) fn desk_mut(&mut self, at: usize) -> Result<&mut Desk, SimError> {
        self.desks.get_mut(at).ok_or(SimError::Lost("desk"))
    }

    pub(crate) fn product(&self, at: usize) -> Result<&Product, SimError> {
        self.market.products().get(at).ok_or(SimError::Lost("product"))
    }

    /// The next number for something that waits in line.
    pub(crate) const fn next_in_line(&mut self) -> u64 {
        self.line += 1;
        self.line
    }

    /// Tells followers how an order is now.
    pub(crate) fn tell(&mut self, at: usize, change: Change) {
        if let Some(order) = self.orders.get_mut(at) {
            order.updated = self.now;
            let (account, order) = (order.account, Box::new(order.clone()));
            self.log.push(self.now, What::Order { account, change, order });
        }
    }
}
