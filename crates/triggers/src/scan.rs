//! All detectors over all members, and which events become candidates.

use core::cmp::Ordering;

use domain::{
    Absent, Evidence, Features, HourFeatures, Regime, Rejection, RuleRefusal, Stage, Trigger,
    Universe,
};

use crate::Params;
use crate::detect::{Breakouts, Detect, Momenta, PriceMoves, Reversals, VolumeSpikes};

/// The default detectors, in the order of their kinds.
const DETECTORS: [&dyn Detect; 5] = [&PriceMoves, &VolumeSpikes, &Breakouts, &Reversals, &Momenta];

/// What one scan found. Owned by the caller and used again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// Every event and every standing condition, by product and kind.
    pub triggers: Vec<Trigger>,
    /// One for each product with something fresh that no filter stopped, strongest first.
    pub candidates: Vec<Trigger>,
    /// Fresh events that did not become candidates.
    pub refused: Vec<(Stage, Rejection<RuleRefusal>)>,
}

impl Scan {
    fn clear(&mut self) {
        self.triggers.clear();
        self.candidates.clear();
        self.refused.clear();
    }

    fn refuse(
        &mut self,
        trigger: &Trigger,
        code: RuleRefusal,
        limit: Option<f64>,
        found: Option<f64>,
    ) {
        let (product, id) = (trigger.id.product, Some(trigger.id));
        let rejection = Rejection { product, trigger: id, code, limit, found };
        self.refused.push((Stage::Triggers, rejection));
    }
}

/// Looks at every member of the universe; `features` are sorted by product.
///
/// With an unknown regime, or without members, it finds nothing.
pub fn scan(
    params: &Params,
    universe: &Universe,
    features: &[Features],
    regime: Regime,
    out: &mut Scan,
) {
    out.clear();
    let mut rest = features;
    for member in &universe.members {
        // Both are sorted, so one walk finds them all.
        while rest.first().is_some_and(|f| f.product < member.product) {
            rest = rest.get(1..).unwrap_or_default();
        }
        let Some(own) = rest.first().filter(|f| f.product == member.product) else { continue };
        let from = out.triggers.len();
        let seen = DETECTORS.iter().filter_map(|d| d.detect(params, own, regime));
        out.triggers.extend(seen);
        if out.triggers.iter().skip(from).any(|t| t.fresh) {
            judge(params, own, regime, from, out);
        }
    }
    rank(params, out);
}

/// Finds the candidate among a product's events from `from` on, and says why the others are none.
fn judge(params: &Params, own: &Features, regime: Regime, from: usize, out: &mut Scan) {
    let stop = filter(params, own.hour.as_ref(), regime);
    let mut best: Option<Trigger> = None;
    for at in from..out.triggers.len() {
        let Some(trigger) = out.triggers.get(at).copied().filter(|t| t.fresh) else { continue };
        if let Some(Stop { code, limit, found }) = stop {
            out.refuse(&trigger, code, limit, found);
        } else if let Some(signs) = unconfirmed(params, &trigger) {
            let least = f64::from(params.reversal.min_confirmations);
            out.refuse(&trigger, RuleRefusal::Unconfirmed, Some(least), Some(signs));
        } else {
            let (kept, loser) = match best {
                Some(held) if held.score() >= trigger.score() => (held, Some(trigger)),
                held => (trigger, held),
            };
            best = Some(kept);
            if let Some(loser) = loser {
                let (limit, found) = (Some(kept.score()), Some(loser.score()));
                out.refuse(&loser, RuleRefusal::NotStrongest, limit, found);
            }
        }
    }
    out.candidates.extend(best);
}

/// Why a product's events are not believed this hour.
#[derive(Debug, Clone, Copy)]
struct Stop {
    code: RuleRefusal,
    limit: Option<f64>,
    found: Option<f64>,
}

fn filter(params: &Params, hour: Option<&HourFeatures>, regime: Regime) -> Option<Stop> {
    let absent = |why: Absent| {
        let code = match why {
            Absent::DataGap => RuleRefusal::DataGap,
            Absent::InsufficientHistory => RuleRefusal::InsufficientHistory,
            Absent::NoVolume | Absent::UnavailableGranularity => RuleRefusal::DataUnavailable,
        };
        Some(Stop { code, limit: None, found: None })
    };
    let Some(hour) = hour else { return absent(Absent::InsufficientHistory) };
    match hour.outlier {
        Ok(o)
            if o.deviation_pct > params.outlier.max_deviation_pct
                && o.volume_ratio < params.outlier.min_volume_ratio =>
        {
            let (limit, found) = (params.outlier.max_deviation_pct, o.deviation_pct);
            return Some(Stop {
                code: RuleRefusal::Outlier,
                limit: Some(limit),
                found: Some(found),
            });
        }
        Ok(_) => {}
        Err(why) => return absent(why),
    }
    let least = params.min_atr_ratio.of(regime)?;
    match hour.atr_ratio {
        Ok(ratio) if ratio >= least => None,
        Ok(ratio) => {
            Some(Stop { code: RuleRefusal::AtrFilter, limit: Some(least), found: Some(ratio) })
        }
        Err(why) => absent(why),
    }
}

/// How many signs a reversal has, when they are too few.
fn unconfirmed(params: &Params, trigger: &Trigger) -> Option<f64> {
    let Evidence::Reversal { confirmations, .. } = trigger.evidence else { return None };
    let signs = confirmations.count();
    (signs < params.reversal.min_confirmations).then(|| f64::from(signs))
}

/// Strongest first, ties by product; what is beyond the limit is refused.
fn rank(params: &Params, out: &mut Scan) {
    let by_strength = |a: &Trigger, b: &Trigger| {
        b.score()
            .partial_cmp(&a.score())
            .unwrap_or(Ordering::Equal)
            .then_with(|| a.id.product.cmp(&b.id.product))
    };
    out.candidates.sort_unstable_by(by_strength);
    let most = params.max_triggers_per_cycle;
    while out.candidates.len() > most {
        let Some(weakest) = out.candidates.pop() else { break };
        let (limit, found) = (Some(most as f64), Some(out.candidates.len() as f64 + 1.0));
        out.refuse(&weakest, RuleRefusal::TooManyTriggers, limit, found);
    }
}
