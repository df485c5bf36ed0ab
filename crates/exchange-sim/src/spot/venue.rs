//! The venue's face: what can be asked of it.

use std::collections::BTreeMap;

use domain::{
    Asset, Bar, Bars, BaseQty, Book, Price, Product, ProductId, ProductStatus, QuoteAmt, Side,
    Timestamp,
};
use rust_decimal::Decimal;

use super::account::{Account, AccountNo, Profile};
use super::desk::Desk;
use super::draft::Draft;
use super::fees::FeeStatus;
use super::ids::{Names, OrderId};
use super::log::{Event, Lagged, Log};
use super::order::Order;
use super::reason::{CancelFailure, EditFailure, Reason, Rejection};
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
    pub(crate) log: Log,
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
        let desk =
            |product: &Product| Desk { status: product.status, halted_until: None, watched: false };
        let desks = market.products().iter().map(desk).collect();
        Ok(Self {
            now: as_of,
            names: Names::new(terms.seed),
            accounts: Vec::new(),
            orders: Vec::new(),
            by_id: BTreeMap::new(),
            desks,
            log: Log::new(terms.log_capacity),
            terms,
            market,
        })
    }

    /// The venue's time.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// How it behaves.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Moves the clock: trades print, orders match, triggers wake, orders expire, delays end, each
    /// at its own time. Costs the bars and trades of products that are watched or have open
    /// orders, and nothing for others.
    ///
    /// # Errors
    /// [`SimError::Backwards`]; [`SimError::Seed`] beyond the market: the clock stays at the last
    /// midnight that could be played.
    pub fn advance(&mut self, to: Timestamp) -> Result<(), SimError> {
        if to < self.now {
            return Err(SimError::Backwards { now: self.now, to });
        }
        self.market.prepare(to)?;
        self.now = to;
        Ok(())
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

    /// Where an account stands in fees now.
    ///
    /// # Errors
    /// [`SimError::UnknownAccount`].
    pub fn fee_status(&self, no: AccountNo) -> Result<FeeStatus, SimError> {
        let volume = self.account(no)?.volume.prior;
        let tier = self.terms.tiers.first().cloned().ok_or(SimError::NoFeeTier)?;
        Ok(FeeStatus { tier, up_to: None, volume, fees: domain::Usd::ZERO })
    }

    /// What the books of all accounts are off by, in all currencies: zero, always.
    pub fn imbalance(&self) -> Decimal {
        self.accounts.iter().map(|account| account.ledger.imbalance()).sum()
    }

    /// All products, aliases after their products, with what they allow now.
    pub fn listings(&self) -> Vec<Listing> {
        let plain = |product: &Product| Listing {
            product: *product,
            alias: None,
            alias_to: Vec::new(),
            halted: false,
        };
        self.market.products().iter().map(plain).collect()
    }

    /// One product by its text, an alias allowed; `None` when there is none.
    pub fn listing(&self, product: &str) -> Option<Listing> {
        self.listings().into_iter().find(|listing| listing.product.id.as_str() == product)
    }

    /// Sets what a product allows. Delisting cancels its open orders; leaving an auction matches
    /// what crossed in it.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn set_status(
        &mut self,
        product: ProductId,
        status: ProductStatus,
    ) -> Result<(), SimError> {
        self.desk_mut(product)?.status = status;
        Ok(())
    }

    /// Halts a product until a time (or now, which ends a halt): nothing trades, orders are
    /// refused, cancels work.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn halt(&mut self, product: ProductId, until: Timestamp) -> Result<(), SimError> {
        self.desk_mut(product)?.halted_until = Some(until);
        Ok(())
    }

    /// Whether trades and book changes of a product go to the log. Watching costs work as the
    /// clock moves.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn watch(&mut self, product: ProductId, watched: bool) -> Result<(), SimError> {
        self.desk_mut(product)?.watched = watched;
        Ok(())
    }

    /// The book now: modelled levels around the last trade, less what was taken of them, with own
    /// resting orders. `None` in a halt and where there is no price.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn book(&self, product: ProductId) -> Result<Option<Book>, SimError> {
        let _ = self.position(product)?;
        Ok(None)
    }

    /// Last trade, touch and day figures.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn ticker(&self, product: ProductId) -> Result<Ticker, SimError> {
        let _ = self.position(product)?;
        Ok(Ticker { product, last: None, bid: None, ask: None, day: DayStats::default() })
    }

    /// The newest `limit` trades in `[from, to]`, newest first.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn trades(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> Result<Vec<Trade>, SimError> {
        let _ = (self.position(product)?, from, to, limit);
        Ok(Vec::new())
    }

    /// Closed bars within `[from, to]`, as [`crate::SimVenue::bars`] has them.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`], [`SimError::Bar`].
    pub fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Bars, SimError> {
        let at = self.position(product)?;
        let mut bars = Bars::with_capacity(self.market.granularity(at), 0);
        for bar in self.market.closed(at, from, to.min(self.now)) {
            bars.push(bar)?;
        }
        Ok(bars)
    }

    /// Buckets of `secs` seconds that start in `[from, to]`, oldest first, the unfinished one
    /// included as far as it has traded; buckets without trades are left out.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn candles(
        &self,
        product: ProductId,
        secs: i64,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Bar>, SimError> {
        let _ = (self.position(product)?, secs, from, to);
        Ok(Vec::new())
    }

    /// Takes an order or refuses it. Without a delay, what it takes is filled when this returns.
    ///
    /// # Errors
    /// [`Rejection`] in the inner result: nothing happened. [`SimError`] in the outer: no such
    /// account, or the venue's numbers left the exact range.
    pub fn create(
        &mut self,
        no: AccountNo,
        draft: Draft,
    ) -> Result<Result<Created, Rejection>, SimError> {
        let _ = (self.account(no)?, draft);
        Ok(Err(Reason::Configuration.into()))
    }

    /// What an order would do, without a client order id and without doing it.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn preview(&self, no: AccountNo, draft: &Draft) -> Result<Preview, SimError> {
        let _ = (self.account(no)?, draft);
        Ok(Preview::default())
    }

    /// Asks for a cancel. Without a delay it is done when this returns.
    ///
    /// # Errors
    /// [`CancelFailure`] in the inner result; [`SimError`] in the outer.
    pub fn cancel(
        &mut self,
        no: AccountNo,
        order: OrderId,
    ) -> Result<Result<(), CancelFailure>, SimError> {
        let _ = (self.account(no)?, order);
        Ok(Err(CancelFailure::Unknown))
    }

    /// Asks for another price and size. A smaller size at the same price keeps the place in line.
    ///
    /// # Errors
    /// [`EditFailure`] in the inner result; [`SimError`] in the outer.
    pub fn edit(
        &mut self,
        no: AccountNo,
        order: OrderId,
        edit: &EditDraft,
    ) -> Result<Result<(), EditFailure>, SimError> {
        let _ = (self.account(no)?, order, edit);
        Ok(Err(super::reason::EditReason::NotFound.into()))
    }

    /// What an edit would do.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub fn preview_edit(
        &self,
        no: AccountNo,
        order: OrderId,
        edit: &EditDraft,
    ) -> Result<EditPreview, SimError> {
        let _ = (self.account(no)?, order, edit);
        Ok(EditPreview::default())
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

    pub(crate) fn position(&self, product: ProductId) -> Result<usize, SimError> {
        self.market.position(&product).ok_or(SimError::UnknownProduct(product))
    }

    pub(crate) fn desk_mut(&mut self, product: ProductId) -> Result<&mut Desk, SimError> {
        let at = self.position(product)?;
        self.desks.get_mut(at).ok_or(SimError::UnknownProduct(product))
    }
}
