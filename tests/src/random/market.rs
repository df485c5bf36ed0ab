//! A random market: mostly sound, now and then everything that can be wrong with one.

use domain::{
    BaseQty, Book, Level, Price, Product, ProductMarket, ProductStatus, Source, Tier, Timestamp,
    TradingLimits,
};
use rust_decimal::Decimal;

use super::dice::Dice;

/// What is traded: product, tier, first price in cents.
const PRODUCTS: [(&str, Tier, i64); 8] = [
    ("ADA-USD", Tier::T1, 90),
    ("BTC-USD", Tier::T1, 4_415_000),
    ("DOGE-USD", Tier::T2, 30),
    ("ETH-USD", Tier::T1, 235_000),
    ("LINK-USD", Tier::T2, 1_300),
    ("SOL-USD", Tier::T1, 12_000),
    ("UNI-USD", Tier::T2, 700),
    ("XRP-USD", Tier::T3, 200),
];

/// One product's walk.
#[derive(Debug)]
struct Walk {
    tier: Tier,
    /// In hundredths of a cent.
    mid: i64,
}

/// All of them, sorted by product.
#[derive(Debug)]
pub(super) struct Markets {
    walks: Vec<Walk>,
    pub(super) all: Vec<ProductMarket>,
}

impl Markets {
    pub(super) fn new() -> Option<Self> {
        let (mut walks, mut all) = (Vec::new(), Vec::new());
        for (id, tier, cents) in PRODUCTS {
            let limits = TradingLimits {
                base_increment: Decimal::new(1, 8),
                quote_increment: Decimal::new(1, 2),
                price_increment: Decimal::new(1, 4),
                base_min: BaseQty::new(Decimal::new(1, 8)).ok()?,
                base_max: BaseQty::new(Decimal::new(1_000_000, 0)).ok()?,
                quote_min: "1".parse().ok()?,
                quote_max: "10000000".parse().ok()?,
            };
            let product = Product::new(id.parse().ok()?, limits, ProductStatus::Online).ok()?;
            walks.push(Walk { tier, mid: cents * 100 });
            all.push(ProductMarket::unknown(product));
        }
        Some(Self { walks, all })
    }

    pub(super) fn tier(&self, at: usize) -> Tier {
        self.walks.get(at).map_or(Tier::T3, |walk| walk.tier)
    }

    /// Moves every price, and breaks something in some of them.
    pub(super) fn step(&mut self, now: Timestamp, dice: &mut Dice) {
        for (walk, market) in self.walks.iter_mut().zip(&mut self.all) {
            walk.mid = (walk.mid + walk.mid * dice.between(-60, 60) / 10_000).max(1_000);
            let half = if dice.chance(60) { dice.between(20, 90) } else { dice.between(1, 6) };
            let value = if dice.chance(60) { dice.between(2, 300) } else { 40_000 };
            let book = book(walk.mid, half, value, now);
            market.product.status =
                if dice.chance(15) { ProductStatus::PostOnly } else { ProductStatus::Online };
            let age = if dice.chance(40) { dice.between(6, 90) } else { dice.between(0, 4) };
            let Some(mut book) = book else { continue };
            if dice.chance(15) {
                core::mem::swap(&mut book.bids, &mut book.asks);
            }
            market.set_book(book, now.plus_secs(-age));
            let longest = if dice.chance(20) { 200 } else { 50 };
            market.book_changed = Some(now.plus_secs(-dice.between(0, longest)));
            let lag = if dice.chance(20) { 900 } else { 100 };
            market.candles_through = Some(now.plus_secs(-lag));
            let jump = if dice.chance(20) { 12.5 } else { 0.4 };
            market.jump_5m_pct = Some(jump);
            market.last_trade = market.quote.map(|quote| (quote.bid, now.plus_secs(-age)));
        }
    }
}

/// Five levels a side around a middle in hundredths of a cent, `half` basis points from it to each
/// touch; each level is worth `value` dollars.
fn book(mid: i64, half: i64, value: i64, at: Timestamp) -> Option<Book> {
    let level = |bps: i64| -> Option<Level> {
        let price = Decimal::new(mid, 4).checked_mul(Decimal::new(10_000 + bps, 4))?.round_dp(4);
        let size = Decimal::new(value, 0).checked_div(price)?.round_dp(8);
        Some(Level { price: Price::new(price).ok()?, size: BaseQty::new(size).ok()? })
    };
    let side = |sign: i64| (0..5).map(|n| level(sign * (half + 2 * n))).collect::<Option<Vec<_>>>();
    let (mut bids, mut asks) = (side(-1)?, side(1)?);
    bids.dedup_by_key(|level| level.price);
    asks.dedup_by_key(|level| level.price);
    Some(Book { bids, asks, at, source: Source::Venue })
}
