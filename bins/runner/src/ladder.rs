//! The gates of a product in one cycle, from the universe to the policy: each with what it asks,
//! what it met, by how much, and the nearest change that would have let it pass.

use config::Config;
use domain::{CycleRecord, Features, HourFeatures, ProductId, Regime, Stage};
use risk::{Gate, Nearest, Sense, Unit};
use serde::Serialize;
use triggers::Params;

/// One gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Rung {
    pub(crate) stage: Stage,
    pub(crate) gate: String,
    pub(crate) passed: bool,
    pub(crate) found: Option<f64>,
    pub(crate) limit: Option<f64>,
    pub(crate) margin: Option<f64>,
    pub(crate) unit: &'static str,
    /// What would have let it pass; empty when it did.
    pub(crate) nearest: String,
    /// The sentence for people.
    pub(crate) note: String,
}

impl Rung {
    fn plain(stage: Stage, gate: &str, passed: bool, note: &str) -> Self {
        Self {
            stage,
            gate: gate.to_owned(),
            passed,
            found: None,
            limit: None,
            margin: None,
            unit: "",
            nearest: String::new(),
            note: note.to_owned(),
        }
    }

    /// A number that must reach a limit.
    fn reaches(
        stage: Stage,
        gate: &str,
        found: Option<f64>,
        limit: f64,
        unit: &'static str,
    ) -> Self {
        let margin = found.map(|found| found - limit);
        let passed = margin.is_some_and(|margin| margin >= 0.0);
        let nearest = match found {
            _ if passed => String::new(),
            Some(found) => format!("at least {} (was {})", short(limit), short(found)),
            None => "the number is absent".to_owned(),
        };
        Self {
            found,
            limit: Some(limit),
            margin,
            unit,
            nearest,
            ..Self::plain(stage, gate, passed, "")
        }
    }
}

/// What kept a product out of the universe, or that nothing did.
pub(crate) fn universe(record: &CycleRecord, product: &ProductId) -> Rung {
    if record.universe.member(product).is_some() {
        return Rung::plain(Stage::Universe, "member", true, "it may be traded");
    }
    let excluded = record.universe.excluded.iter().find(|(id, _)| id == product);
    match excluded {
        Some((_, code)) => Rung::plain(Stage::Universe, code.as_str(), false, code.sentence()),
        None => {
            Rung::plain(Stage::Universe, "unknown_product", false, "The venue did not list it.")
        }
    }
}

/// The conditions of all triggers and the filters behind them, on the features that were read.
pub(crate) fn triggers(config: &Config, record: &CycleRecord, product: &ProductId) -> Vec<Rung> {
    let params = &config.strategy.triggers;
    let found = record.features.iter().find(|features| features.product == *product);
    let mut rungs = Vec::new();
    if let Some(features) = found {
        if let Some(hour) = &features.hour {
            hourly(params, hour, record.regime, &mut rungs);
        }
        quick(params, features, record.regime, &mut rungs);
    }
    for trigger in record.triggers.iter().filter(|t| t.id.product == *product) {
        let word = if trigger.fresh { "fresh" } else { "stands since before" };
        let note = format!(
            "{word}: {:+.2} %, strength {:.2}, confidence {:.2}",
            trigger.move_pct, trigger.strength, trigger.confidence
        );
        let gate = format!("{} raised", trigger.id.kind);
        rungs.push(Rung::plain(Stage::Triggers, &gate, trigger.fresh, &note));
    }
    rungs
}

fn hourly(params: &Params, hour: &HourFeatures, regime: Regime, rungs: &mut Vec<Rung>) {
    let stage = Stage::Triggers;
    let size = |value: Result<f64, domain::Absent>| value.ok().map(f64::abs);
    let least = params.momentum.min_move_pct;
    rungs.push(Rung::reaches(
        stage,
        "momentum: |24 h return|",
        size(hour.return_24h_pct),
        least,
        "%",
    ));
    if let Some(least) = params.volume_spike.min_ratio.of(regime) {
        let found = hour.volume_ratio.ok();
        rungs.push(Rung::reaches(stage, "volume_spike: hour / mean", found, least, "×"));
    }
    if let Ok(high) = hour.high_24h_before {
        rungs.push(Rung::reaches(stage, "breakout: close", Some(hour.close), high, "price"));
    }
    if let Some(least) = params.min_atr_ratio.of(regime) {
        let found = hour.atr_ratio.ok();
        rungs.push(Rung::reaches(stage, "atr_filter: ATR / its median", found, least, "×"));
    }
}

