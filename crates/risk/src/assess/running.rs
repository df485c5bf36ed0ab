//! What this batch has approved so far: two halves cannot each fit alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, BaseQty, NumError, ProposalId, QuoteAmt, Tier, Usd};

use crate::RiskView;

/// Worst cases and counts of the batch, on top of what facts say.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) entries: u32,
    pub(super) seen: BTreeSet<ProposalId>,
    pub(super) assets: BTreeSet<Asset>,
    worst: Vec<(Asset, Tier, Usd)>,
    spent: BTreeMap<Asset, QuoteAmt>,
    selling: BTreeMap<Asset, BaseQty>,
}

impl Running {
    pub(super) fn new(view: &RiskView<'_>) -> Self {
        Self {
            entries: 0,
            seen: BTreeSet::new(),
            assets: view.exposure.open_assets(),
            worst: Vec::new(),
            spent: BTreeMap::new(),
            selling: BTreeMap::new(),
        }
    }

    /// Worst cases approved in this batch.
    pub(super) fn worst(&self) -> &[(Asset, Tier, Usd)] {
        &self.worst
    }

    /// What this batch may take out of a purse.
    pub(super) fn spent(&self, currency: &Asset) -> QuoteAmt {
        self.spent.get(currency).copied().unwrap_or(QuoteAmt::ZERO)
    }

    /// What this batch may sell of an asset.
    pub(super) fn selling(&self, asset: &Asset) -> BaseQty {
        self.selling.get(asset).copied().unwrap_or(BaseQty::ZERO)
    }

    pub(super) fn enter(
        &mut self,
        asset: Asset,
        tier: Tier,
        currency: Asset,
        worst: QuoteAmt,
    ) -> Result<(), NumError> {
        let spent = self.spent(&currency).plus(worst)?;
        self.entries += 1;
        self.assets.insert(asset);
        self.worst.push((asset, tier, worst.usd_at_par()));
        self.spent.insert(currency, spent);
        Ok(())
    }

    pub(super) fn exit(&mut self, asset: Asset, qty: BaseQty) -> Result<(), NumError> {
        let selling = self.selling(&asset).plus(qty)?;
        self.selling.insert(asset, selling);
        Ok(())
    }
}
