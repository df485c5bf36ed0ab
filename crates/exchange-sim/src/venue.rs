//! The venue: a market at a moment, and an account in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{
    Asset, Bars, Book, Bps, Fees, Fill, Gap, Granularity, IdError, IntentId, Level, NumError,
    Price, Product, ProductId, ProductStatus, Purse, QuoteAmt, Round, Side, Timestamp, Usd,
    quantize,
};
use rust_decimal::Decimal;

use crate::ledger::{Ledger, LedgerError, Pocket};
use crate::market::Market;
use crate::model_book::model_book;
use crate::order::{Order, OrderId};
use crate::seeded::SeedError;

/// A shorter silence of everything is a quiet market, not a gap.
const MIN_GAP_SECS: i64 = 300;

/// How an account starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Dollars in its USD purse.
    pub cash: Usd,
    /// What fills cost, each below 10,000 bps.
    pub fees: Fees,
}

impl Opening {
    /// 10,000 dollars, and Coinbase's entry tier of 2026: 60 bps for makers, 120 for takers.
    ///
    /// # Errors
    /// None in practice: the constants are valid, as a test shows.
    pub fn shipped() -> Result<Self, NumError> {
        Ok(Self {
            cash: Usd::new(Decimal::from(10_000))?,
            fees: Fees {
                maker_bps: Bps::new(Decimal::from(60))?,
                taker_bps: Bps::new(Decimal::from(120))?,
            },
        })
    }
}

