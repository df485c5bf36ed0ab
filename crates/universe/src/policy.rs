//! The typed form of `config/universe.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, PerTier, ProductId, Regime, Tier};
use serde::{Deserialize, Serialize};

use crate::{ClusterName, Event, Flag};

/// Where a product's tier comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// From [`Policy::symbols`]; products of an event that no list names are tier 3.
    Static,
    /// From quote volume: the highest tier whose floor in
    /// [`Policy::dynamic_volume_floor_usd`] it is above.
    Dynamic,
}

/// The products of [`Method::Static`]. Tier 3 has no list: its products come from the events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// Tier 1.
    #[serde(rename = "T1")]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub t1: Vec<ProductId>,
    /// Tier 2.
    #[serde(rename = "T2")]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub t2: Vec<ProductId>,
}

impl Lists {
    /// The tier that lists a product.
    pub fn tier_of(&self, product: &ProductId) -> Option<Tier> {
        if self.t1.contains(product) {
            Some(Tier::T1)
        } else if self.t2.contains(product) {
            Some(Tier::T2)
        } else {
            None
        }
    }

    /// Both lists with their tiers.
    pub fn iter(&self) -> impl Iterator<Item = (Tier, &ProductId)> {
        let first = self.t1.iter().map(|product| (Tier::T1, product));
        first.chain(self.t2.iter().map(|product| (Tier::T2, product)))
    }
}

/// What a regime makes of a size in each tier; 1 changes nothing, 0 removes the tier. In an
/// unknown regime every factor is 0, and no key can change that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegimeFactors {
    /// Rising, calmly.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0)))]
    pub bull: PerTier<f64>,
    /// Neither here nor there.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0)))]
    pub chop: PerTier<f64>,
    /// Falling.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0)))]
    pub bear: PerTier<f64>,
    /// Falling fast, or too wild.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("minimum", 0)))]
    pub crash: PerTier<f64>,
}

/// How a product's side of a volume floor changes.
///
/// Slow facts are refreshed every `refresh_minutes` of venue time. A product outside enters after
/// `enter_refreshes` refreshes in a row at or above the floor; one inside leaves after
/// `exit_refreshes` in a row below `exit_factor` × floor; anything between breaks the row and
/// leaves it where it is. A product without memory takes the side it is on. A refresh without a
/// volume never helps: it breaks a row towards entering and keeps one towards leaving.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hysteresis {
    /// Venue time between refreshes, minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1440)))]
    pub refresh_minutes: u32,
    /// Refreshes in a row that it takes to enter.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 255)))]
    pub enter_refreshes: u8,
    /// Refreshes in a row that it takes to leave.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 255)))]
    pub exit_refreshes: u8,
    /// The share of the floor below which a refresh counts towards leaving.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub exit_factor: f64,
}

/// Who may be traded: everything that `config/universe.yaml` says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Where tiers come from.
    pub method: Method,
    /// The lists of the static method.
    pub symbols: Lists,
    /// Floors on 24-hour quote volume under the static method, dollars.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("exclusiveMinimum", 0)))]
    pub static_volume_floor_usd: PerTier<f64>,
    /// Floors that make the tiers of the dynamic method, dollars; falling from tier 1 to 3.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("exclusiveMinimum", 0)))]
    pub dynamic_volume_floor_usd: PerTier<f64>,
    /// The widest spread allowed, basis points of the mid.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("exclusiveMinimum", 0)))]
    pub spread_ceiling_bps: PerTier<f64>,
    /// The least value of bids and asks together within 20 bps of their touch, dollars.
    #[cfg_attr(feature = "schema", schemars(transform = domain::schema::each("exclusiveMinimum", 0)))]
    pub depth_floor_usd: PerTier<f64>,
    /// What each regime makes of a size.
    pub regime_factors: RegimeFactors,
    /// How the volume test changes its mind.
    pub hysteresis: Hysteresis,
    /// Closed hours a product must have.
    #[cfg_attr(feature = "schema", schemars(range(min = 24, max = 336)))]
    pub history_min_hours: u32,
    /// How old the feed's word on a quote may be, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 3600)))]
    pub quote_max_age_secs: u32,
    /// How far the feed's candles may lag, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 86400)))]
    pub candle_max_age_secs: u32,
    /// Quote currencies, the preferred first. Another quote is excluded, and so is a product whose
    /// base the catalog also has in a currency named before its own: that is the same book.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = 1, "uniqueItems" = true)))]
    pub quotes: Vec<Asset>,
    /// Bases that are money here, not markets.
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub stablecoins: Vec<Asset>,
    /// Products that are never traded.
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub exclusions: Vec<ProductId>,
    /// Groups of bases that tend to move together; what no group names is `OTHER`.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = ClusterName::schema())))]
    pub clusters: BTreeMap<ClusterName, Vec<Asset>>,
    /// What makes tier-3 products eligible.
    pub events: Vec<Event>,
    /// Bans for a while.
    pub flags: Vec<Flag>,
}

impl Policy {
    /// The cluster that lists an asset, else [`ClusterName::OTHER`].
    ///
    /// ```
    /// use universe::{ClusterName, Policy};
    ///
    /// let policy = Policy::default();
    /// assert_eq!(policy.cluster_of(&"SOL".parse()?).as_str(), "LAYER1");
    /// assert_eq!(policy.cluster_of(&"XRP".parse()?), ClusterName::OTHER);
    /// # Ok::<(), domain::IdError>(())
    /// ```
    pub fn cluster_of(&self, asset: &Asset) -> ClusterName {
        let mut named = self.clusters.iter();
        named
            .find(|(_, assets)| assets.contains(asset))
            .map_or(ClusterName::OTHER, |(name, _)| *name)
    }

    /// Every product that the lists and the events name, sorted, each once.
    pub fn symbols(&self) -> Vec<ProductId> {
        let listed = self.symbols.iter().map(|(_, product)| *product);
        let awaited = self.events.iter().map(|event| event.product);
        let names: BTreeSet<_> = listed.chain(awaited).collect();
        names.into_iter().collect()
    }

    /// The factor on sizes of a tier in a regime.
    pub const fn factor(&self, regime: Regime, tier: Tier) -> f64 {
        let factors = match regime {
            Regime::Bull => &self.regime_factors.bull,
            Regime::Chop => &self.regime_factors.chop,
            Regime::Bear => &self.regime_factors.bear,
            Regime::Crash => &self.regime_factors.crash,
            Regime::Unknown => return 0.0,
        };
        *factors.get(tier)
    }

    /// The volume floors of the method in use, dollars.
    pub const fn volume_floor_usd(&self) -> &PerTier<f64> {
        match self.method {
            Method::Static => &self.static_volume_floor_usd,
            Method::Dynamic => &self.dynamic_volume_floor_usd,
        }
    }
}
