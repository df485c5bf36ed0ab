//! A market that never was: every bar is a function of the seed and its own time.

mod chain;
mod minutes;
mod models;
mod series;
mod spell;
mod table;

use std::collections::VecDeque;

use domain::{Bar, Gap, IdError, Product, ProductId, Timestamp};

use crate::catalog::{Catalog, CatalogError};
use crate::draw::{GENERATION, Purpose, Stream, World};
use chain::{Cast, Chain, Plans};
use minutes::{CommonDay, Tape};
use models::MODELS;

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

/// The sixty markets of the model.
#[derive(Debug, Clone)]
pub struct Seeded {
    seed: u64,
    world: World,
    products: Vec<Product>,
    /// Aligned with the products.
    tapes: Vec<Tape>,
    cast: Box<Cast>,
    /// The midnight after the last day of the window.
    next: Box<Chain>,
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
        Self::in_generation(seed, GENERATION)
    }

    /// The market of a seed in another numbering of the worlds, for who looks for one.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn in_generation(seed: u64, generation: u64) -> Result<Self, SeedError> {
        let catalog = Catalog::embedded()?;
        let world = World::new(seed, generation);
        let mut products = Vec::with_capacity(MODELS.len());
        let mut tapes = Vec::with_capacity(MODELS.len());
        for model in &MODELS {
            let id: ProductId = model.id.parse()?;
            let product = catalog.get(&id).ok_or(SeedError::NoIncrements(model.id))?;
            products.push(*product);
            tapes.push(Tape::new(world, model, product));
        }
        let cast = Box::new(Cast::new(world, MODELS.iter()));
        let next = Box::new(Chain::first(&cast));
        Ok(Self { seed, world, products, tapes, cast, next, window: VecDeque::new() })
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
        self.window.retain(|d| (first..=day).contains(&d.number));
        // A clock that went back leaves a window that does not start, or end, where it should.
        let starts = self.window.front().is_none_or(|d| d.number == first);
        let ends = self.window.back().is_none_or(|d| d.number + 1 == self.next.day);
        if !(starts && ends) {
            self.window.clear();
        }
        if self.window.is_empty() && self.next.day > first {
            *self.next = Chain::first(&self.cast);
        }
        while self.next.day <= day {
            let plans = self.next.plans(&self.cast);
            if self.next.day >= first {
                let bars = self.draw(self.next.day, &plans);
                self.window.push_back(Day { number: self.next.day, bars });
            }
            self.next.advance(&self.cast, &plans);
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
        days.filter_map(|day| halt(self.world, day))
            .filter(|gap| gap.from < to && from < gap.to)
            .collect()
    }

    /// The last prices of a product's hours in `[from, to)` by its path alone, whether or not a
    /// trade showed them: quick, and independent of what was prepared.
    pub fn outline(&self, at: usize, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, f64)> {
        let (Some(model), Some(tape)) = (MODELS.get(at), self.tapes.get(at)) else {
            return Vec::new();
        };
        let cast = Cast::new(self.world, [model].into_iter());
        let mut chain = Chain::first(&cast);
        let mut out = Vec::new();
        while chain.day < END_DAY && midnight(chain.day) < to {
            let (day, plans) = (chain.day, chain.plans(&cast));
            if from < midnight(day + 1) {
                let common = cast.common.path(day, &plans.common);
                let series = cast.own.iter().zip(&plans.own);
                let own = series.flat_map(|(series, plan)| series.path(day, plan));
                let minutes = common.iter().zip(own).skip(59).step_by(60);
                let hours = (0..).zip(minutes).map(|(hour, (factor, own))| {
                    let price = tape.price(tape.log(*factor, own));
                    (midnight(day).plus_secs(hour * 3600), tape.nearest(price))
                });
                out.extend(hours.filter(|(start, _)| (from..to).contains(start)));
            }
            chain.advance(&cast, &plans);
        }
        out
    }

    fn draw(&self, day: u64, plans: &Plans) -> Vec<Vec<Bar>> {
        let path = self.cast.common.path(day, &plans.common);
        let common = CommonDay { plan: plans.common.clone(), path };
        let halted = halt(self.world, day);
        let open = |bar: &Bar| !halted.is_some_and(|h| h.from <= bar.start && bar.start < h.to);
        let series = self.cast.own.iter().zip(&plans.own);
        let markets = self.tapes.iter().zip(series);
        let one = |(tape, (series, plan)): (&Tape, _)| {
            let mut bars = tape.bars(series, plan, &common, day);
            bars.retain(open);
            bars
        };
        markets.map(one).collect()
    }
}

fn midnight(day: u64) -> Timestamp {
    Timestamp::from_secs(i64::try_from(day).unwrap_or(0) * 86_400)
}

/// The halt of a day, if it has one: whole minutes, within the day.
fn halt(world: World, day: u64) -> Option<Gap> {
    let (probability, shortest, longest) = table::HALT;
    let stream = Stream::new(world, 0, Purpose::Halt);
    if stream.uniform(3 * day) > probability {
        return None;
    }
    let draw = |n: u64, below: i64| i64::try_from(stream.bits(n) >> 1).unwrap_or(0) % below;
    let length = shortest + draw(3 * day + 1, longest - shortest + 1);
    let from = midnight(day).plus_secs(60 * draw(3 * day + 2, 1441 - longest));
    Some(Gap { from, to: from.plus_secs(60 * length) })
}
