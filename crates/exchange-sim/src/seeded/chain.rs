//! What all series carry from midnight to midnight.

use super::FIRST_DAY;
use super::models::Model;
use super::series::{Plan, Series, State};
use super::spell::Spell;
use crate::draw::World;

/// The common factor and the series of some products.
#[derive(Debug, Clone)]
pub(crate) struct Cast {
    pub(crate) world: World,
    pub(crate) common: Series,
    pub(crate) own: Vec<Series>,
}

impl Cast {
    pub(crate) fn new<'a>(world: World, models: impl Iterator<Item = &'a Model>) -> Self {
        let own = |model| Series::own(world, model);
        Self { world, common: Series::common(world), own: models.map(own).collect() }
    }
}

/// The states at the midnight that begins a day.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) day: u64,
    spell: Spell,
    common: State,
    own: Vec<State>,
}

/// The plans of a day.
#[derive(Debug, Clone)]
pub(crate) struct Plans {
    pub(crate) common: Plan,
    pub(crate) own: Vec<Plan>,
}

impl Chain {
    /// Where everything starts.
    pub(crate) fn first(cast: &Cast) -> Self {
        let own = vec![State::default(); cast.own.len()];
        Self { day: FIRST_DAY, spell: Spell::FIRST, common: State::default(), own }
    }

    /// The plans of its day.
    pub(crate) fn plans(&self, cast: &Cast) -> Plans {
        let common = cast.common.plan_in(self.day, self.common, self.spell);
        let plan = |(series, state): (&Series, &State)| series.plan(self.day, *state, &common);
        let own = cast.own.iter().zip(&self.own).map(plan).collect();
        Plans { common, own }
    }

    /// The next midnight.
    pub(crate) fn advance(&mut self, cast: &Cast, plans: &Plans) {
        self.common = cast.common.next(self.day, &plans.common);
        for ((state, series), plan) in self.own.iter_mut().zip(&cast.own).zip(&plans.own) {
            *state = series.next(self.day, plan);
        }
        self.spell = self.spell.next(cast.world, self.day);
        self.day += 1;
    }
}
