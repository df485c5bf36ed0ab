//! What would have to change for an account to buy anything, and limits that never decide.

use domain::{NumError, RiskCode, Usd};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::exact::Exact;
use crate::feasibility::{Band, Entrant};
use crate::{Limits, Policy, ceilings};

/// Digits of a percentage that is proposed.
const PCT_DIGITS: u32 = 4;

/// A key and the value nearest to its present one that lets the smallest order through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// As in the file, or `the account` where only more money helps.
    pub key: String,
    /// The nearest value that opens the band; at least, or for a minimum at most, this.
    pub to: Decimal,
    /// Whether the program allows it: under the compiled ceilings and not below zero.
    pub allowed: bool,
}

/// A limit that another one keeps from ever deciding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// The limit.
    pub key: String,
    /// The one that always decides first.
    pub because: String,
}

impl Limits {
    /// For an empty band: each way to open it, a list of changes that are needed together; the way
    /// with fewest changes first. Empty when the band is not.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn openings(&self, entrant: &Entrant<'_>) -> Result<Vec<Vec<Opening>>, NumError> {
        let band = self.band(entrant)?;
        if !band.is_empty() {
            return Ok(Vec::new());
        }
        let worst = worst_case(entrant, band.least())?;
        let mut ways = vec![self.wider(entrant, &band, worst)];
        let most = band.most().usd;
        if most > Usd::ZERO && most >= entrant.venue_min {
            let (key, to) = ("orders.min_order_usd".to_owned(), most.get());
            ways.push(vec![Opening { key, to, allowed: true }]);
        }
        ways.extend(self.richer(entrant, worst).map(|way| vec![way]));
        ways.sort_by_key(|way| (way.iter().any(|change| !change.allowed), way.len()));
        Ok(ways)
    }

    /// Every limit that empties the band, at the value that no longer does. `worst` is what the
    /// smallest order may cost.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is left is the money there is")]
    fn wider(&self, entrant: &Entrant<'_>, band: &Band, worst: Decimal) -> Vec<Opening> {
        let mut changes = Vec::new();
        let nav = self.sizing_nav(entrant.nav).get();
        for leave in band.emptied_by() {
            let (key, ceiling) = match leave.code {
                RiskCode::PositionCap => {
                    ("caps.max_position_pct".to_owned(), ceilings::MAX_POSITION_PCT)
                }
                RiskCode::TierCap => {
                    (format!("caps.tiers_pct.{}", entrant.tier.as_str()), ceilings::TIER_PCT)
                }
                RiskCode::ClusterCap => {
                    (format!("caps.clusters_pct.{}", entrant.cluster), ceilings::CLUSTER_PCT)
                }
                RiskCode::TotalCap => ("caps.max_total_pct".to_owned(), ceilings::MAX_TOTAL_PCT),
                RiskCode::OrderTooLarge => {
                    let (key, to) = ("orders.max_order_usd".to_owned(), band.least().get());
                    let allowed = to <= ceilings::MAX_ORDER_USD.into();
                    changes.push(Opening { key, to, allowed });
                    continue;
                }
                _ => {
                    let key = "the account".to_owned();
                    changes.push(Opening { key, to: up(worst, 2), allowed: true });
                    continue;
                }
            };
            let share = Exact::from(worst) * Exact::HUNDRED / nav;
            // An account of nothing has no share that is enough.
            let to = up(share.get().unwrap_or(Decimal::MAX), PCT_DIGITS);
            changes.push(Opening { key, to, allowed: to <= ceiling.into() });
        }
        changes
    }

    /// The smallest account whose band is not empty under this policy, where there is one.
    fn richer(&self, entrant: &Entrant<'_>, worst: Decimal) -> Option<Opening> {
        let caps = &self.policy().caps;
        let shares = [
            caps.max_position_pct,
            *caps.tiers_pct.get(entrant.tier),
            self.policy().cluster_cap(entrant.cluster),
            caps.max_total_pct,
        ];
        let tightest = shares.into_iter().map(domain::Pct::get).min().unwrap_or(Decimal::ZERO);
        let to = up((Exact::from(worst) * Exact::HUNDRED / tightest).get()?, 2);
        let band = Usd::new(to).and_then(|nav| self.band(&Entrant { nav, ..*entrant }));
        let opens = band.is_ok_and(|band| !band.is_empty());
        opens.then_some(Opening { key: "the account".to_owned(), to, allowed: true })
    }
}

/// What the smallest order may cost with its fee.
fn worst_case(entrant: &Entrant<'_>, least: Usd) -> Result<Decimal, NumError> {
    let fee = entrant.fees.maker_bps.max(entrant.fees.taker_bps);
    let worst = crate::cap::with_fee(fee) * least.get();
    worst.get().ok_or(NumError::Overflow { what: "worst case of the smallest order" })
}

/// Up to so many digits behind the point.
fn up(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::ToPositiveInfinity)
}

impl Policy {
    /// Limits that can never decide, because another one always does before: not wrong, but not
    /// what somebody who wrote them may think holds. Sorted by key.
    pub fn idle(&self) -> Vec<Idle> {
        let caps = &self.caps;
        let total = ("caps.max_total_pct", caps.max_total_pct);
        let mut found = Vec::new();
        let mut say = |idle: bool, key: String, because: &str| {
            if idle {
                found.push(Idle { key, because: because.to_owned() });
            }
        };
        for tier in domain::Tier::ALL {
            let key = format!("caps.tiers_pct.{}", tier.as_str());
            say(*caps.tiers_pct.get(tier) > total.1, key, total.0);
        }
        for (name, cap) in &caps.clusters_pct {
            say(*cap > total.1, format!("caps.clusters_pct.{name}"), total.0);
        }
        let pacing = &self.pacing;
        let (hour, day) = (3600, 86_400);
        let spacing = "pacing.spacing_secs";
        // So many trades fit a window at this spacing, and no more.
        let fit = |window: u32| match pacing.spacing_secs {
            0 => u32::MAX,
            spacing => window.div_ceil(spacing),
        };
        say(pacing.trades_per_hour >= fit(hour), "pacing.trades_per_hour".to_owned(), spacing);
        say(pacing.trades_per_day >= fit(day), "pacing.trades_per_day".to_owned(), spacing);
        let rows = [
            (
                "pacing.trades_per_day",
                pacing.trades_per_day,
                "pacing.trades_per_hour",
                pacing.trades_per_hour,
            ),
            (
                "pacing.attempts_per_day",
                pacing.attempts_per_day,
                "pacing.attempts_per_hour",
                pacing.attempts_per_hour,
            ),
        ];
        for (key, in_day, because, in_hour) in rows {
            say(in_day >= in_hour.saturating_mul(24), key.to_owned(), because);
        }
        let symbol = pacing.symbol_spacing_secs;
        let idle = symbol > 0 && symbol <= pacing.spacing_secs;
        say(idle, "pacing.symbol_spacing_secs".to_owned(), spacing);
        found.sort_by(|a, b| (&a.key, &a.because).cmp(&(&b.key, &b.because)));
        found
    }
}
