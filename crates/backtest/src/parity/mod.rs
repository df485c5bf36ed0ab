//! Two runs over the same time, PAPER or LIVE and a backtest of it: the same events, and where the money
//! differs, why.
//!
//! An event (product, kind, candle) has one name in every run, so that trades of one event are one
//! trade told twice. What each came to differs by
//!
//! - `fee`: what was paid for the fills;
//! - `price`: how much better the fills were than the last close at the moment of each;
//! - `size`: what more or fewer units gained at those closes;
//! - `timing`: the rest: what the market did between the moments of the one and of the other;
//! - `unfilled`, `refused`, `universe`: the whole of a trade that only one has, by how far the other
//!   came with its event: approved and never filled, decided against, or never proposed.
//!
//! The parts add up to the difference to the last digit: `timing` is what the others leave.

mod side;

use std::collections::BTreeSet;

use domain::{Fact, NumError, ProductId, Round, Timestamp, TriggerId, quantize};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::report::close_at;
use crate::{BacktestError, Data};

use side::Side;
pub use side::Taken;

/// Two runs side by side. Amounts are dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parity {
    /// From when on both have records.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Events that both approved.
    pub approved_by_both: u64,
    /// Events that the one approved and the other did not.
    pub approved_by_one: Vec<TriggerId>,
    /// The other way round.
    pub approved_by_other: Vec<TriggerId>,
    /// What the trades of the one came to, what is left at the last close.
    pub one: Decimal,
    /// And those of the other.
    pub other: Decimal,
    /// `one − other`: the sum of the parts.
    pub difference: Decimal,
    /// The sums of all trades' parts.
    pub parts: Parts,
    /// Trade by trade.
    pub trades: Vec<Pair>,
    /// Trades of each that are older than the time of both, or not of an event: not compared.
    pub left_out: [u64; 2],
}

/// Where a difference comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// When things were bought and sold.
    pub timing: Decimal,
    /// At which prices, against the market of the moment.
    pub price: Decimal,
    /// For which fees.
    pub fee: Decimal,
    /// How much.
    pub size: Decimal,
    /// An entry that the other sent and that never filled.
    pub unfilled: Decimal,
    /// An event that the other decided against.
    pub refused: Decimal,
    /// An event that the other never proposed: out of its universe, or never raised.
    pub universe: Decimal,
}

/// One event's trades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The event.
    pub event: TriggerId,
    /// What the one made of it.
    pub one: Option<Taken>,
    /// What the other did.
    pub other: Option<Taken>,
    /// What each came to, one less the other.
    pub difference: Decimal,
    /// Why.
    pub parts: Parts,
}

