//! What all tests share: values that are read from text, one product, one proposal.
#![allow(
    missing_docs,
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the benchmark uses a part of it too"
)]

mod facts;
mod world;

use domain::{
    Asset, BaseQty, Book, Entry, Evidence, Exit, ExitPlan, ExitReason, Granularity, IntentId,
    Level, LotId, Pct, PolicyHash, Price, Product, ProductId, ProductMarket, ProductStatus,
    QuoteAmt, Source, Tier, Timestamp, TradingLimits, Trigger, TriggerId, TriggerKind, Usd,
};
use proptest::test_runner::{Config as ProptestConfig, FileFailurePersistence};
use rust_decimal::Decimal;

pub use facts::*;
pub use world::*;

/// As many cases as the gate runs, or as `PROPTEST_CASES` says. What once failed is kept and tried
/// first.
pub fn cases() -> ProptestConfig {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions.txt");
    let asked = ProptestConfig::default();
    ProptestConfig {
        // 256 is what proptest says when nobody asked.
        cases: if asked.cases == 256 { 20_000 } else { asked.cases },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        ..asked
    }
}

/// 2026-01-05T12:00:00Z.
pub const T0: Timestamp = Timestamp::from_secs(1_767_614_400);

pub const PRODUCTS: [(&str, &str); 6] = [
    ("BTC-USD", "50000"),
    ("DOGE-USD", "0.1"),
    ("ETH-USD", "3000"),
    ("SOL-USD", "150"),
    ("UNI-USD", "8"),
    ("XRP-USD", "2"),
];

pub fn id(text: &str) -> ProductId {
    text.parse().unwrap()
}

pub fn asset(text: &str) -> Asset {
    text.parse().unwrap()
}

pub fn dec(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

pub fn pct(text: &str) -> Pct {
    Pct::parse(text).unwrap()
}

pub fn qty(text: &str) -> BaseQty {
    BaseQty::parse(text).unwrap()
}

pub fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

pub fn amount(text: &str) -> QuoteAmt {
    QuoteAmt::parse(text).unwrap()
}

pub fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

pub fn hash() -> PolicyHash {
    PolicyHash("p".into())
}

/// A book of five levels a side, 2 bps apart, each worth `per_level` dollars; spread 4 bps.
pub fn book(mid: Decimal, per_level: Decimal) -> Book {
    let level = |bps: i64| {
        let price = (mid * (Decimal::ONE + Decimal::new(bps, 4))).round_dp(8);
        let size = (per_level / price).round_dp(8);
        Level { price: Price::new(price).unwrap(), size: BaseQty::new(size).unwrap() }
    };
    let bids = (1..=5).map(|n| level(-2 * n)).collect();
    let asks = (1..=5).map(|n| level(2 * n)).collect();
    Book { bids, asks, at: T0, source: Source::Venue }
}

pub fn product(text: &str) -> Product {
    let limits = TradingLimits {
        base_increment: dec("0.00000001"),
        quote_increment: dec("0.01"),
        price_increment: dec("0.00000001"),
        base_min: qty("0.00000001"),
        base_max: qty("1000000000"),
        quote_min: amount("1"),
        quote_max: amount("10000000"),
    };
    Product::new(id(text), limits, ProductStatus::Online).unwrap()
}

pub fn market(text: &str, mid: &str) -> ProductMarket {
    let mut market = ProductMarket::unknown(product(text));
    market.set_book(book(dec(mid), dec("20000")), T0);
    market.candles_through = Some(T0);
    market.jump_5m_pct = Some(0.1);
    market.last_trade = Some((price(mid), T0));
    market
}

pub fn trigger(product: &str) -> Trigger {
    Trigger {
        id: TriggerId {
            product: id(product),
            kind: TriggerKind::Momentum,
            candle: T0.plus_secs(-3600),
        },
        granularity: Granularity::H1,
        fresh: true,
        move_pct: 7.8,
        strength: 0.78,
        confidence: 0.58,
        evidence: Evidence::Momentum { return_24h_pct: 7.8, hours_with_sign: 7, streak_hours: 0 },
    }
}

pub fn plan() -> ExitPlan {
    ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 }
}

pub fn entry(product: &str, size_pct: &str) -> Entry {
    let tier =
        if ["BTC-USD", "ETH-USD", "SOL-USD"].contains(&product) { Tier::T1 } else { Tier::T2 };
    Entry {
        product: id(product),
        tier,
        trigger: trigger(product),
        size_pct: pct(size_pct),
        conviction: 0.57,
        plan: plan(),
        reason: "Momentum up (+7.8% in 24h)".to_owned(),
    }
}

pub fn exit(product: &str, qty_: &str, cause: ExitReason) -> Exit {
    Exit {
        product: id(product),
        lot: LotId(IntentId(1)),
        qty: qty(qty_),
        cause,
        reason: "stop".to_owned(),
        bracket: None,
    }
}
