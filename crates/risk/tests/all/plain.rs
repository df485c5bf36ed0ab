//! A scene in plain numbers, from which facts, markets and proposals are made.

use crate::common::*;
use domain::{Entry, ExitReason, Fact, Pct, Proposal, Purse, QuoteAmt, Side, Timestamp, Usd};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// A scene in plain numbers, from which facts and markets are made.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    /// Dollars held of each product.
    pub(crate) held: Vec<u32>,
    /// Dollars of live buys and of live sales: product and value.
    pub(crate) buys: Vec<(usize, u32)>,
    pub(crate) sells: Vec<(usize, u32)>,
    pub(crate) available: u32,
    pub(crate) held_by_venue: u32,
    /// Dollars on each level of each book.
    pub(crate) level: Vec<u32>,
    /// Seconds since each quote was vouched for.
    pub(crate) age: Vec<i64>,
    pub(crate) nav: u32,
    pub(crate) total: u32,
    pub(crate) position: u32,
    pub(crate) cluster: u32,
    pub(crate) tier: u32,
    pub(crate) order: u32,
    pub(crate) proposals: Vec<Wish>,
}

#[derive(Debug, Clone)]
pub(crate) struct Wish {
    product: usize,
    centi_pct: u32,
    conviction: f64,
    exit: bool,
    hour: i64,
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..PRODUCTS.len(), 1..700_u32, 0.3..1.0_f64, prop::bool::weighted(0.2), 0..3_i64).prop_map(
        |(product, centi_pct, conviction, exit, hour)| Wish {
            product,
            centi_pct,
            conviction,
            exit,
            hour,
        },
    )
}

pub(crate) fn plain() -> impl Strategy<Value = Plain> {
    let n = PRODUCTS.len();
    let holdings = prop::collection::vec(prop_oneof![3 => Just(0), 1 => 1..600_u32], n);
    let live = || prop::collection::vec((0..n, 1..300_u32), 0..3);
    let levels = prop::collection::vec(prop_oneof![1 => 1..500_u32, 3 => 500..50_000_u32], n);
    let ages = prop::collection::vec(prop_oneof![9 => 0..5_i64, 1 => 0..70_i64], n);
    let money = (prop_oneof![1 => 0..500_u32, 3 => 500..20_000_u32], 0..400_u32, 100..30_000_u32);
    let caps = (5..50_u32, 1..20_u32, 1..30_u32, 1..50_u32, 20..2_000_u32);
    let wishes = prop::collection::vec(wish(), 1..6);
    (holdings, live(), live(), levels, ages, money, caps, wishes).prop_map(
        |(held, buys, sells, level, age, (available, held_by_venue, nav), caps, proposals)| {
            let (total, position, cluster, tier, order) = caps;
            Plain {
                held,
                buys,
                sells,
                available,
                held_by_venue,
                level,
                age,
                nav,
                total,
                position: position.min(total),
                cluster,
                tier,
                order,
                proposals,
            }
        },
    )
}

fn pct_of(whole: u32) -> Pct {
    Pct::new(whole.into()).unwrap()
}

pub(crate) fn base(dollars: u32, mid: &str) -> String {
    (Decimal::from(dollars) / dec(mid)).round_dp(8).to_string()
}

impl Plain {
    /// Everything long ago, so that pacing has forgotten it.
    fn long_ago() -> Timestamp {
        T0.plus_secs(-200_000)
    }

    fn facts(&self) -> Vec<Fact> {
        let (mut facts, mut number) = (Vec::new(), 0);
        for ((name, mid), dollars) in PRODUCTS.iter().zip(&self.held) {
            number += 1;
            if *dollars > 0 {
                facts.extend(position(number, name, &base(*dollars, mid), mid, Self::long_ago()));
            }
        }
        for (side, orders) in [(Side::Buy, &self.buys), (Side::Sell, &self.sells)] {
            for (at, dollars) in orders {
                number += 1;
                let (name, mid) = PRODUCTS[*at];
                facts.push(order(number, side, name, &base(*dollars, mid), mid, Self::long_ago()));
            }
        }
        facts
    }

    pub(crate) fn world(&self) -> World {
        let mut world = World::good();
        let policy = &mut world.policy;
        policy.pacing.spacing_secs = 0;
        policy.pacing.symbol_spacing_secs = 0;
        policy.pacing.adds_per_asset_and_day = 3;
        (policy.pacing.trades_per_hour, policy.pacing.trades_per_day) = (12, 12);
        policy.positions.max_new_positions_per_cycle = 5;
        policy.caps.max_total_pct = pct_of(self.total);
        policy.caps.max_position_pct = pct_of(self.position);
        for cap in policy.caps.clusters_pct.values_mut() {
            *cap = pct_of(self.cluster);
        }
        let tier = pct_of(self.tier);
        policy.caps.tiers_pct = risk::PerTier { t1: tier, t2: tier, t3: tier };
        policy.orders.max_order_usd = Usd::new(self.order.into()).unwrap();
        let quote = |dollars: u32| QuoteAmt::new(dollars.into()).unwrap();
        let (available, held) = (quote(self.available), quote(self.held_by_venue));
        world.purses = vec![Purse { asset: asset("USD"), available, held }];
        world.nav = Some(Usd::new(self.nav.into()).unwrap());
        world.facts = self.facts();
        for (at, (name, mid)) in PRODUCTS.iter().enumerate() {
            let market = world.market(name);
            let vouched = T0.plus_secs(-self.age[at]);
            market.set_book(book(dec(mid), self.level[at].into()), vouched);
        }
        world
    }

    pub(crate) fn proposals(&self) -> Vec<Proposal> {
        self.proposals.iter().map(Wish::proposal).collect()
    }
}

impl Wish {
    fn proposal(&self) -> Proposal {
        let (name, mid) = PRODUCTS[self.product];
        if self.exit {
            let dollars = base(self.centi_pct, mid);
            return Proposal::Exit(exit(name, &dollars, ExitReason::StopLoss));
        }
        let size = Decimal::new(self.centi_pct.into(), 2).to_string();
        let mut entry: Entry = entry(name, &size);
        entry.conviction = self.conviction;
        entry.trigger.id.candle = T0.plus_secs(-3600 * self.hour);
        Proposal::Entry(entry)
    }
}
