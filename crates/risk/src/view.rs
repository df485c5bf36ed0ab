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
pub struct Clusters {
    /// Places in `names`, from 1; 0 is [`OTHER`].
    places: BTreeMap<Asset, usize>,
    names: Vec<String>,
}

impl Clusters {
    /// Clusters with their assets. An asset named twice stays where it was named first.
    pub fn new<'a>(groups: impl IntoIterator<Item = (&'a str, &'a [Asset])>) -> Self {
        let mut clusters = Self::default();
        for (name, assets) in groups {
            let place = clusters.named(name);
            for asset in assets {
                clusters.places.entry(*asset).or_insert(place);
            }
        }
        clusters
    }

    /// The place of a name; one name has one, however often it comes.
    fn named(&mut self, name: &str) -> usize {
        if name == OTHER {
            return 0;
        }
        if let Some(at) = self.names.iter().position(|known| known == name) {
            return at + 1;
        }
        self.names.push(name.to_owned());
        self.names.len()
    }

    /// The cluster of an asset, [`OTHER`] when none names it.
    pub fn of(&self, asset: &Asset) -> &str {
        self.name(self.place(asset))
    }

    pub(crate) fn place(&self, asset: &Asset) -> usize {
        self.places.get(asset).copied().unwrap_or(0)
    }

    pub(crate) fn name(&self, place: usize) -> &str {
        place.checked_sub(1).and_then(|at| self.names.get(at)).map_or(OTHER, String::as_str)
    }

    /// How many places there are.
    pub(crate) const fn places(&self) -> usize {
        self.names.len() + 1
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
    /// This machine's clock less the venue's, milliseconds; `None` when one of them is not known.
    /// Where one clock is both, say `Some(0)`.
    pub clock_skew_ms: Option<i64>,
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

const NO_LATCHES: &BTreeSet<Latch> = &BTreeSet::new();
const NO_CLUSTERS: &Clusters = &Clusters { places: BTreeMap::new(), names: Vec::new() };

impl<'a> RiskView<'a> {
    /// The view of a program on paper that has nothing else to say: nothing latched, nothing to
    /// reconcile with, one clock, no clusters, a market that goes sideways. NAV, purses and fee
    /// rates are unknown until they are said, and until then nothing is bought.
    pub const fn alone(
        now: Timestamp,
        account: &'a AccountId,
        exposure: &'a Exposure,
        counters: &'a Counters,
    ) -> Self {
        Self {
            now,
            mode: Mode::Paper,
            account,
            control: ControlState::Active,
            latches: NO_LATCHES,
            reconciled: true,
            clock_skew_ms: Some(0),
            fact_number: exposure.fact_number(),
            nav: None,
            purses: &[],
            fees: None,
            exposure,
            counters,
            regime: Regime::Chop,
            clusters: NO_CLUSTERS,
        }
    }
}