fn quick(params: &Params, features: &Features, regime: Regime, rungs: &mut Vec<Rung>) {
    let Some(slot) = &features.slot else { return };
    let moves = &params.price_move;
    for (gate, found, least) in [
        ("price_move: |15 m return|", slot.return_15m_pct, moves.min_15m_pct.of(regime)),
        ("price_move: |60 m return|", slot.return_60m_pct, moves.min_60m_pct.of(regime)),
    ] {
        if let Some(least) = least {
            let found = found.ok().map(f64::abs);
            rungs.push(Rung::reaches(Stage::Triggers, gate, found, least, "%"));
        }
    }
}

/// What triggers and rules refused, and what they proposed.
pub(crate) fn rules(record: &CycleRecord, product: &ProductId) -> Vec<Rung> {
    let refused = record.refused.iter().filter(|(_, refused)| refused.product == *product);
    let mut rungs: Vec<_> = refused
        .map(|(stage, refused)| {
            let margin = refused.limit.zip(refused.found).map(|(l, f)| -(l - f).abs());
            let nearest = match (refused.limit, refused.found) {
                (Some(limit), Some(found)) => format!("{} (was {})", short(limit), short(found)),
                (Some(limit), None) => short(limit),
                (None, _) => String::new(),
            };
            let (found, limit) = (refused.found, refused.limit);
            let plain = Rung::plain(*stage, refused.code.as_str(), false, refused.code.sentence());
            Rung { found, limit, margin, nearest, ..plain }
        })
        .collect();
    for proposal in record.proposals.iter().filter(|p| p.product() == *product) {
        let (word, note) = match proposal {
            domain::Proposal::Entry(entry) => {
                let plan = &entry.plan;
                let note = format!(
                    "{} %, stop {} %, target {} %, conviction {:.2}: {}",
                    entry.size_pct, plan.stop_pct, plan.target_pct, entry.conviction, entry.reason
                );
                ("buy proposed", note)
            }
            domain::Proposal::Exit(exit) => ("sale proposed", exit.reason.clone()),
        };
        rungs.push(Rung::plain(Stage::Rules, word, true, &note));
    }
    rungs
}

/// The policy's gate.
pub(crate) fn policy(gate: &Gate) -> Rung {
    let unit = unit(gate.unit);
    let nearest = match gate.nearest() {
        Nearest::Passes => String::new(),
        Nearest::Wait(secs) => format!("in {} s", short(secs)),
        Nearest::At(value) => {
            let word = match gate.sense {
                Sense::AtMost | Sense::Below => "at most",
                Sense::AtLeast | Sense::Wait => "at least",
                Sense::Must => "at",
            };
            let was = gate.found.map_or_else(String::new, |f| format!(" (was {})", short(f)));
            format!("{word} {}{was}", short(value))
        }
        Nearest::Happen => gate.key.to_owned(),
    };
    let note = match gate.leaves {
        Some(left) => format!("leaves ${}", short(left)),
        None if gate.passed => String::new(),
        None => gate.code.sentence().to_owned(),
    };
    Rung {
        stage: Stage::Risk,
        gate: gate.code.as_str().to_owned(),
        passed: gate.passed,
        found: gate.found,
        limit: gate.limit,
        margin: gate.margin(),
        unit,
        nearest,
        note,
    }
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::None | Unit::Count | Unit::Share => "",
        Unit::Pct => "%",
        Unit::Bps => "bps",
        Unit::Usd => "$",
        Unit::Base => "base",
        Unit::Secs => "s",
        Unit::Minutes => "min",
        Unit::Times => "×",
    }
}

/// A number for people: at most four digits behind the point.
pub(crate) fn short(value: f64) -> String {
    format!("{}", (value * 1e4).round() / 1e4)
}
