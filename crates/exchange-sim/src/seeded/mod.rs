//! A market that never was: every bar is a function of the seed and its own time.

mod minutes;
mod series;
mod table;

use std::collections::VecDeque;

use domain::{Bar, Gap, IdError, Product, ProductId, Timestamp};

use crate::catalog::{Catalog, CatalogError};
use crate::draw::{Purpose, Stream};
use minutes::CommonDay;
use series::{Nature, Plan, Series, State};
use table::{MODELS, Model};

/// 2025-06-01, in days since 1970: the first day there is.
const FIRST_DAY: u64 = 20_240;
/// 2100-01-01: nobody needs a later one, and a mistyped year should not cost minutes.
const END_DAY: u64 = 47_482;
/// Days kept ready behind the clock: 340 hours and the day of the clock itself.
const KEPT_DAYS: u64 = 15;

/// Why there is no seeded market.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The moment is outside what is modelled.
    #[error("{at} is outside the seeded market, which runs from {from} to {to}")]
    OutOfRange {
        /// Asked for.
        at: Timestamp,
        /// First moment.
        from: Timestamp,
        /// Last moment.
        to: Timestamp,
    },
    /// A product of the model is not in the embedded table.
    #[error("the embedded increments lack {0}")]
    NoIncrements(&'static str),
    /// The embedded increments do not parse.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A product of the model has no valid id.
    #[error(transparent)]
    Id(#[from] IdError),
}

/// The fourteen markets of the model.
#[derive(Debug, Clone)]
pub struct Seeded {
    seed: u64,
    products: Vec<Product>,
    /// By day since the first: the states at midnight, the common factor's first.
    states: Vec<[State; MODELS.len() + 1]>,
    window: VecDeque<Day>,
}

/// All bars of one day.
#[derive(Debug, Clone)]
struct Day {
    number: u64,
    /// Aligned with the products.
    bars: Vec<Vec<Bar>>,
}

impl Seeded {
    /// The market of a seed, with nothing drawn yet.
    ///
    /// # Errors
    /// [`SeedError`] if the embedded increments do not cover the model; a test shows they do.
    pub fn new(seed: u64) -> Result<Self, SeedError> {
        let catalog = Catalog::embedded()?;
        let mut products = Vec::with_capacity(MODELS.len());
        for model in &MODELS {
            let id: ProductId = model.id.parse()?;
            let product = catalog.get(&id).ok_or(SeedError::NoIncrements(model.id))?;
            products.push(*product);
        }
        Ok(Self {
            seed,
            products,
            states: vec![[State::default(); MODELS.len() + 1]],
            window: VecDeque::new(),
        })
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Its products, sorted by id, all online.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The first moment there are bars for.
    pub fn first(&self) -> Timestamp {
        midnight(FIRST_DAY)
    }

    /// Makes the days around `now` ready to be read.
    ///
    /// # Errors
    /// [`SeedError::OutOfRange`] before 2025-06-01 and from 2100.
    pub fn prepare(&mut self, now: Timestamp) -> Result<(), SeedError> {
        let day = u64::try_from(now.secs().div_euclid(86_400)).unwrap_or(0);
        if !(FIRST_DAY..END_DAY).contains(&day) {
            return Err(SeedError::OutOfRange {
                at: now,
                from: midnight(FIRST_DAY),
                to: midnight(END_DAY),
            });
        }
        let first = day.saturating_sub(KEPT_DAYS).max(FIRST_DAY);
        self.extend_states(day);
        self.window.retain(|d| (first..=day).contains(&d.number));
        // A clock that went back leaves a window that does not start where it should.
        if self.window.front().is_some_and(|d| d.number != first) {
            self.window.clear();
        }
        let next = self.window.back().map_or(first, |d| d.number + 1);
        for number in next..=day {
            let bars = self.draw(number);
            self.window.push_back(Day { number, bars });
        }
        Ok(())
    }

    /// The prepared bars of a product (by position) that start in `[from, to)`, in order; to the
    /// end of the day it was prepared for, so that keeping to a clock is the reader's part.
    pub fn bars(
        &self,
        at: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Bar> {
        let touches = move |d: &&Day| midnight(d.number) < to && from < midnight(d.number + 1);
        self.window.iter().filter(touches).flat_map(move |d| {
            let bars = d.bars.get(at).map_or(&[][..], Vec::as_slice);
            let start = bars.partition_point(|b| b.start < from);
            let end = bars.partition_point(|b| b.start < to);
            bars.get(start..end).unwrap_or_default()
        })
    }

    /// The halts of the venue that touch `[from, to]`.
    pub fn gaps(&self, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        let day_of = |t: Timestamp| u64::try_from(t.secs().div_euclid(86_400)).unwrap_or(0);
        let days = day_of(from).max(FIRST_DAY)..=day_of(to).min(END_DAY);
        days.filter_map(|day| halt(self.seed, day))
            .filter(|gap| gap.from < to && from < gap.to)
            .collect()
    }

    fn series(&self, number: usize) -> Series {
        let nature = match number.checked_sub(1).and_then(|at| MODELS.get(at)) {
            Some(model) => {
                Nature { day_sd: model.own_day_sd, pull: table::OWN_PULL, jump: table::OWN_JUMP }
            }
            None => Nature {
                day_sd: table::COMMON_DAY_SD,
                pull: table::COMMON_PULL,
                jump: table::COMMON_JUMP,
            },
        };
        Series::new(self.seed, number as u64, nature)
    }

    /// The plans of a day whose states are known, the common factor's first.
    fn plans(&self, day: u64, states: &[State; MODELS.len() + 1]) -> Vec<Plan> {
        let mut plans: Vec<Plan> = Vec::with_capacity(states.len());
        for (number, state) in states.iter().enumerate() {
            let contagion = plans.first().map(|common| common.hour_log);
            plans.push(self.series(number).plan(day, *state, contagion.as_ref()));
        }
        plans
    }

    fn extend_states(&mut self, day: u64) {
        while (self.states.len() as u64) <= day - FIRST_DAY {
            let today = FIRST_DAY + self.states.len() as u64 - 1;
            let Some(states) = self.states.last() else {
                return;
            };
            let mut next = *states;
            let plans = self.plans(today, states);
            for (number, (state, plan)) in next.iter_mut().zip(&plans).enumerate() {
                *state = self.series(number).next(today, plan);
            }
            self.states.push(next);
        }
    }

    fn draw(&self, day: u64) -> Vec<Vec<Bar>> {
        let at = usize::try_from(day - FIRST_DAY).unwrap_or(usize::MAX);
        let Some(states) = self.states.get(at) else {
            return Vec::new();
        };
        let mut plans = self.plans(day, states).into_iter();
        let Some(plan) = plans.next() else {
            return Vec::new();
        };
        let path = self.series(0).path(day, &plan);
        let common = CommonDay { plan, path };
        let halted = halt(self.seed, day);
        let open = |bar: &Bar| !halted.is_some_and(|h| h.from <= bar.start && bar.start < h.to);
        let one = |(at, ((model, product), plan)): (usize, ((&Model, &Product), Plan))| {
            let series = self.series(at + 1);
            let mut bars = minutes::bars(model, product, &series, &plan, &common, day);
            bars.retain(open);
            bars
        };
        let markets = MODELS.iter().zip(&self.products).zip(plans);
        markets.enumerate().map(one).collect()
    }
}

fn midnight(day: u64) -> Timestamp {
    Timestamp::from_secs(i64::try_from(day).unwrap_or(0) * 86_400)
}

/// The halt of a day, if it has one: whole minutes, within the day.
fn halt(seed: u64, day: u64) -> Option<Gap> {
    let (probability, shortest, longest) = table::HALT;
    let stream = Stream::new(seed, 0, Purpose::Halt);
    if stream.uniform(3 * day) > probability {
        return None;
    }
    let draw = |n: u64, below: i64| i64::try_from(stream.bits(n) >> 1).unwrap_or(0) % below;
    let length = shortest + draw(3 * day + 1, longest - shortest + 1);
    let from = midnight(day).plus_secs(60 * draw(3 * day + 2, 1441 - longest));
    Some(Gap { from, to: from.plus_secs(60 * length) })
}
