//! Whether what is on record adds up to what the venue holds, for each asset.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Amount, Asset, Fact, NumError, Purse, remembered};
use rust_decimal::Decimal;
use serde::Serialize;
use state::State;

/// Money differs by less than this through rounding alone.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// One asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Sum {
    /// Which.
    pub(crate) asset: Asset,
    /// What the records come to, with what is to be appended.
    pub(crate) records: Decimal,
    /// Of that: changes that were seen and that nobody has explained.
    pub(crate) unexplained: Decimal,
    /// What the venue holds, free and held back together.
    pub(crate) venue: Decimal,
    /// Whether both are the same, with or without the unexplained changes.
    pub(crate) agrees: bool,
}

impl Sum {
    fn new(asset: Asset, records: Amount, unexplained: Decimal, venue: Decimal) -> Self {
        let records = records.get();
        let near = |expected: Decimal| {
            let off = venue.saturating_sub(expected).abs();
            off.is_zero() || asset.is_dollars() && off < CENT
        };
        // A change that was seen before its fills were on record is those fills.
        let agrees = near(records) || near(records.saturating_sub(unexplained));
        let (records, unexplained) = (records.normalize(), unexplained.normalize());
        Self { asset, records, unexplained, venue: venue.normalize(), agrees }
    }

    /// Whether it agrees only because unexplained changes are these fills.
    pub(crate) fn was_seen(&self) -> bool {
        self.agrees && !self.unexplained.is_zero() && self.records != self.venue
    }
}

/// Every asset that either side has something of.
///
/// # Errors
/// [`NumError`] where a sum leaves exact decimals.
pub(crate) fn sums(facts: &[Fact], more: &[Fact], purses: &[Purse]) -> Result<Vec<Sum>, NumError> {
    let all: Vec<Fact> = remembered(facts.iter().chain(more).cloned()).collect();
    let state = State::of(&all);
    let mut held: BTreeMap<Asset, Decimal> = BTreeMap::new();
    for purse in purses {
        let sum = purse.available.get().saturating_add(purse.held.get());
        *held.entry(purse.asset).or_default() += sum;
    }
    let mut seen: BTreeMap<Asset, Decimal> = BTreeMap::new();
    for flow in state.flows().unexplained() {
        *seen.entry(flow.asset).or_default() += flow.change.get();
    }
    let traded = all.iter().filter_map(|fact| {
        let Fact::Fill(fill) = fact else { return None };
        Some((fill.asset, fill.product.quote().parse::<Asset>().ok()))
    });
    let mut assets: BTreeSet<Asset> = held.keys().copied().collect();
    for (base, quote) in traded {
        assets.insert(base);
        assets.extend(quote);
    }
    let mut sums = Vec::new();
    for asset in assets {
        let cash = asset.is_dollars();
        let records = if cash { state.booked(&asset)? } else { state.ledger().net(&asset)? };
        let unexplained = seen.get(&asset).copied().filter(|_| cash).unwrap_or_default();
        let venue = held.get(&asset).copied().unwrap_or_default();
        if !(records.get().is_zero() && venue.is_zero()) {
            sums.push(Sum::new(asset, records, unexplained, venue));
        }
    }
    Ok(sums)
}
