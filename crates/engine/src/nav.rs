//! What the account is worth.

use std::collections::BTreeMap;

use domain::planted::{Fault, planted};
use domain::{
    Asset, BaseQty, Lot, MarketView, ProductMarket, Purse, QuoteAmt, Regime, Tally, Timestamp, Usd,
};
use state::{Flows, State};

use crate::Engine;

/// How long a bid may be old to value a position, seconds.
const MARK_MAX_AGE_SECS: i64 = 60;

/// USD and USDC, free and held, plus each lot at the bid of a sound book that the feed vouched for
/// within the last minute. `None` when the account or a mark is missing: a worth is never guessed.
/// A gain that nobody has explained does not count yet; coins that are missing do not count any more.
///
/// Money counts as far as the books explain it: a venue that tells balances from before a fill would
/// have the dollars and the coins that they bought counted both. Before anything is booked, what is
/// there counts.
///
/// One USDC counts as one dollar or, when its market says less, as its bid.
pub fn nav(purses: &[Purse], lots: &[Lot], state: &State, market: &MarketView<'_>) -> Option<Usd> {
    if purses.is_empty() {
        return None;
    }
    let lots = lots.iter().map(|lot| (lot, market.get(&lot.product)));
    worth_of(&Money::counted(purses, state)?, lots, state.flows(), market)
}

/// The same from the money that counts, so that it need not be counted anew at each price, and lots beside
/// the markets of their products.
pub(crate) fn worth_of<'a>(
    money: &Money,
    lots: impl Iterator<Item = (&'a Lot, Option<&'a ProductMarket>)>,
    flows: &Flows,
    market: &MarketView<'_>,
) -> Option<Usd> {
    let mut sum = money.dollars;
    for (asset, amount) in &money.stable {
        sum = sum.plus(stable(*asset, *amount, market)?).ok()?;
    }
    // Only what is lost of assets that lost something.
    let mut missing: BTreeMap<Asset, BaseQty> = BTreeMap::new();
    let any_missing = flows.any_unexplained();
    let mut tally = Tally::default();
    for (lot, found) in lots {
        let lost = if any_missing { flows.missing(&lot.asset) } else { BaseQty::ZERO };
        let found = found?;
        let quote = found.quote.as_ref().filter(|q| q.fault().is_none())?;
        let vouched = found.quote_vouched?;
        if !planted(Fault::StaleMark) && vouched < market.now.plus_secs(-MARK_MAX_AGE_SECS) {
            return None;
        }
        let mut there = lot.qty;
        if !lost.is_zero() {
            let missing = missing.entry(lot.asset).or_insert(lost);
            let gone = lot.qty.min(*missing);
            *missing = missing.minus(gone).ok()?;
            there = lot.qty.minus(gone).ok()?;
        }
        tally.add(quote.bid, there).ok()?;
    }
    sum = sum.plus(tally.sum().ok()?.usd_at_par()).ok()?;
    if planted(Fault::DoubledNav) { sum.plus(sum).ok() } else { Some(sum) }
}

impl Engine {
    /// The weather and the account's worth at a moment, where they are known, without a decision.
    /// A regime that begins now is none yet: the next decision remembers it.
    pub fn standing(&mut self, now: Timestamp) -> (Regime, Option<Usd>) {
        self.markets.refresh();
        let mut memory = self.regime_memory;
        let btc = self.markets.benchmark();
        let reading = regime::classify(&self.settings.regime, btc, now, &mut memory);
        self.recount_lots();
        (reading.regime, self.worth(now))
    }
}

/// What counts of the purses that pay.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Money {
    /// In dollars.
    dollars: Usd,
    /// In what is meant to be worth as much.
    stable: Vec<(Asset, QuoteAmt)>,
}

impl Money {
    /// `None` where a number is out of range.
    pub(crate) fn counted(purses: &[Purse], state: &State) -> Option<Self> {
        let mut money = Self { dollars: Usd::ZERO, stable: Vec::new() };
        for purse in purses.iter().filter(|purse| purse.asset.is_dollars()) {
            let counted = counted_of(purse, state)?;
            if purse.asset.as_str() == "USD" {
                money.dollars = money.dollars.plus(counted.usd_at_par()).ok()?;
            } else {
                money.stable.push((purse.asset, counted));
            }
        }
        Some(money)
    }
}

/// What of a purse counts.
fn counted_of(purse: &Purse, state: &State) -> Option<QuoteAmt> {
    let (asset, flows) = (&purse.asset, state.flows());
    let there = purse.available.plus(purse.held).ok()?;
    let explained = if flows.is_empty() || planted(Fault::BelievesBalances) {
        there
    } else {
        there.min(QuoteAmt::new(state.booked(asset).ok()?.get()).ok()?)
    };
    explained.minus(QuoteAmt::new(flows.withheld(asset).get()).ok()?).ok()
}

fn stable(asset: Asset, amount: QuoteAmt, market: &MarketView<'_>) -> Option<Usd> {
    let product = format!("{asset}-USD").parse().ok()?;
    let bid = market.get(&product).and_then(|m| m.quote).map(|q| q.bid.get());
    match bid.filter(|bid| *bid < rust_decimal::Decimal::ONE) {
        Some(bid) => Usd::new(amount.get().checked_mul(bid)?).ok(),
        None => Some(amount.usd_at_par()),
    }
}
