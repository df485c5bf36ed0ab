//! What must hold after every event, by the venue's own truth.

use std::collections::BTreeMap;

use domain::{Asset, Fact, IntentFact, ProductId};
use engine::Engine;
use rust_decimal::Decimal;

use super::base;
use super::disk::Disk;
use super::faults::Fault;
use super::world::World;

/// What marks of different seconds may make of a cap: a twentieth.
const TOLERANCE: Decimal = Decimal::from_parts(105, 0, 0, false, 2);

/// What is worth less can be too little for the venue's least order, dollars.
const DUST: Decimal = Decimal::TWO;

fn asset(id: &ProductId) -> Option<Asset> {
    id.base().parse().ok()
}

fn share(points: Decimal) -> Decimal {
    points / Decimal::ONE_HUNDRED
}

impl World {
    /// with what is held, live and under way at the venue, an entry stays in its caps.
    pub(crate) fn hold_caps(&mut self, sent: &IntentFact) {
        let policy = base::policy();
        let own = self.market.position(&sent.product);
        let (mut total, mut same) = (Decimal::ZERO, Decimal::ZERO);
        for place in 0..self.coins.len() {
            let held = self.coins.get(place).copied().unwrap_or_default();
            let buys = self.orders.iter().filter(|o| o.product == place && o.is_buy());
            let own_buys = buys.filter(|order| order.intent.is_some() && order.may_fill());
            let live: Decimal = own_buys.map(|order| order.worst(order.left())).sum();
            let stake = held * self.market.bid(place) + live;
            total += stake;
            if Some(place) == own {
                same = stake;
            }
        }
        let held = self.coins.iter().enumerate();
        let worth: Decimal = held.map(|(place, held)| held * self.market.bid(place)).sum();
        let nav = (self.cash + worth) * TOLERANCE;
        let mine = sent.worst_case.get();
        let caps = &policy.caps;
        let caps = [
            ("R-02", same + mine, caps.max_position_pct),
            ("R-03", total + mine, caps.max_total_pct),
        ];
        for (id, stake, cap) in caps {
            if stake > share(cap.get()) * nav && !self.promises_broken() {
                let text = format!("intent {} makes it {stake} of {nav}", sent.intent.0);
                self.violated(id, &text);
            }
        }
    }

    /// Whether anything is held that could be sold.
    pub(crate) fn holds_more_than_dust(&self) -> bool {
        let held = self.coins.iter().enumerate();
        let mut worth = held.map(|(place, held)| held * self.market.bid(place));
        worth.any(|usd| usd > DUST)
    }

    /// Whether an order at the venue protects a lot.
    pub(crate) fn protects(&self) -> bool {
        self.orders.iter().any(|order| order.rests() && order.bracket().is_some())
    }

    /// A lot has one seller at a time: the order at the venue that protects it, or the program.
    fn check_sellers(&mut self, engine: &Engine) {
        let mut sellers = BTreeMap::new();
        for (intent, order) in engine.orders().live() {
            let Some(lot) = order.lot() else { continue };
            if let Some(other) = sellers.insert(lot, intent) {
                let text = format!("lot {}: {} and {}", lot.0.0, other.0, intent.0);
                if !self.promises_broken() {
                    self.violated("protector", &text);
                }
            }
        }
    }

    /// Whether the venue of this run says what is not so.
    pub(crate) fn promises_broken(&self) -> bool {
        self.rates.any(Fault::breaks_a_promise)
    }

    /// Everything that must hold between two events, beside what each fact and each request is held
    /// against.
    pub(crate) fn check(&mut self, engine: &Engine) {
        self.tallies.events += 1;
        let numbers = (engine.state().fact_number(), self.disk.state.fact_number());
        if numbers.0 != numbers.1 {
            self.violated("S-07", &format!("{} facts remembered, {} kept", numbers.0, numbers.1));
        }
        self.check_sellers(engine);
        let orders = &self.orders;
        self.unsettled.retain(|at| orders.get(*at).is_some_and(|order| !order.is_settled()));
        for place in 0..self.coins.len() {
            let Some(id) = self.market.ids().get(place).copied() else { continue };
            let Some(asset) = asset(&id) else { continue };
            self.check_position(engine, place, &asset);
            self.check_reserved(engine, place, &asset);
        }
    }

    /// L-01: the ledger is the sum of the fills on record.
    fn check_position(&mut self, engine: &Engine, place: usize, asset: &Asset) {
        let known = self.disk.positions.get(place).copied().unwrap_or_default();
        let ledger = engine.state().ledger();
        let net = ledger.net(asset).map(domain::Amount::get).ok();
        let held = ledger.position(asset).map(domain::BaseQty::get).ok();
        if net != Some(known) || held != Some(known) {
            let text = format!("{asset} is {held:?} in the ledger, {known} by its fills");
            self.violated("L-01", &text);
        }
    }

