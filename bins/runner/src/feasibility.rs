//! What a policy leaves to an account, and what the fees ask of each rule: the numbers of `check`.

use config::Config;
use domain::{Fees, NumError, ProductId, Regime, Tier, Timestamp, Usd};
use engine::Engine;
use risk::{Band, Entrant, Idle, Leave, Limits, OTHER, Opening};
use rules::BreakEven;
use serde::Serialize;

use crate::{Code, Failure, assemble};

/// Coinbase's smallest order, dollars.
const VENUE_MIN_USD: &str = "1";
/// Accounts that are shown unless others are asked for, dollars.
pub(crate) const ACCOUNTS: [&str; 4] = ["255", "1000", "10000", "100000"];
/// The regimes that have factors.
const REGIMES: [Regime; 4] = [Regime::Bull, Regime::Chop, Regime::Bear, Regime::Crash];

/// Everything `check` tells beyond "valid".
#[derive(Debug, Serialize)]
pub(crate) struct Feasibility {
    pub(crate) bands: Vec<BandRow>,
    pub(crate) rules: Vec<RuleRow>,
    /// Limits that another one always decides before.
    pub(crate) idle: Vec<Idle>,
}

/// What one account may buy of a tier in a regime.
#[derive(Debug, Serialize)]
pub(crate) struct BandRow {
    pub(crate) nav_usd: Usd,
    pub(crate) tier: Tier,
    pub(crate) regime: Regime,
    /// The smallest and the largest order, dollars without fees; none when nothing can be bought.
    pub(crate) legal_usd: Option<(Usd, Usd)>,
    /// What keeps it from being larger, or from being at all.
    pub(crate) because: Vec<Because>,
    /// Where limits leave nothing: the changes that together, and nearest to what is, would.
    pub(crate) opened_by: Vec<Opening>,
}

/// A limit, and what it leaves.
#[derive(Debug, Serialize)]
pub(crate) struct Because {
    pub(crate) limit: &'static str,
    pub(crate) leaves_usd: Usd,
}

/// What the fees ask of a rule.
#[derive(Debug, Serialize)]
pub(crate) struct RuleRow {
    pub(crate) rule: &'static str,
    pub(crate) acts: bool,
    pub(crate) stop_pct: f64,
    pub(crate) target_pct: f64,
    pub(crate) max_hold_hours: u32,
    /// Bought resting, sold taking.
    pub(crate) break_even_pct: f64,
    /// Bought taking, sold taking.
    pub(crate) break_even_taker_pct: f64,
    /// How many of a hundred trades must end at the target; none when even the target loses.
    pub(crate) wins_needed_pct: Option<f64>,
}

impl Feasibility {
    /// Of a configuration, for accounts of these worths.
    pub(crate) fn of(config: &Config, limits: &Limits, navs: &[Usd]) -> Result<Self, NumError> {
        let mut bands = Vec::new();
        for nav in navs {
            for tier in Tier::ALL {
                let (band, opened_by) = tightest(config, limits, *nav, tier)?;
                for regime in REGIMES {
                    let mut row = row(config, limits, *nav, tier, regime, &band)?;
                    let limits_empty_it = row.legal_usd.is_none() && band.is_empty();
                    let removed = config.universe.factor(regime, tier) == 0.0;
                    if limits_empty_it && !removed {
                        row.opened_by.clone_from(&opened_by);
                    }
                    bands.push(row);
                }
            }
        }
        let rules = config.strategy.rules.rows().into_iter().map(|(rule, row)| {
            let fees = fees(config);
            let (stop, target) = (row.stop_pct, row.target_pct);
            let resting = BreakEven::of(stop, target, fees.maker_bps, fees.taker_bps)?;
            let taking = BreakEven::of(stop, target, fees.taker_bps, fees.taker_bps)?;
            Ok(RuleRow {
                rule: rule.as_str(),
                acts: row.acts_in(config.app.mode),
                stop_pct: float(stop),
                target_pct: float(target),
                max_hold_hours: row.max_hold_hours,
                break_even_pct: float(resting.move_pct),
                break_even_taker_pct: float(taking.move_pct),
                wins_needed_pct: resting.wins_pct.map(|pct| (pct * 10.0).round() / 10.0),
            })
        });
        Ok(Self { bands, rules: rules.collect::<Result<_, _>>()?, idle: limits.policy().idle() })
    }
}

