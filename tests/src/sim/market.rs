//! Prices that move enough for everything to happen within a few hours.

use domain::{
    Bar, Bars, BaseQty, Book, Granularity, Level, Price, Product, ProductId, ProductStatus, Source,
    Timestamp, TradingLimits,
};
use rust_decimal::Decimal;

use crate::random::dice::Dice;

/// What is traded.
const PRODUCTS: [&str; 4] = ["BTC-USD", "DOGE-USD", "ETH-USD", "LINK-USD"];
/// Five minutes.
pub(crate) const SLOT_SECS: i64 = 300;
const HOURS: i64 = 340;
/// Where prices begin, in cents.
const FIRST: i64 = 10_000;

/// A closed slot of every product.
pub(crate) type Slot = (Timestamp, Vec<(ProductId, Bar)>);

/// The prices of all products, in cents.
#[derive(Debug)]
pub(crate) struct Market {
    ids: Vec<ProductId>,
    mids: Vec<i64>,
    /// Open, high and low of the slot under way.
    under_way: Vec<[i64; 3]>,
    /// The most that a price moves in a step, in hundredths of a percent.
    wild: i64,
    slot: Timestamp,
    pub(crate) closed: Vec<Slot>,
}

/// The products, sorted by id.
pub(crate) fn products() -> Option<Vec<Product>> {
    let limits = TradingLimits {
        base_increment: Decimal::new(1, 4),
        quote_increment: Decimal::new(1, 2),
        price_increment: Decimal::new(1, 2),
        base_min: BaseQty::new(Decimal::new(1, 4)).ok()?,
        base_max: BaseQty::new(Decimal::new(1_000_000, 0)).ok()?,
        quote_min: "1".parse().ok()?,
        quote_max: "10000000".parse().ok()?,
    };
    let product = |id: &&str| Product::new(id.parse().ok()?, limits, ProductStatus::Online).ok();
    PRODUCTS.iter().map(product).collect()
}

/// Two calm weeks before a moment, each product with its own phase.
pub(crate) fn history(at: i64, now: Timestamp) -> Option<Bars> {
    let slots = HOURS * 12;
    let from = now.plus_secs(-HOURS * 3600);
    let mut bars = Bars::with_capacity(Granularity::M5, usize::try_from(slots).ok()?);
    let mut before = 100.0;
    for slot in 0..slots {
        let wave = ((slot * 7 + at * 13) % 24 - 12).abs();
        // The last close is where the prices of the run begin.
        let close = if slot == slots - 1 { 100.0 } else { 100.0 + 0.02 * wave as f64 };
        let (high, low) = (f64::max(before, close) + 0.05, f64::min(before, close) - 0.05);
        let start = from.plus_secs(slot * SLOT_SECS);
        bars.push(Bar { start, open: before, high, low, close, volume: 10_000.0 }).ok()?;
        before = close;
    }
    Some(bars)
}

fn dollars(cents: i64) -> f64 {
    cents as f64 / 100.0
}

impl Market {
    pub(crate) fn new(now: Timestamp, dice: &mut Dice) -> Self {
        let ids: Vec<ProductId> = PRODUCTS.iter().filter_map(|id| id.parse().ok()).collect();
        let wild = dice.between(4, 40);
        Self {
            mids: vec![FIRST; ids.len()],
            under_way: vec![[FIRST; 3]; ids.len()],
            ids,
            wild,
            slot: now.floor_secs(SLOT_SECS),
            closed: Vec::new(),
        }
    }

    pub(crate) fn ids(&self) -> &[ProductId] {
        &self.ids
    }

    pub(crate) fn position(&self, id: &ProductId) -> Option<usize> {
        self.ids.iter().position(|known| known == id)
    }

    /// The touch, in cents.
    pub(crate) fn touch(&self, at: usize) -> (i64, i64) {
        let mid = self.mids.get(at).copied().unwrap_or(FIRST);
        (mid - 1, mid + 1)
    }

    /// The bid.
    pub(crate) fn bid(&self, at: usize) -> Decimal {
        Decimal::new(self.touch(at).0, 2)
    }

    /// Moves time on, and every price once.
    pub(crate) fn step(&mut self, to: Timestamp, dice: &mut Dice, calm: bool) {
        while self.slot.plus_secs(SLOT_SECS) <= to {
            self.close(dice);
        }
        for at in 0..self.mids.len() {
            let wild = if calm { 0 } else { self.wild };
            let mut bps = dice.between(-wild, wild);
            if !calm && dice.chance(8) {
                bps += dice.between(-250, 250);
            }
            self.move_by(at, bps);
        }
    }

    /// Every price falls by so many hundredths of a percent.
    pub(crate) fn fall(&mut self, bps: i64) {
        for at in 0..self.mids.len() {
            self.move_by(at, -bps);
        }
    }

    fn move_by(&mut self, at: usize, bps: i64) {
        let Some(mid) = self.mids.get_mut(at) else { return };
        *mid = (*mid + *mid * bps / 10_000).clamp(2_000, 50_000);
        if let Some([_, high, low]) = self.under_way.get_mut(at) {
            (*high, *low) = ((*high).max(*mid), (*low).min(*mid));
        }
    }

    fn close(&mut self, dice: &mut Dice) {
        let mut bars = Vec::with_capacity(self.ids.len());
        for ((id, mid), way) in self.ids.iter().zip(&self.mids).zip(&mut self.under_way) {
            let [open, high, low] = *way;
            let bar = Bar {
                start: self.slot,
                open: dollars(open),
                high: dollars(high),
                low: dollars(low),
                close: dollars(*mid),
                volume: 10_000.0 * dice.between(1, 3) as f64,
            };
            bars.push((*id, bar));
            *way = [*mid; 3];
        }
        self.closed.push((self.slot, bars));
        self.slot = self.slot.plus_secs(SLOT_SECS);
    }

    /// The book of a product.
    pub(crate) fn book(&self, at: usize, now: Timestamp) -> Option<Book> {
        let (bid, ask) = self.touch(at);
        let level = |cents: i64| {
            let (price, size) = (Decimal::new(cents, 2), Decimal::from(1_000));
            Some(Level { price: Price::new(price).ok()?, size: BaseQty::new(size).ok()? })
        };
        let bids = [bid, bid - 4, bid - 9].into_iter().map(level).collect::<Option<_>>()?;
        let asks = [ask, ask + 4, ask + 9].into_iter().map(level).collect::<Option<_>>()?;
        Some(Book { bids, asks, at: now, source: Source::Venue })
    }
}
