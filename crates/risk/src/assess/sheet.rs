//! The running account of one batch: what is at stake valued at the bid, and what this batch was
//! granted so far, so that two halves may not each fit alone.

use domain::planted::{Fault, planted};
use domain::{Asset, ProductMarket, Tier, Timestamp, TriggerId};
use rust_decimal::Decimal;

use super::Scene;
use crate::exact::Exact;
use crate::stake::Stake;
use crate::worth::Worth;

/// How long a bid may be old to value a position, seconds.
const MARK_MAX_AGE_SECS: i64 = 60;

/// One asset in this batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    asset: Asset,
    /// Position, live buys and granted buys at their worst.
    worth: Worth,
    /// Held, being bought, or bought by this batch.
    pub(super) open: bool,
    /// Own sales rest or were granted.
    pub(super) sold: bool,
    /// Entries granted.
    pub(super) trades: u32,
    /// Of those, the ones on an asset that was open already.
    pub(super) adds: u32,
    /// Base units that this batch sells.
    pub(super) selling: Decimal,
}

impl Row {
    pub(super) const fn asset(&self) -> &Asset {
        &self.asset
    }

    const fn of(asset: Asset) -> Self {
        Self {
            asset,
            worth: Worth::ZERO,
            open: false,
            sold: false,
            trades: 0,
            adds: 0,
            selling: Decimal::ZERO,
        }
    }
}

/// Owned by the caller between batches: its room is used again.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Sorted by asset.
    rows: Vec<Row>,
    /// By the clusters' places.
    clusters: Vec<Worth>,
    tiers: [Worth; 3],
    total: Worth,
    /// Whether everything could be valued.
    pub(super) valued: bool,
    /// Assets that are open.
    open: u32,
    /// Positions that this batch opens.
    pub(super) opened: u32,
    /// Entries granted.
    pub(super) traded: u32,
    /// Orders granted, exits included.
    pub(super) messages: u32,
    triggers: Vec<TriggerId>,
    spent: Vec<(Asset, Decimal)>,
}

impl Sheet {
    /// Values the exposure at the bid.
    pub(super) fn open(&mut self, scene: &Scene<'_>) {
        self.rows.clear();
        self.clusters.clear();
        self.clusters.resize(scene.view.clusters.places(), Worth::ZERO);
        (self.tiers, self.total, self.open) = ([Worth::ZERO; 3], Worth::ZERO, 0);
        (self.opened, self.traded, self.messages) = (0, 0, 0);
        self.triggers.clear();
        self.spent.clear();
        self.valued = true;
        // Assets and products are sorted by the same text, so that one walk finds every market.
        let mut from = 0;
        for (asset, stake) in scene.view.exposure.stakes.iter() {
            let mut row = Row::of(*asset);
            (row.open, row.sold) = (stake.is_open(), stake.sales > 0);
            self.open += u32::from(row.open);
            self.valued &= self.value(scene, &mut row, stake, &mut from).is_some();
            self.rows.push(row);
        }
    }

    /// Adds what one asset has at stake; `None` when it has no mark.
    fn value(
        &mut self,
        scene: &Scene<'_>,
        row: &mut Row,
        stake: &Stake,
        from: &mut usize,
    ) -> Option<()> {
        let place = scene.view.clusters.place(&row.asset);
        let held = stake.held() > Decimal::ZERO && !planted(Fault::ForgetsPositions);
        if let Some((product, tier)) = stake.bought.filter(|_| held) {
            let own = scene.market.get_next(&product, from).and_then(|m| bid(m, scene.now));
            let bid = own.or_else(|| any_mark(scene, &row.asset))?;
            self.add(row, place, Some(tier), Worth::at_most(Exact::from(stake.held()) * bid));
        }
        if !stake.external.is_zero() {
            let mark = any_mark(scene, &row.asset)?;
            self.add(row, place, None, Worth::at_most(Exact::from(stake.external) * mark));
        }
        // A live sale earns no credit until it fills.
        for (tier, worth) in stake.by_tier().filter(|_| !planted(Fault::ForgetsLiveBuys)) {
            self.add(row, place, Some(tier), worth);
        }
        Some(())
    }

    /// Adds to every sum that an asset is part of. A sum that does not fit stays the largest there
    /// is, and no cap leaves anything beside it.
    fn add(&mut self, row: &mut Row, place: usize, tier: Option<Tier>, worth: Worth) {
        row.worth = row.worth.and(worth);
        self.clusters[place] = self.clusters[place].and(worth);
        if let Some(tier) = tier {
            let sum = in_tier(&mut self.tiers, tier);
            *sum = sum.and(worth);
        }
        self.total = self.total.and(worth);
    }