/// Why the venue cannot go on. Refused orders are [`crate::Refusal`]s, not errors.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The seeded market does not reach there.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The clock only moves forward.
    #[error("the clock is at {now} and cannot go back to {to}")]
    Backwards {
        /// Where it is.
        now: Timestamp,
        /// Where it was to go.
        to: Timestamp,
    },
    /// A fee of the whole value or more.
    #[error("a fee of {0} bps leaves nothing")]
    Fee(Bps),
    /// Nothing is known about this product.
    #[error("{0} is not a product here")]
    UnknownProduct(ProductId),
    /// No such account.
    #[error("there is no account {0}")]
    UnknownAccount(u32),
    /// A venue without a fee tier that begins at 0.
    #[error("the first fee tier must begin at 0")]
    NoFeeTier,
    /// The venue's lists do not agree: a defect.
    #[error("the venue lost a {0}")]
    Lost(&'static str),
    /// No such order.
    #[error("there is no order {0}")]
    UnknownOrder(OrderId),
    /// Money that cannot be booked.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Beyond exact decimals.
    #[error(transparent)]
    Num(#[from] NumError),
    /// A currency without a valid name.
    #[error(transparent)]
    Id(#[from] IdError),
    /// A recorded bar that is none.
    #[error(transparent)]
    Bar(#[from] domain::BarError),
}

/// A simulated venue: its clock moves only by [`SimVenue::advance`], and nothing later than the
/// clock can be read from it.
#[derive(Debug, Clone)]
pub struct SimVenue {
    pub(crate) market: Market,
    pub(crate) now: Timestamp,
    pub(crate) fees: Fees,
    pub(crate) ledger: Ledger,
    pub(crate) orders: BTreeMap<OrderId, Order>,
    pub(crate) by_client: BTreeMap<IntentId, OrderId>,
    pub(crate) open: BTreeSet<OrderId>,
    pub(crate) fills: Vec<Fill>,
    /// What own orders took from the modelled book since the bar that ended then.
    pub(crate) taken: BTreeMap<(ProductId, Side), (Timestamp, Decimal)>,
    /// How often something was taken.
    pub(crate) takes: u64,
}

impl SimVenue {
    /// A venue at a moment, with an account that has only cash.
    ///
    /// # Errors
    /// [`SimError`]: the moment is outside the market, or the opening is not possible.
    pub fn new(
        market: impl Into<Market>,
        as_of: Timestamp,
        opening: Opening,
    ) -> Result<Self, SimError> {
        let mut market = market.into();
        market.prepare(as_of)?;
        payable(opening.fees)?;
        let mut venue = Self {
            market,
            now: as_of,
            fees: opening.fees,
            ledger: Ledger::default(),
            orders: BTreeMap::new(),
            by_client: BTreeMap::new(),
            open: BTreeSet::new(),
            fills: Vec::new(),
            taken: BTreeMap::new(),
            takes: 0,
        };
        venue.deposit("USD".parse()?, opening.cash.get())?;
        Ok(venue)
    }

    /// The venue's time.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Its products with their status now, sorted by id. In a halt they can only be cancelled.
    pub fn products(&self) -> Vec<Product> {
        let halted = self.market.halted(self.now);
        let with_status = |product: &Product| {
            let online = product.status == ProductStatus::Online;
            let status = if halted && online { ProductStatus::CancelOnly } else { product.status };
            Product { status, ..*product }
        };
        self.market.products().iter().map(with_status).collect()
    }

    /// Which of them are of one of these assets.
    pub fn products_of(&self, assets: &[Asset]) -> impl Iterator<Item = ProductId> {
        let own = self.market.products().iter().filter(|product| assets.contains(&product.base));
        own.map(|product| product.id)
    }

    /// Products with recorded bars and without known increments, sorted by id.
    pub fn unknown_products(&self) -> &[ProductId] {
        self.market.unknown()
    }

    /// The length of a product's bars.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn granularity(&self, product: ProductId) -> Result<Granularity, SimError> {
        Ok(self.market.granularity(self.position(product)?))
    }

    /// The closed bars of a product that lie within `[from, to]`.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`], and [`SimError::Bar`] should the market break D-04.
    pub fn bars(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Bars, SimError> {
        let at = self.position(product)?;
        if let Market::Recorded(market) = &self.market
            && let Some(bars) = market.series(at)
        {
            return Ok(bars.part(bars.position(from)..bars.closed_len(to.min(self.now))));
        }
        let granularity = self.market.granularity(at);
        let closed = self.market.closed(at, from, to.min(self.now));
        let room = (to.min(self.now).secs_since(from) / granularity.secs()).clamp(0, 1 << 20);
        let mut bars = Bars::with_capacity(granularity, usize::try_from(room).unwrap_or(0));
        for bar in closed {
            bars.push(bar)?;
        }
        Ok(bars)
    }

    /// The bars of a product from a moment on, shared and not copied where the market is a record: then
    /// they are all of it, and those that are not closed by [`Self::now`] have not happened yet.
    ///
    /// # Errors
    /// As [`Self::bars`].
    pub fn history(&self, product: ProductId, from: Timestamp) -> Result<Arc<Bars>, SimError> {
        if let Market::Recorded(market) = &self.market
            && let Some(bars) = market.shared(self.position(product)?)
        {
            return Ok(Arc::clone(bars));
        }
        Ok(Arc::new(self.bars(product, from, self.now)?))
    }

    /// Has bars of many products brought near that will be read soon, each by the position of its product
    /// and its own; nothing is told of them.
    pub fn fetch(&self, rows: impl Iterator<Item = (usize, usize)>) {
        if let Market::Recorded(market) = &self.market {
            market.fetch(rows);
        }
    }

    /// The closed bars of a product that lie within `[from, to]`, as one; `None` when it has none.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn span(
        &self,
        product: ProductId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Option<domain::Bar>, SimError> {
        let at = self.position(product)?;
        if let Market::Recorded(market) = &self.market {
            return Ok(market.merged(at, from, to.min(self.now)));
        }
        let closed = self.market.closed(at, from, to.min(self.now));
        Ok(closed.reduce(|bars, later| bars.merged(&later)))
    }

    /// The same for the product at a position of [`Self::products`], for one who asks for later and
    /// later spans: `next` is kept for it, and is 0 at first.
    pub fn next_span(
        &self,
        at: usize,
        next: &mut usize,
        from: Timestamp,
        to: Timestamp,
    ) -> Option<domain::Bar> {
        if let Market::Recorded(market) = &self.market {
            return market.next_merged(at, next, from, to.min(self.now));
        }
        let closed = self.market.closed(at, from, to.min(self.now));
        closed.reduce(|bars, later| bars.merged(&later))
    }

    /// The spans within `[from, to]`, and not after the clock, in which nothing traded anywhere. A
    /// silence that is not over yet is one once it has lasted five minutes: whether it will is not
    /// known before.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let to = to.min(self.now);
        let known = |gap: &Gap| gap.to.min(self.now).secs_since(gap.from) >= MIN_GAP_SECS;
        let cut = |gap: Gap| Gap { from: gap.from.max(from), to: gap.to.min(to) };
        self.market.gaps(from, to).into_iter().filter(known).map(cut).collect()
    }

    /// The last price and when its bar ended, rounded to the price increment (the nearer one).
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn last_price(&self, product: ProductId) -> Result<Option<(Price, Timestamp)>, SimError> {
        let at = self.position(product)?;
        let (Some((close, end)), Some(product)) = (self.last(at), self.market.products().get(at))
        else {
            return Ok(None);
        };
        let price = quantize(close, product.limits.price_increment, Round::Nearest)?;
        Ok(Some((Price::new(price)?, end)))
    }

    /// Quote volume of the last 24 closed hours: hourly volume × hourly close.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn quote_volume_24h(&self, product: ProductId) -> Result<f64, SimError> {
        let at = self.position(product)?;
        Ok(self.market.quote_volume_24h(at, self.now))
    }

    /// The book that was told, or the modelled one as of now around the last price, less what own orders took since the last
    /// bar. `None` in a halt, before the first bar, and where the model has none.
    ///
    /// # Errors
    /// [`SimError::UnknownProduct`].
    pub fn book(&self, product: ProductId) -> Result<Option<Book>, SimError> {
        let at = self.position(product)?;
        if self.market.halted(self.now) {
            return Ok(None);
        }
        let (Some((close, end)), Some(terms)) = (self.last(at), self.market.products().get(at))
        else {
            return Ok(None);
        };
        let book = match &self.market {
            Market::Live(live) => live.book(product).cloned(),
            Market::Seeded(_) | Market::Recorded(_) => {
                let volume = self.market.quote_volume_24h(at, self.now);
                model_book(terms, close, volume, self.now)
            }
        };
        let Some(mut book) = book else { return Ok(None) };
        let taken = |side: Side| match self.taken.get(&(product, side)) {
            Some((when, qty)) if *when == end => *qty,
            _ => Decimal::ZERO,
        };
        reduce(&mut book.asks, taken(Side::Buy))?;
        reduce(&mut book.bids, taken(Side::Sell))?;
        Ok((book.fault().is_none()).then_some(book))
    }

    /// Free and held money, one purse for each currency that ever moved, coins included, sorted.
    ///
    /// # Errors
    /// [`SimError::Num`] beyond exact decimals.
    pub fn balances(&self) -> Result<Vec<Purse>, SimError> {
        Ok(self.ledger.purses()?)
    }

    /// How often money moved: the same number, the same [balances](Self::balances).
    pub const fn moves(&self) -> u64 {
        self.ledger.moves()
    }

    /// The account's fee rates.
    pub const fn fees(&self) -> Fees {
        self.fees
    }

    /// Fees paid so far in a currency.
    ///
    /// # Errors
    /// [`SimError::Num`] beyond exact decimals.
    pub fn fees_paid(&self, asset: &Asset) -> Result<QuoteAmt, SimError> {
        Ok(QuoteAmt::new(self.ledger.fees(asset))?)
    }

    /// What the books of the account are off by, in all currencies: zero, always.
    pub fn imbalance(&self) -> Decimal {
        self.ledger.imbalance()
    }

    /// Adds money or coins from outside.
    ///
    /// # Errors
    /// [`SimError::Ledger`] when the amount is negative or beyond exact decimals.
    pub fn deposit(&mut self, asset: Asset, amount: Decimal) -> Result<(), SimError> {
        let ledger = &mut self.ledger;
        Ok(ledger.post(asset, Pocket::Outside, Pocket::Available, amount)?)
    }

    pub(crate) fn position(&self, product: ProductId) -> Result<usize, SimError> {
        let at = self.market.position(&product);
        at.ok_or(SimError::UnknownProduct(product))
    }

    /// The last close and the end of its bar; of a live market the middle of its book, and when
    /// that changed.
    pub(crate) fn last(&self, at: usize) -> Option<(f64, Timestamp)> {
        if let Market::Live(live) = &self.market {
            let book = live.book(live.products().get(at)?.id)?;
            let (bid, ask) = (book.bids.first()?.price, book.asks.first()?.price);
            return Some((f64::midpoint(domain::to_signal(bid), domain::to_signal(ask)), book.at));
        }
        // A book needs volume within 24 hours, so an older price is of no use.
        let from = self.now.plus_secs(-2 * 86_400);
        let bar = self.market.closed(at, from, self.now).next_back()?;
        let end = bar.start.plus_secs(self.market.granularity(at).secs());
        Some((bar.close, end))
    }
}

/// That a fee leaves something of what it is taken from.
pub(crate) fn payable(fees: Fees) -> Result<(), SimError> {
    let mut rates = [fees.maker_bps, fees.taker_bps].into_iter();
    match rates.find(|rate| rate.get() >= Decimal::from(10_000)) {
        Some(rate) => Err(SimError::Fee(rate)),
        None => Ok(()),
    }
}

/// Takes a quantity off the best levels.
pub(crate) fn reduce(side: &mut Vec<Level>, mut qty: Decimal) -> Result<(), NumError> {
    while qty > Decimal::ZERO {
        let Some(best) = side.first_mut() else {
            return Ok(());
        };
        let size = best.size.get();
        if size > qty {
            best.size = domain::BaseQty::new(size - qty)?;
            return Ok(());
        }
        qty -= size;
        side.remove(0);
    }
    Ok(())
}
