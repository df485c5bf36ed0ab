//! How much of the account was in which cluster, and how close that came to its cap.

use domain::{Pct, Timestamp};
use engine::Settings;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Serialize;

use crate::observe::{Exposed, Use};

/// Coins by cluster over the span, percent of the account (of `control.capital_usd` where that is
/// less), as the caps are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exposure {
    /// All clusters together, against the cap on the whole.
    pub total: ClusterUse,
    /// Clusters that were ever held, the largest mean first. Samples of the curve are in this order.
    pub clusters: Vec<ClusterUse>,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterUse {
    /// Its name; `all` of the whole.
    pub cluster: String,
    /// By time.
    pub mean_pct: f64,
    /// The most at any decision. Caps bind what is bought; prices may carry more beyond them.
    pub worst_pct: f64,
    /// When that was first; none where nothing was ever held.
    pub worst_at: Option<Timestamp>,
    /// What the policy allows to be bought up to.
    pub cap_pct: Option<f64>,
    /// The most over the cap, percent.
    pub worst_use_pct: Option<f64>,
}

impl Exposure {
    /// Of what was seen, with the caps of the policy.
    pub(crate) fn of(exposed: &Exposed, settings: &Settings) -> Self {
        let caps = &settings.limits.policy().caps;
        let secs = exposed.secs;
        let other = caps.clusters_pct.get("OTHER");
        let mut clusters: Vec<_> = (exposed.names.iter().zip(&exposed.uses))
            .filter(|(_, used)| used.worst_at.is_some())
            .map(|(name, used)| {
                ClusterUse::of(name, used, secs, caps.clusters_pct.get(name).or(other))
            })
            .collect();
        clusters.sort_by(|a, b| {
            b.mean_pct.total_cmp(&a.mean_pct).then_with(|| a.cluster.cmp(&b.cluster))
        });
        let total = ClusterUse::of("all", &exposed.all, secs, Some(&caps.max_total_pct));
        Self { total, clusters }
    }

    /// What was held at a moment, in the order of the clusters.
    pub(crate) fn at(&self, exposed: &Exposed, at: Timestamp) -> Vec<f64> {
        let next = exposed.hourly.partition_point(|(seen, _)| *seen <= at);
        let seen = next.checked_sub(1).and_then(|last| exposed.hourly.get(last));
        let of = |one: &ClusterUse| {
            let place = exposed.names.iter().position(|name| *name == one.cluster)?;
            seen.and_then(|(_, pcts)| pcts.get(place)).copied()
        };
        self.clusters.iter().map(|one| of(one).unwrap_or(0.0)).collect()
    }
}

impl ClusterUse {
    fn of(name: &str, used: &Use, secs: i64, cap: Option<&Pct>) -> Self {
        let cap = cap.and_then(|cap| cap.get().to_f64()).filter(|cap| *cap > 0.0);
        Self {
            cluster: name.to_owned(),
            mean_pct: if secs > 0 { used.sum / secs as f64 } else { 0.0 },
            worst_pct: used.worst_pct,
            worst_at: used.worst_at,
            cap_pct: cap,
            worst_use_pct: cap.map(|cap| 100.0 * used.worst_pct / cap),
        }
    }
}