    /// Takes note of an approved entry.
    pub(super) fn bought(
        &mut self,
        scene: &Scene<'_>,
        asset: &Asset,
        tier: Tier,
        quote: Asset,
        worst_case: Decimal,
    ) {
        if planted(Fault::ForgetsBatch) {
            return;
        }
        let place = scene.view.clusters.place(asset);
        let mut row = self.row(asset);
        self.add(&mut row, place, Some(tier), Worth::at_most(worst_case.into()));
        *self.row_mut(asset) = row;
        self.messages = self.messages.saturating_add(1);
        match self.spent.iter_mut().find(|(of, _)| *of == quote) {
            Some((_, spent)) => *spent = spent.saturating_add(worst_case),
            None => self.spent.push((quote, worst_case)),
        }
    }

    /// The same for what only a first step counts in: pacing.
    pub(super) fn traded(&mut self, asset: &Asset, trigger: TriggerId) {
        self.traded = self.traded.saturating_add(1);
        self.triggers.push(trigger);
        let row = self.row_mut(asset);
        row.trades = row.trades.saturating_add(1);
        if row.open {
            row.adds = row.adds.saturating_add(1);
        } else {
            row.open = true;
            self.open = self.open.saturating_add(1);
            self.opened = self.opened.saturating_add(1);
        }
    }

    /// Takes note of an approved exit.
    pub(super) fn sold(&mut self, asset: &Asset, qty: Decimal) {
        self.messages = self.messages.saturating_add(1);
        let row = self.row_mut(asset);
        row.selling = row.selling.saturating_add(qty);
        row.sold = true;
    }

    /// What is known of an asset.
    pub(super) fn row(&self, asset: &Asset) -> Row {
        let found = self.rows.binary_search_by(|row| row.asset.cmp(asset));
        found.ok().and_then(|at| self.rows.get(at)).copied().unwrap_or(Row::of(*asset))
    }

    fn row_mut(&mut self, asset: &Asset) -> &mut Row {
        let at = match self.rows.binary_search_by(|row| row.asset.cmp(asset)) {
            Ok(at) => at,
            Err(at) => {
                self.rows.insert(at, Row::of(*asset));
                at
            }
        };
        &mut self.rows[at]
    }

    /// Open assets but for this one.
    pub(super) fn others_open(&self, row: &Row) -> u32 {
        self.open.saturating_sub(u32::from(row.open))
    }

    pub(super) fn is_used(&self, trigger: &TriggerId) -> bool {
        self.triggers.contains(trigger)
    }

    /// Worst cases granted in one currency.
    pub(super) fn spent(&self, quote: &Asset) -> Decimal {
        let found = self.spent.iter().find(|(of, _)| of == quote);
        found.map_or(Decimal::ZERO, |(_, spent)| *spent)
    }

    /// At stake in an asset, its cluster, a tier, and in all.
    pub(super) fn at_stake(&self, row: &Row, place: usize, tier: Tier) -> AtStake {
        let mut tiers = self.tiers;
        AtStake {
            asset: row.worth.exact(),
            cluster: self.clusters[place].exact(),
            tier: in_tier(&mut tiers, tier).exact(),
            total: self.total.exact(),
        }
    }
}

/// What counts against the four caps, quote units.
pub(super) struct AtStake {
    pub(super) asset: Exact,
    pub(super) cluster: Exact,
    pub(super) tier: Exact,
    pub(super) total: Exact,
}

const fn in_tier(tiers: &mut [Worth; 3], tier: Tier) -> &mut Worth {
    let [t1, t2, t3] = tiers;
    match tier {
        Tier::T1 => t1,
        Tier::T2 => t2,
        Tier::T3 => t3,
    }
}

/// The bid of any product that an asset trades on.
fn any_mark(scene: &Scene<'_>, asset: &Asset) -> Option<Decimal> {
    let mut same = scene.market.products.iter().filter(|m| m.product.base == *asset);
    same.find_map(|m| bid(m, scene.now))
}

fn bid(market: &ProductMarket, now: Timestamp) -> Option<Decimal> {
    let oldest = now.plus_secs(-MARK_MAX_AGE_SECS);
    let fresh = market.quote_vouched.is_some_and(|at| oldest <= at);
    let quote = market.quote.filter(|quote| fresh && quote.fault().is_none());
    quote.map(|quote| quote.bid.get())
}
