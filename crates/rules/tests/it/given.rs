//! Small worlds to decide in.

use domain::{
    Absent, BaseQty, Confirmations, Evidence, ExitPlan, Features, Granularity, HourFeatures,
    IntentId, Lot, LotId, MarketView, Member, Mode, Pct, Price, PriceMoveRow, Product, ProductId,
    ProductMarket, ProductStatus, Quote, QuoteAmt, Regime, Source, Tier, Timestamp, TradingLimits,
    Trigger, TriggerId, TriggerKind, Universe, Usd,
};
use rules::Context;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_702_058_400);

pub(crate) fn product(name: &str) -> ProductId {
    name.parse().unwrap()
}

pub(crate) fn pct(text: &str) -> Pct {
    Pct::parse(text).unwrap()
}

pub(crate) fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

pub(crate) fn evidence(kind: TriggerKind, move_pct: f64) -> Evidence {
    match kind {
        TriggerKind::PriceMove => Evidence::PriceMove {
            return_15m_pct: move_pct / 2.0,
            return_60m_pct: move_pct,
            row: PriceMoveRow::Both,
        },
        TriggerKind::VolumeSpike => {
            Evidence::VolumeSpike { volume_ratio: 2.4, return_1h_pct: move_pct }
        }
        TriggerKind::Breakout => Evidence::Breakout {
            close: 101.0,
            high_24h_before: 100.0,
            high_168h_before: Some(100.5),
            atr_14: 1.5,
            volume_ratio: 1.6,
        },
        TriggerKind::Reversal => Evidence::Reversal {
            close: 106.0,
            low: 100.0,
            low_hours_ago: 3,
            high_before: 112.0,
            recovery_pct: move_pct,
            confirmations: Confirmations {
                above_vwap: true,
                higher_low: true,
                rsi_crossed_up: true,
                bounced: false,
            },
        },
        TriggerKind::Momentum => {
            Evidence::Momentum { return_24h_pct: move_pct, hours_with_sign: 7, streak_hours: 0 }
        }
    }
}

pub(crate) fn trigger(name: &str, kind: TriggerKind, move_pct: f64) -> Trigger {
    Trigger {
        id: TriggerId { product: product(name), kind, candle: NOW.plus_secs(-3600) },
        granularity: Granularity::H1,
        fresh: true,
        move_pct,
        strength: 0.78,
        confidence: 7.0 / 12.0,
        evidence: evidence(kind, move_pct),
    }
}

pub(crate) fn features(name: &str, volatility: Result<f64, Absent>) -> Features {
    let none = Err(Absent::InsufficientHistory);
    let hour = HourFeatures {
        start: NOW.plus_secs(-3600),
        traded: true,
        close: 100.0,
        previous_close: none,
        volume: 1.0,
        return_1h_pct: none,
        quote_volume_24h: none,
        trend_168h_pct: none,
        volatility_168h_pct: volatility,
        whole_168h: true,
        outlier: Err(Absent::NoVolume),
        atr_14: Ok(2.0),
        atr_ratio: none,
        volume_ratio: none,
        high_24h_before: none,
        high_168h_before: none,
        return_24h_pct: none,
        up_hours_12: 7,
        down_hours_12: 5,
        momentum_streak_hours: None,
        swing: Err(Absent::InsufficientHistory),
    };
    Features {
        product: product(name),
        revision: 1,
        granularity: Granularity::M5,
        closed_hours: 336,
        hour: Some(hour),
        previous_hour: None,
        slot: None,
        previous_slot: None,
    }
}

pub(crate) fn quote(bid: &str, ask: &str) -> Quote {
    let size = BaseQty::parse("10").unwrap();
    Quote {
        bid: price(bid),
        bid_size: Some(size),
        ask: price(ask),
        ask_size: Some(size),
        at: NOW,
        source: Source::Venue,
    }
}

pub(crate) fn market(name: &str, quote: Option<Quote>) -> ProductMarket {
    let limits = TradingLimits {
        base_increment: "0.00000001".parse().unwrap(),
        quote_increment: "0.01".parse().unwrap(),
        price_increment: "0.01".parse().unwrap(),
        base_min: BaseQty::parse("0.001").unwrap(),
        base_max: BaseQty::parse("1000000").unwrap(),
        quote_min: QuoteAmt::parse("1").unwrap(),
        quote_max: QuoteAmt::parse("1000000").unwrap(),
    };
    let product = Product::new(product(name), limits, ProductStatus::Online).unwrap();
    let mut market = ProductMarket::unknown(product);
    market.quote = quote;
    market
}

pub(crate) fn member(name: &str, tier: Tier, regime_factor: f64) -> Member {
    Member {
        product: product(name),
        tier,
        quote_volume_24h: 5e6,
        spread_bps: 5.0,
        depth_20bps: 5e4,
        regime_factor,
    }
}

/// A lot of 2 units at 100, stop 8 %, target 15 %, 72 hours, just opened, best bid as paid.
pub(crate) fn lot() -> Lot {
    Lot {
        id: LotId(IntentId(7)),
        product: product("HBAR-USD"),
        asset: "HBAR".parse().unwrap(),
        qty: BaseQty::parse("2").unwrap(),
        average_price: price("100"),
        opened: NOW,
        plan: ExitPlan { stop_pct: pct("8"), target_pct: pct("15"), max_hold_hours: 72 },
        best_bid: price("100"),
    }
}

/// Everything a [`Context`] borrows, with one product: HBAR-USD in T2, chop, $10,000.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) mode: Mode,
    pub(crate) regime: Regime,
    pub(crate) universe: Universe,
    pub(crate) candidates: Vec<Trigger>,
    pub(crate) features: Vec<Features>,
    pub(crate) sizing_nav: Option<Usd>,
    pub(crate) products: Vec<ProductMarket>,
    pub(crate) min_order_usd: Usd,
}

impl World {
    pub(crate) fn with(candidate: Trigger) -> Self {
        let name = candidate.id.product;
        Self {
            mode: Mode::DryRun,
            regime: Regime::Chop,
            universe: Universe {
                members: vec![member(name.as_str(), Tier::T2, 0.8)],
                excluded: Vec::new(),
            },
            candidates: vec![candidate],
            features: vec![features(name.as_str(), Ok(60.0))],
            sizing_nav: Some(Usd::parse("10000").unwrap()),
            products: vec![market(name.as_str(), Some(quote("99.99", "100.01")))],
            min_order_usd: Usd::parse("1").unwrap(),
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            now: NOW,
            mode: self.mode,
            regime: self.regime,
            universe: &self.universe,
            candidates: &self.candidates,
            features: &self.features,
            lots: &[],
            sizing_nav: self.sizing_nav,
            market: MarketView { now: NOW, products: &self.products },
            min_order_usd: self.min_order_usd,
        }
    }
}