/// Which tiers an account of this worth cannot trade in a weather, and what keeps it from them.
///
/// # Errors
/// [`NumError`] beyond the range of exact decimals.
pub(crate) fn in_regime(
    config: &Config,
    limits: &Limits,
    nav: Usd,
    regime: Regime,
) -> Result<String, NumError> {
    if regime == Regime::Unknown {
        return Ok("no tier while the regime is unknown".to_owned());
    }
    let mut shut = Vec::new();
    for tier in Tier::ALL {
        let (band, _) = tightest(config, limits, nav, tier)?;
        let row = row(config, limits, nav, tier, regime, &band)?;
        if row.legal_usd.is_none() {
            let because: Vec<_> = row.because.iter().map(|because| because.limit).collect();
            shut.push(format!("{tier} ({})", because.join(", ")));
        }
    }
    Ok(match shut.len() {
        0 => "every tier".to_owned(),
        all if all == Tier::ALL.len() => format!("no tier: {}", shut.join(", ")),
        _ => format!("not {}", shut.join(", ")),
    })
}

/// The same of every weather, for who has to say yes before any is known.
///
/// # Errors
/// As [`in_regime`].
pub(crate) fn in_every_regime(
    config: &Config,
    limits: &Limits,
    nav: Usd,
) -> Result<String, NumError> {
    let told = REGIMES.map(|regime| {
        let says = in_regime(config, limits, nav, regime)?;
        Ok(format!("{}: {says}", regime.as_str()))
    });
    let told: Vec<_> = told.into_iter().collect::<Result<_, NumError>>()?;
    Ok(told.join("; "))
}

/// Tells at a start what the policy leaves to the account in the present weather.
///
/// # Errors
/// [`Failure`]: the policy or its numbers cannot be used.
pub(crate) fn tell(config: &Config, engine: &mut Engine, now: Timestamp) -> Result<(), Failure> {
    let (regime, nav) = engine.standing(now);
    let Some(nav) = nav else {
        tracing::info!("can trade nothing while the account's worth is not known");
        return Ok(());
    };
    let limits = assemble::limits(config)?;
    let tiers = in_regime(config, &limits, nav, regime)
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))?;
    tracing::info!(%nav, regime = regime.as_str(), %tiers, "what the policy lets this account trade");
    Ok(())
}

fn fees(config: &Config) -> Fees {
    let terms = &config.app.execution;
    Fees { maker_bps: terms.maker_fee_bps, taker_bps: terms.taker_fee_bps }
}

/// The clusters that a tier's products may be of: those of the listed ones, or any.
fn clusters(config: &Config, tier: Tier) -> Vec<String> {
    let universe = &config.universe;
    let listed: Vec<_> = universe.symbols.iter().filter(|(t, _)| *t == tier).collect();
    let of = |id: &ProductId| {
        let mut named = universe.clusters.iter();
        let found = named.find(|(_, assets)| assets.iter().any(|a| a.as_str() == id.base()));
        found.map_or_else(|| OTHER.to_owned(), |(name, _)| name.to_string())
    };
    if universe.method == universe::Method::Dynamic || listed.is_empty() {
        let all = universe.clusters.keys().map(ToString::to_string);
        return all.chain([OTHER.to_owned()]).collect();
    }
    let mut names: Vec<_> = listed.iter().map(|(_, id)| of(id)).collect();
    names.sort();
    names.dedup();
    names
}

/// The band of the tier's product that has least room, that of its tightest cluster, and the
/// first of the ways to open it.
fn tightest(
    config: &Config,
    limits: &Limits,
    nav: Usd,
    tier: Tier,
) -> Result<(Band, Vec<Opening>), NumError> {
    let names = clusters(config, tier);
    let venue_min = Usd::parse(VENUE_MIN_USD)?;
    let mut tightest: Option<(Band, Vec<Opening>)> = None;
    for cluster in &names {
        let entrant = Entrant { nav, tier, cluster, fees: fees(config), venue_min };
        let band = limits.band(&entrant)?;
        let room = |band: &Band| band.leaves().iter().map(|leave| leave.usd).collect::<Vec<_>>();
        if tightest.as_ref().is_none_or(|(best, _)| room(&band) < room(best)) {
            let opened_by = limits.openings(&entrant)?.into_iter().next().unwrap_or_default();
            tightest = Some((band, opened_by));
        }
    }
    tightest.ok_or(NumError::Overflow { what: "band of legal sizes" })
}