    /// whatever may still fill, or has filled and is not known, is reserved.
    fn check_reserved(&mut self, engine: &Engine, place: usize, asset: &Asset) {
        let exposure = engine.exposure();
        let buys = exposure.live_buys(asset).map_or(Decimal::ZERO, domain::QuoteAmt::get);
        let sells = exposure.live_sells(asset).map_or(Decimal::ZERO, domain::BaseQty::get);
        let (mut worst, mut selling) = (Decimal::ZERO, Decimal::ZERO);
        let unsettled = self.unsettled.iter().filter_map(|at| self.orders.get(*at));
        for order in unsettled.filter(|order| order.product == place) {
            let most = if order.may_fill() { order.qty } else { order.filled };
            let open = most - order.known;
            if order.is_buy() {
                worst += order.worst(open);
            } else {
                selling += open;
            }
        }
        if (worst > buys || selling > sells) && !self.promises_broken() {
            let text = format!(
                "{asset}: {worst} may be bought and {selling} sold, {buys} and {sells} reserved"
            );
            self.violated("R-13", &text);
        }
    }

    /// S-07, L-02: what is remembered is what the records come to when they are folded anew, and
    /// what moved comes to nothing.
    pub(crate) fn check_fold(&mut self, engine: &Engine) {
        let folded = match Disk::folded(&self.disk.facts) {
            Ok(folded) => folded,
            Err(error) => return self.violated("S-07", &error),
        };
        if folded.state != self.disk.state || folded.state != *engine.state() {
            self.violated("S-07", "the records come to another state");
        }
        if folded.exposure != *engine.exposure() || engine.exposure().recounted() != folded.exposure
        {
            self.violated("S-07", "the records come to another exposure");
        }
        let states = |orders: &execution::Orders| -> Vec<_> {
            orders.all().map(|(id, order)| (id, order.state(), order.filled())).collect()
        };
        if states(&folded.orders) != states(engine.orders()) {
            self.violated("S-07", "the records come to other orders");
        }
        match folded.state.entries() {
            Ok(entries) => {
                for entry in entries {
                    let mut sums = std::collections::BTreeMap::new();
                    for posting in &entry.postings {
                        *sums.entry(posting.asset).or_insert(Decimal::ZERO) += posting.amount.get();
                    }
                    if sums.values().any(|sum| !sum.is_zero()) {
                        self.violated("L-02", &format!("{} does not balance", entry.of));
                    }
                }
            }
            Err(error) => self.violated("L-02", &error.to_string()),
        }
        let doubts = engine.state().ledger().doubts().count();
        if doubts > 0 {
            self.violated("L-05", &format!("{doubts} things are not understood"));
        }
    }

    /// What must be so in the end: nothing open, nothing unknown, and the ledger is the account.
    pub(crate) fn check_end(&mut self, engine: &Engine) {
        let live = engine.orders().live().count();
        let open = self.orders.iter().filter(|order| order.may_fill()).count();
        if live > 0 || open > 0 {
            self.violated("C-02", &format!("{live} orders are live, {open} at the venue"));
        }
        if !engine.is_reconciled() {
            let found = self.disk.facts.iter().rev().find_map(|fact| {
                if let Fact::Reconciled(found) = fact { Some(&found.findings) } else { None }
            });
            let found = format!("{found:?}");
            self.violated("L-04", &format!("records and venue differ: {found}"));
        }
        for place in 0..self.coins.len() {
            let Some(id) = self.market.ids().get(place).copied() else { continue };
            let Some(asset) = asset(&id) else { continue };
            let there = self.coins.get(place).copied().unwrap_or_default();
            let net = engine.state().ledger().net(&asset).map(domain::Amount::get).ok();
            if net != Some(there) {
                self.violated("L-01", &format!("{asset}: {net:?} in the ledger, {there} there"));
            }
            if there * self.market.bid(place) > DUST {
                self.violated("exits", &format!("{there} {asset} is not sold below its stop"));
            }
        }
        if let Ok(usd) = "USD".parse() {
            let booked = engine.state().booked(&usd).map(domain::Amount::get).ok();
            let cash = self.cash;
            if booked != Some(cash) {
                self.violated("L-02", &format!("{booked:?} dollars booked, {cash} there"));
            }
        }
        self.check_intents(engine);
        self.check_fold(engine);
    }

    /// O-01: every order at the venue has one intent, and what has none there is proved to be none.
    fn check_intents(&mut self, engine: &Engine) {
        let mut wrong = Vec::new();
        for (intent, order) in engine.orders().all() {
            let place = self.by_intent.get(&intent.0);
            let truth = place.and_then(|place| self.orders.get(*place));
            let there = truth.filter(|truth| truth.created.is_some());
            let state = order.state();
            match there {
                Some(truth) if order.filled().get() != truth.filled => {
                    wrong.push(format!("intent {} filled {}", intent.0, order.filled()));
                }
                Some(_) if !state.is_end() && !self.promises_broken() => {
                    wrong.push(format!("intent {} is {}, and was there", intent.0, state.as_str()));
                }
                None if state.is_end() => {
                    wrong.push(format!("intent {} is {}, and was not", intent.0, state.as_str()));
                }
                Some(_) | None => {}
            }
        }
        for text in wrong {
            self.violated("O-01", &text);
        }
    }
}
