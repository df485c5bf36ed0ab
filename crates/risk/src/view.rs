//! What an assessment looks at besides the market.

use std::collections::BTreeSet;

use domain::{AccountId, Asset, ControlState, Fees, Latch, Mode, Purse, Regime, Timestamp, Usd};

use crate::{Counters, Exposure};

/// Which assets move together.
pub trait Clusters {
    /// The cluster of an asset; `OTHER` when it has none.
    fn cluster_of(&self, asset: &Asset) -> Asset;
}

/// What the loss stops compare the NAV with; `None` while nothing was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct References {
    /// NAV at the start of the UTC day.
    pub day: Option<Usd>,
    /// NAV at the start of the week.
    pub week: Option<Usd>,
    /// The highest NAV.
    pub peak: Option<Usd>,
}

/// The account at one moment.
#[derive(Clone, Copy)]
pub struct RiskView<'a> {
    /// The venue's time.
    pub now: Timestamp,
    /// The mode of this process.
    pub mode: Mode,
    /// Whose account.
    pub account: &'a AccountId,
    /// Who may trade at all.
    pub control: ControlState,
    /// What is latched.
    pub latches: &'a BTreeSet<Latch>,
    /// Whether a reconciliation was complete and clean in this process.
    pub reconciled: bool,
    /// Number of the newest fact.
    pub fact_number: u64,
    /// What the account is worth; `None` when a mark or a balance is missing.
    pub nav: Option<Usd>,
    /// What the loss stops compare it with.
    pub references: References,
    /// Free and held money.
    pub purses: &'a [Purse],
    /// The venue's fee rates.
    pub fees: Option<Fees>,
    /// What is held and live.
    pub exposure: &'a Exposure,
    /// Pacing.
    pub counters: &'a Counters,
    /// The weather.
    pub regime: Regime,
    /// Which assets move together.
    pub clusters: &'a dyn Clusters,
}

impl core::fmt::Debug for RiskView<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RiskView")
            .field("now", &self.now)
            .field("mode", &self.mode)
            .field("control", &self.control)
            .field("nav", &self.nav)
            .field("fact_number", &self.fact_number)
            .finish_non_exhaustive()
    }
}
