//! The slow state of the whole market: quiet and wild, rising and falling spells.

use super::table::{Kind, SPELLS};
use crate::draw::{Purpose, Stream, World, exp, ln};

/// The spell a day is in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spell {
    kind: usize,
    /// Days until another begins, this one included.
    left: f64,
}

impl Spell {
    /// The market starts in an ordinary one that ends with its first day.
    pub(crate) const FIRST: Self = Self { kind: 0, left: 1.0 };

    pub(crate) fn kind(self) -> Kind {
        SPELLS.get(self.kind).copied().unwrap_or(SPELLS[0])
    }

    /// The next day's spell.
    pub(crate) fn next(self, world: World, day: u64) -> Self {
        if self.left > 1.5 {
            return Self { left: self.left - 1.0, ..self };
        }
        let stream = Stream::new(world, 0, Purpose::Spell);
        let all: f64 = SPELLS.iter().map(|kind| kind.weight).sum();
        let mut rest = stream.uniform(2 * day) * all;
        let mut chosen = 0;
        for (at, kind) in SPELLS.iter().enumerate() {
            chosen = at;
            rest -= kind.weight;
            if rest <= 0.0 {
                break;
            }
        }
        let (shortest, mean_rest) = SPELLS.get(chosen).map_or((1.0, 0.0), |kind| kind.days);
        let left = shortest - (mean_rest * ln(stream.uniform(2 * day + 1))).ceil();
        Self { kind: chosen, left }
    }
}

/// Long-run mean over days of exp(power × the spell's log volatility).
pub(crate) fn moment(power: f64) -> f64 {
    // The mean of the whole part of an exponential with mean m is 1 / (e^(1/m) − 1).
    let days = |kind: &Kind| kind.weight * (kind.days.0 + 1.0 / (exp(1.0 / kind.days.1) - 1.0));
    let all: f64 = SPELLS.iter().map(days).sum();
    let weighted = |kind: &Kind| days(kind) * exp(power * kind.volatility_log);
    SPELLS.iter().map(weighted).sum::<f64>() / all
}