fn row(
    config: &Config,
    limits: &Limits,
    nav: Usd,
    tier: Tier,
    regime: Regime,
    band: &Band,
) -> Result<BandRow, NumError> {
    let because = |leave: Leave| Because { limit: leave.code.as_str(), leaves_usd: leave.usd };
    let empty = |because| BandRow {
        nav_usd: nav,
        tier,
        regime,
        legal_usd: None,
        because,
        opened_by: Vec::new(),
    };
    let asked = largest_asked(config, limits, nav, tier, regime)?;
    let Some((rule, asked)) = asked else {
        let removed = config.universe.factor(regime, tier) == 0.0;
        let limit = if removed { "regime factor 0" } else { "no rule acts" };
        return Ok(empty(vec![Because { limit, leaves_usd: Usd::ZERO }]));
    };
    let mut causes: Vec<_> = band.emptied_by().map(because).collect();
    if asked < band.least() {
        causes.push(Because { limit: rule, leaves_usd: asked });
    }
    if !causes.is_empty() {
        return Ok(empty(causes));
    }
    let most = band.most();
    let (largest, binds) = if asked < most.usd {
        (asked, Because { limit: rule, leaves_usd: asked })
    } else {
        (most.usd, because(most))
    };
    let legal_usd = Some((band.least(), largest));
    let (because, opened_by) = (vec![binds], Vec::new());
    Ok(BandRow { nav_usd: nav, tier, regime, legal_usd, because, opened_by })
}

/// The most that any rule that acts would ask for: at full confidence, of a product calm enough
/// for risk parity not to count. None where the regime's factor is 0 or no rule acts.
fn largest_asked(
    config: &Config,
    limits: &Limits,
    nav: Usd,
    tier: Tier,
    regime: Regime,
) -> Result<Option<(&'static str, Usd)>, NumError> {
    let rules = &config.strategy.rules;
    let factor = config.universe.factor(regime, tier);
    let acts = |row: &rules::Row| row.acts_in(config.app.mode);
    let rows = rules.rows().into_iter();
    let rows = rows.filter(|(_, row)| acts(row) && !row.not_in_regimes.contains(&regime));
    let mut most: Option<(&'static str, Usd)> = None;
    for (rule, row) in rows {
        let pct = domain::Pct::floor_signal(rules.size_pct(row, tier, 1.0, 0.0, factor))?;
        let usd = limits.sizing_nav(nav).percent(pct)?;
        if usd > Usd::ZERO && most.is_none_or(|(_, best)| usd > best) {
            most = Some((rule.as_str(), cents(usd)?));
        }
    }
    Ok(most)
}

fn cents(value: Usd) -> Result<Usd, NumError> {
    let down = rust_decimal::RoundingStrategy::ToZero;
    Usd::new(value.get().round_dp_with_strategy(2, down))
}

fn float(pct: domain::Pct) -> f64 {
    use rust_decimal::prelude::ToPrimitive as _;
    pct.get().to_f64().unwrap_or(f64::NAN)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::path::Path;

    use super::*;

    fn shipped() -> (Config, Limits) {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
        let config = Config::load(&dir).unwrap();
        let limits = assemble::limits(&config).unwrap();
        (config, limits)
    }

    #[test]
    fn a_line_says_which_tiers_an_account_cannot_trade_and_why() {
        let (config, limits) = shipped();
        let says =
            |nav: &str, regime| in_regime(&config, &limits, nav.parse().unwrap(), regime).unwrap();
        assert_eq!(says("10000", Regime::Chop), "every tier");
        assert_eq!(says("10000", Regime::Bear), "not T3 (regime factor 0)");
        let none = ["T1", "T2", "T3"].map(|tier| format!("{tier} (regime factor 0)")).join(", ");
        assert_eq!(says("10000", Regime::Crash), format!("no tier: {none}"));
        assert_eq!(says("10000", Regime::Unknown), "no tier while the regime is unknown");
        // A cap of 5 % leaves 49 cents of ten dollars: less than the smallest order.
        let poor = says("10", Regime::Chop);
        assert!(poor.starts_with("no tier: T1 (position_cap"), "{poor}");
    }

    #[test]
    fn before_the_first_order_every_weather_is_told() {
        let (config, limits) = shipped();
        let told = in_every_regime(&config, &limits, "10000".parse().unwrap()).unwrap();
        let words: Vec<_> = told.split("; ").map(|part| part.split(':').next().unwrap()).collect();
        assert_eq!(words, REGIMES.map(Regime::as_str));
    }
}