impl Parts {
    /// Names and amounts, in the order in which they are printed.
    pub const fn named(&self) -> [(&'static str, Decimal); 7] {
        [
            ("timing", self.timing),
            ("price", self.price),
            ("fee", self.fee),
            ("size", self.size),
            ("unfilled", self.unfilled),
            ("refused", self.refused),
            ("universe", self.universe),
        ]
    }

    fn plus(self, other: Self) -> Self {
        Self {
            timing: self.timing + other.timing,
            price: self.price + other.price,
            fee: self.fee + other.fee,
            size: self.size + other.size,
            unfilled: self.unfilled + other.unfilled,
            refused: self.refused + other.refused,
            universe: self.universe + other.universe,
        }
    }
}

impl Parity {
    /// Compares the facts of two runs over the time that both have, with the closes of their market.
    ///
    /// # Errors
    /// [`BacktestError::NothingInCommon`] where no time is common to both; [`BacktestError::NoClose`] where
    /// something was traded without a candle before it; [`BacktestError::Num`] where a sum leaves exact
    /// decimals.
    pub fn of(one: &[Fact], other: &[Fact], data: &Data) -> Result<Self, BacktestError> {
        let Some((from, to)) = common(one, other).filter(|(from, to)| from < to) else {
            return Err(BacktestError::NothingInCommon);
        };
        let close = |product: ProductId, at: Timestamp| {
            let series = data.series.iter().find(|series| series.product == product);
            let close = series.and_then(|series| close_at(series, at));
            let close = close.ok_or(BacktestError::NoClose { product, at })?;
            Ok(quantize(close, Decimal::new(1, CLOSE_DIGITS), Round::Nearest)?)
        };
        let one = Side::of(one, from, to, &close)?;
        let other = Side::of(other, from, to, &close)?;
        let events: BTreeSet<_> = one.trades.keys().chain(other.trades.keys()).copied().collect();
        let pairs = events.into_iter().map(|event| pair(event, &one, &other));
        let trades: Vec<_> = pairs.collect::<Option<_>>().ok_or(OVERFLOW)?;
        let parts = trades.iter().fold(Parts::default(), |sum, pair| sum.plus(pair.parts));
        let only = |of: &Side, not: &Side| of.approved.difference(&not.approved).copied().collect();
        let sum = |side: &Side| side.trades.values().map(|taken| taken.result).sum::<Decimal>();
        Ok(Self {
            from,
            to,
            approved_by_both: one.approved.intersection(&other.approved).count() as u64,
            approved_by_one: only(&one, &other),
            approved_by_other: only(&other, &one),
            one: sum(&one),
            other: sum(&other),
            difference: sum(&one) - sum(&other),
            parts,
            trades,
            left_out: [one.left_out, other.left_out],
        })
    }
}

/// Digits after the point of a close that something is measured by: more than any increment has.
const CLOSE_DIGITS: u32 = 12;
const OVERFLOW: NumError = NumError::Overflow { what: "a difference of two trades" };

/// The time of which there are facts; `None` of none.
pub fn span(facts: &[Fact]) -> Option<(Timestamp, Timestamp)> {
    let times = || facts.iter().map(Fact::at);
    Some((times().min()?, times().max()?))
}

/// The time of which both have records.
fn common(one: &[Fact], other: &[Fact]) -> Option<(Timestamp, Timestamp)> {
    let ((first, last), (from, to)) = (span(one)?, span(other)?);
    Some((first.max(from), last.min(to)))
}

/// `None` where a product leaves exact decimals.
fn pair(event: TriggerId, one: &Side, other: &Side) -> Option<Pair> {
    let taken = |side: &Side| side.trades.get(&event).cloned();
    let (ours, theirs) = (taken(one), taken(other));
    let result = |taken: &Option<Taken>| taken.as_ref().map_or(Decimal::ZERO, |t| t.result);
    let difference = result(&ours) - result(&theirs);
    let mut parts = Parts::default();
    match (&ours, &theirs) {
        (Some(ours), Some(theirs)) => parts = apart(ours, theirs, difference)?,
        (Some(_), None) => *alone(&mut parts, event, other) = difference,
        (None, Some(_)) => *alone(&mut parts, event, one) = difference,
        (None, None) => {}
    }
    Some(Pair { event, one: ours, other: theirs, difference, parts })
}

/// Both traded it.
fn apart(ours: &Taken, theirs: &Taken, difference: Decimal) -> Option<Parts> {
    let fee = theirs.fees - ours.fees;
    let price = ours.better - theirs.better;
    let more = ours.bought.checked_sub(theirs.bought)?;
    // What the other made of a unit at the closes of its moments, times the units that it lacks.
    let size = theirs.at_closes().checked_mul(more)?.checked_div(theirs.bought)?;
    let size = size.round_dp(8);
    Some(Parts { fee, price, size, timing: difference - fee - price - size, ..Parts::default() })
}

/// Only one traded it: by how far the other came with it.
fn alone<'a>(parts: &'a mut Parts, event: TriggerId, without: &Side) -> &'a mut Decimal {
    if without.approved.contains(&event) {
        &mut parts.unfilled
    } else if without.decided.contains(&event) {
        &mut parts.refused
    } else {
        &mut parts.universe
    }
}
