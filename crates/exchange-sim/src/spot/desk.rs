//! What the venue keeps of a product beside its bars: its state, own orders, own trades.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use domain::{Price, ProductStatus, Side, Timestamp};
use rust_decimal::Decimal;

use super::draft::StopDirection;
use super::tape::Trade;

/// A leg of an order that rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resting {
    /// The order's place among the venue's.
    pub(crate) order: usize,
    /// Which of its legs.
    pub(crate) leg: usize,
}

/// Place in line: the better price first (bids are negated), then the earlier number.
pub(crate) type Place = (Decimal, u64);

/// What happened within a bar; another bar begins anew.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InBar(Option<(Timestamp, Decimal)>);

impl InBar {
    pub(crate) fn of(self, bar: Timestamp) -> Decimal {
        self.0.filter(|(start, _)| *start == bar).map_or(Decimal::ZERO, |(_, sum)| sum)
    }

    pub(crate) fn add(&mut self, bar: Timestamp, qty: Decimal) {
        self.0 = Some((bar, self.of(bar) + qty));
    }
}

/// Something for each side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sides<T> {
    pub(crate) buy: T,
    pub(crate) sell: T,
}

impl<T> Sides<T> {
    pub(crate) const fn of(&self, side: Side) -> &T {
        match side {
            Side::Buy => &self.buy,
            Side::Sell => &self.sell,
        }
    }

    pub(crate) const fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Buy => &mut self.buy,
            Side::Sell => &mut self.sell,
        }
    }
}

/// The state of one book.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) status: ProductStatus,
    pub(crate) halted_until: Option<Timestamp>,
    /// Spans without trades although the market went on, with ends as far as they are known.
    pub(crate) quiet: Vec<(Timestamp, Timestamp)>,
    pub(crate) watched: bool,
    /// Orders that have not ended, of all accounts.
    pub(crate) live: usize,
    pub(crate) resting: Sides<BTreeMap<Place, Resting>>,
    /// Stops that a rise wakes, lowest first.
    rising: BTreeMap<(Decimal, u64), usize>,
    /// Stops that a fall wakes, highest first.
    falling: BTreeMap<(Reverse<Decimal>, u64), usize>,
    /// Own trades, oldest first.
    pub(crate) prints: VecDeque<Trade>,
    /// What own orders took from each side's makers since the bar began, by the taker's side.
    pub(crate) taken: Sides<InBar>,
    /// What resting own orders had of the bar's volume.
    pub(crate) made: Sides<InBar>,
    /// Lowest and highest price traded since stops were last looked at.
    pub(crate) unseen: Option<(Decimal, Decimal)>,
    /// The market's last trade as of a moment, so that it is not looked for again within it.
    pub(crate) told: Option<(Timestamp, Option<Trade>)>,
    /// The book as followers know it: sizes by side (bids are `true`) and price.
    pub(crate) shown: BTreeMap<(bool, Price), Decimal>,
}

impl Desk {
    pub(crate) fn new(status: ProductStatus) -> Self {
        Self {
            status,
            halted_until: None,
            quiet: Vec::new(),
            watched: false,
            live: 0,
            resting: Sides::default(),
            rising: BTreeMap::new(),
            falling: BTreeMap::new(),
            prints: VecDeque::new(),
            taken: Sides::default(),
            made: Sides::default(),
            unseen: None,
            told: None,
            shown: BTreeMap::new(),
        }
    }

    /// Whether trades happen in this state, leaving halts aside.
    pub(crate) const fn trades(&self) -> bool {
        matches!(
            self.status,
            ProductStatus::Online | ProductStatus::LimitOnly | ProductStatus::ViewOnly
        )
    }

    /// Whether it was, or is going to be, quiet at a moment.
    pub(crate) fn was_quiet(&self, at: Timestamp) -> bool {
        self.quiet.iter().any(|(from, to)| *from <= at && at < *to)
    }

    /// It is quiet from now until a time; one that has come ends the quiet.
    pub(crate) fn note_quiet(&mut self, now: Timestamp, until: Timestamp) {
        if let Some((_, end)) = self.quiet.last_mut() {
            *end = now.min(*end);
        }
        if until > now {
            self.quiet.push((now, until));
        }
    }

    pub(crate) fn place(side: Side, price: Price, number: u64) -> Place {
        match side {
            Side::Buy => (-price.get(), number),
            Side::Sell => (price.get(), number),
        }
    }

    /// Who is first in line on a side, and at which price.
    pub(crate) fn first(&self, side: Side) -> Option<(Decimal, Place, Resting)> {
        let (place, resting) = self.resting.of(side).first_key_value()?;
        Some((place.0.abs(), *place, *resting))
    }

    /// Whether own orders cross each other, as they can while nothing matches.
    pub(crate) fn is_crossed(&self) -> bool {
        let bid = self.first(Side::Buy).map(|(price, ..)| price);
        let ask = self.first(Side::Sell).map(|(price, ..)| price);
        bid.zip(ask).is_some_and(|(bid, ask)| bid >= ask)
    }

    pub(crate) fn await_stop(
        &mut self,
        direction: StopDirection,
        stop: Price,
        number: u64,
        order: usize,
    ) {
        match direction {
            StopDirection::Up => self.rising.insert((stop.get(), number), order),
            StopDirection::Down => self.falling.insert((Reverse(stop.get()), number), order),
        };
    }

    pub(crate) fn forget_stop(&mut self, direction: StopDirection, stop: Price, number: u64) {
        match direction {
            StopDirection::Up => self.rising.remove(&(stop.get(), number)),
            StopDirection::Down => self.falling.remove(&(Reverse(stop.get()), number)),
        };
    }

    /// The next order whose stop lies within what traded, taken off the list.
    pub(crate) fn next_woken(&mut self, low: Decimal, high: Decimal) -> Option<usize> {
        let rising = self.rising.first_entry().filter(|e| e.key().0 <= high);
        if let Some(entry) = rising {
            return Some(entry.remove());
        }
        let falling = self.falling.first_entry().filter(|e| e.key().0.0 >= low);
        falling.map(std::collections::btree_map::OccupiedEntry::remove)
    }

    pub(crate) fn saw(&mut self, price: Decimal) {
        let (low, high) = self.unseen.unwrap_or((price, price));
        self.unseen = Some((low.min(price), high.max(price)));
    }
}
