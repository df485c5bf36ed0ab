//! What the records say of an account's money: the state, and what values it.

use std::collections::BTreeMap;

use config::Config;
use domain::{
    Bracket, Fact, LotId, Price, ProductId, Protector, Timestamp, TradingLimits, remembered,
};
use execution::Orders;
use state::{State, Trade};
use store::{Records, Scope};

use crate::Failure;
use crate::cli::{ScopeArgs, Since};
use crate::orders::folded;
use crate::status::scope;

/// An account as its records have it.
pub(crate) struct Holdings {
    pub(crate) scope: Scope,
    pub(crate) state: State,
    /// The newest recorded bid of each product, with the time it was recorded for.
    pub(crate) marks: BTreeMap<ProductId, (Price, Timestamp)>,
    /// Own orders, by which it is told who protects a lot.
    orders: Orders,
    /// Steps and minimums of products, as far as they are on record.
    limits: BTreeMap<ProductId, TradingLimits>,
}

impl Holdings {
    /// Reads the records that flags and configuration name; also beside a running process.
    pub(crate) fn read(args: &ScopeArgs) -> Result<Self, Failure> {
        let config = Config::load(&args.config)?;
        let scope = scope(&config, args)?;
        let records = Records::read(&config.app.data_dir, &scope)?;
        let facts: Vec<Fact> = remembered(records.facts()?).collect();
        let (mut marks, mut limits) = (BTreeMap::new(), BTreeMap::new());
        for fact in &facts {
            if let Fact::Marks(seen) = fact {
                marks.extend(seen.marks.iter().map(|mark| (mark.product, (mark.bid, seen.at))));
            } else if let Fact::Market(seen) = fact {
                limits.insert(seen.market.product.id, seen.market.product.limits);
            }
        }
        Ok(Self { scope, state: State::of(&facts), marks, orders: folded(&facts), limits })
    }

    /// The time of the newest fact: the records speak of no later one.
    pub(crate) fn now(&self) -> Timestamp {
        self.state.as_of().unwrap_or(Timestamp::from_secs(0))
    }

    /// Trades that were opened from a moment on; all where none is given.
    pub(crate) fn trades(&self, since: Option<Since>) -> Vec<Trade> {
        let since = since.map(|since| since.from(self.now()));
        let mut trades = self.state.ledger().trades();
        trades.retain(|trade| since.is_none_or(|since| trade.opened >= since));
        trades
    }

    /// Who sells a lot at its stop, and with an order at the venue its number and prices.
    pub(crate) fn protector(&self, lot: LotId) -> (Protector, Option<Bracket>) {
        match self.orders.bracket(lot) {
            Some((intent, order)) if order.state().is_at_venue() => {
                (Protector::Venue { intent }, order.sent().bracket())
            }
            Some(_) => (Protector::Nobody, None),
            None if self.orders.protection().is_bare(lot) => (Protector::Nobody, None),
            None => (Protector::Engine, None),
        }
    }

    /// What a unit could be sold for, as it was recorded last.
    pub(crate) fn bid(&self, product: &ProductId) -> Option<Price> {
        self.marks.get(product).map(|(bid, _)| *bid)
    }

    /// Whether a trade's rest is less than its venue sells; `None` where the records do not say.
    pub(crate) fn is_dust(&self, trade: &Trade) -> Option<bool> {
        let limits = self.limits.get(&trade.product)?;
        Some(trade.is_dust(limits, self.bid(&trade.product)?))
    }
}
