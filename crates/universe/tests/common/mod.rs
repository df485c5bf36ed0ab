//! Markets that pass every test, to be spoiled one thing at a time.
#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of it"
)]

use domain::{
    Absent, BaseQty, Exclusion, Features, Granularity, HourFeatures, Price, Product, ProductId,
    ProductMarket, ProductStatus, Quote, QuoteAmt, Regime, Source, Timestamp, TradingLimits,
    Universe,
};
use rust_decimal::Decimal;
use universe::{Memory, Policy, select};

/// 2026-01-05T12:00:00Z.
pub const T0: Timestamp = Timestamp::from_secs(1_767_614_400);

pub fn id(text: &str) -> ProductId {
    text.parse().unwrap()
}

pub fn market(text: &str) -> ProductMarket {
    let step = Decimal::new(1, 2);
    let limits = TradingLimits {
        base_increment: step,
        quote_increment: step,
        price_increment: step,
        base_min: BaseQty::parse("0.01").unwrap(),
        base_max: BaseQty::parse("1000").unwrap(),
        quote_min: QuoteAmt::parse("1").unwrap(),
        quote_max: QuoteAmt::parse("1000000").unwrap(),
    };
    let size = BaseQty::parse("10").unwrap();
    let mut market =
        ProductMarket::unknown(Product::new(id(text), limits, ProductStatus::Online).unwrap());
    market.quote = Some(Quote {
        bid: Price::parse("99.95").unwrap(),
        bid_size: Some(size),
        ask: Price::parse("100.05").unwrap(),
        ask_size: Some(size),
        at: T0,
        source: Source::Venue,
    });
    market.spread_bps = Some(10.0);
    market.depth_20bps = Some(1e6);
    market.quote_vouched = Some(T0);
    market.book_changed = Some(T0);
    market.candles_through = Some(T0);
    market
}

pub fn features(text: &str, quote_volume_24h: f64) -> Features {
    Features {
        product: id(text),
        revision: 1,
        granularity: Granularity::M5,
        closed_hours: 336,
        hour: Some(hour(quote_volume_24h)),
        previous_hour: None,
        slot: None,
        previous_slot: None,
    }
}

fn hour(quote_volume_24h: f64) -> HourFeatures {
    let none = Err(Absent::InsufficientHistory);
    HourFeatures {
        start: T0.plus_secs(-3600),
        traded: true,
        close: 100.0,
        previous_close: none,
        volume: 1.0,
        return_1h_pct: none,
        quote_volume_24h: Ok(quote_volume_24h),
        trend_168h_pct: none,
        volatility_168h_pct: none,
        whole_168h: true,
        outlier: Err(Absent::InsufficientHistory),
        atr_14: none,
        atr_ratio: none,
        volume_ratio: none,
        high_24h_before: none,
        high_168h_before: none,
        return_24h_pct: none,
        up_hours_12: 0,
        down_hours_12: 0,
        momentum_streak_hours: None,
        swing: Err(Absent::InsufficientHistory),
    }
}

/// A policy, a catalog and its features at one moment.
pub struct Scene {
    pub policy: Policy,
    pub products: Vec<ProductMarket>,
    pub features: Vec<Features>,
    pub regime: Regime,
    pub memory: Memory,
    pub now: Timestamp,
}

impl Scene {
    /// Products with their quote volumes, in any order.
    pub fn new(policy: Policy, volumes: &[(&str, f64)]) -> Self {
        let mut volumes = volumes.to_vec();
        volumes.sort_by_key(|(text, _)| id(text));
        Self {
            policy,
            products: volumes.iter().map(|(text, _)| market(text)).collect(),
            features: volumes.iter().map(|(text, v)| features(text, *v)).collect(),
            regime: Regime::Chop,
            memory: Memory::default(),
            now: T0,
        }
    }

    pub fn product(&mut self, text: &str) -> &mut ProductMarket {
        let product = id(text);
        self.products.iter_mut().find(|market| market.product.id == product).unwrap()
    }

    pub fn features(&mut self, text: &str) -> &mut Features {
        let product = id(text);
        self.features.iter_mut().find(|features| features.product == product).unwrap()
    }

    pub fn set_volume(&mut self, text: &str, volume: Result<f64, Absent>) {
        let features = self.features(text);
        features.hour.as_mut().unwrap().quote_volume_24h = volume;
    }

    /// Time passes, and the feed keeps up with it.
    pub fn advance(&mut self, secs: i64) {
        self.now = self.now.plus_secs(secs);
        for market in &mut self.products {
            market.quote_vouched = Some(self.now);
            market.candles_through = Some(self.now);
        }
    }

    pub fn select(&mut self) -> Universe {
        let mut out = Universe::default();
        select(
            &self.policy,
            self.now,
            &self.products,
            &self.features,
            self.regime,
            &mut self.memory,
            &mut out,
        );
        out
    }

    /// Why a product is out now; `None` when it is in.
    pub fn fate(&mut self, text: &str) -> Option<Exclusion> {
        let (out, product) = (self.select(), id(text));
        let excluded = out.excluded.iter().find(|(other, _)| *other == product);
        assert_ne!(excluded.is_some(), out.member(&product).is_some(), "{text}");
        excluded.map(|(_, why)| *why)
    }
}
