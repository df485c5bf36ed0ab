//! What the policy looks at, passed in.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountId, Asset, ControlState, Fees, Latch, Mode, Purse, Regime, Timestamp, Usd};

use crate::{Counters, Exposure};

/// The name of the cluster of whatever no cluster names.
pub const OTHER: &str = "OTHER";

/// Which assets move together: each asset's cluster by name.
///
/// ```
/// use risk::Clusters;
///
/// let sol = "SOL".parse()?;
/// let clusters = Clusters::new([("LAYER1", [sol].as_slice())]);
/// assert_eq!(clusters.of(&sol), "LAYER1");
/// assert_eq!(clusters.of(&"XRP".parse()?), "OTHER");
/// # Ok::<(), domain::IdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clusters(BTreeMap<Asset, String>);

impl Clusters {
    /// Clusters with their assets. An asset named twice stays where it was named first.
    pub fn new<'a>(groups: impl IntoIterator<Item = (&'a str, &'a [Asset])>) -> Self {
        let mut clusters = BTreeMap::new();
        for (name, assets) in groups {
            for asset in assets {
                clusters.entry(*asset).or_insert_with(|| name.to_owned());
            }
        }
        Self(clusters)
    }

    /// The cluster of an asset, [`OTHER`] when none names it.
    pub fn of(&self, asset: &Asset) -> &str {
        self.0.get(asset).map_or(OTHER, String::as_str)
    }
}

/// Everything but the market that a verdict depends on.
#[derive(Debug, Clone, Copy)]
pub struct RiskView<'a> {
    /// The venue's time.
    pub now: Timestamp,
    /// The mode.
    pub mode: Mode,
    /// Whose orders these would be.
    pub account: &'a AccountId,
    /// What control allows.
    pub control: ControlState,
    /// What is latched.
    pub latches: &'a BTreeSet<Latch>,
    /// Whether a reconciliation of this process was complete and clean. Where there is nothing to
    /// reconcile with, say `true`.
    pub reconciled: bool,
    /// The number of the newest fact that `exposure` and `counters` have seen.
    pub fact_number: u64,
    /// What the account is worth; `None` when a purse or a mark is unknown.
    pub nav: Option<Usd>,
    /// Free and held money, each currency once.
    pub purses: &'a [Purse],
    /// The larger of the configured and the venue's fee rates; `None` when they are not known.
    pub fees: Option<Fees>,
    /// Positions and live orders.
    pub exposure: &'a Exposure,
    /// How often it has traded.
    pub counters: &'a Counters,
    /// The market's weather.
    pub regime: Regime,
    /// Which assets move together.
    pub clusters: &'a Clusters,
}
