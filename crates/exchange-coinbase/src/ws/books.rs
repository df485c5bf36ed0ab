//! The books of one connection: which are right, and when to ask for the others again.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use domain::{ProductId, Timestamp};

use super::book::LevelBook;
use super::event::{BookLoss, Event};
use super::level2::{BookEvent, Kind};
use super::timing::Timing;

/// A product that never gets a snapshot is asked for at least this often.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// One product's book, or the wait for it.
#[derive(Debug, Default)]
struct Slot {
    book: Option<LevelBook>,
    since: Duration,
    /// How often it was asked for since it was last well.
    asked: u32,
    /// When to ask (again).
    due: Option<Duration>,
}

/// All books of a connection.
#[derive(Debug)]
pub(super) struct Books {
    slots: BTreeMap<ProductId, Slot>,
    timing: Timing,
}

impl Books {
    pub(super) fn new(products: BTreeSet<ProductId>, timing: Timing) -> Self {
        let slots = products.into_iter().map(|product| (product, Slot::default())).collect();
        Self { slots, timing }
    }

    pub(super) fn get(&self, product: &ProductId) -> Option<&LevelBook> {
        self.slots.get(product)?.book.as_ref()
    }

    pub(super) fn ready(&self) -> usize {
        self.slots.values().filter(|slot| slot.book.is_some()).count()
    }

    /// All snapshots are on their way.
    pub(super) fn asked_for_all(&mut self, now: Duration) {
        for slot in self.slots.values_mut() {
            slot.asked = 1;
            slot.due = Some(now + wait(&self.timing, 1));
        }
    }

    /// The products to ask for now; they are then taken as asked for.
    pub(super) fn due(&mut self, now: Duration) -> BTreeSet<ProductId> {
        let mut due = BTreeSet::new();
        for (product, slot) in &mut self.slots {
            if slot.due.is_some_and(|at| at <= now) {
                slot.asked = slot.asked.saturating_add(1);
                slot.due = Some(now + wait(&self.timing, slot.asked));
                due.insert(*product);
            }
        }
        due
    }

    pub(super) fn lose_all(&mut self, now: Duration, loss: BookLoss, events: &mut Vec<Event>) {
        for (product, slot) in &mut self.slots {
            lose(&self.timing, now, *product, slot, loss, events);
        }
    }

    /// Takes an event of one product. What nobody asked for, and updates without a book to
    /// update, say nothing.
    pub(super) fn take(
        &mut self,
        now: Duration,
        event: &BookEvent,
        sent: Timestamp,
        events: &mut Vec<Event>,
    ) {
        let Some(slot) = self.slots.get_mut(&event.product) else { return };
        match (&mut slot.book, event.kind) {
            (Some(book), _) => book.apply(event, sent),
            (None, Kind::Update) => return,
            (None, Kind::Snapshot) => {
                slot.book = Some(LevelBook::new(event, sent));
                (slot.since, slot.due) = (now, None);
                events.push(Event::BookReady(event.product));
            }
        }
        let Some(book) = &slot.book else { return };
        let fault = if book.len() > self.timing.levels {
            Some(BookLoss::TooLarge)
        } else {
            book.fault().map(BookLoss::Fault)
        };
        if let Some(fault) = fault {
            lose(&self.timing, now, event.product, slot, fault, events);
        }
    }
}

/// Drops a book. What went missing on the way is asked for at once (the session bounds how often);
/// a book that the venue sent impossible is asked for after its wait, unless it was well for long.
fn lose(
    timing: &Timing,
    now: Duration,
    product: ProductId,
    slot: &mut Slot,
    fault: BookLoss,
    events: &mut Vec<Event>,
) {
    if slot.book.take().is_none() {
        return;
    }
    if now.saturating_sub(slot.since) > timing.healthy {
        slot.asked = 0;
    }
    let at_once = fault == BookLoss::Missing || slot.asked <= 1;
    slot.due = Some(if at_once { now } else { now + wait(timing, slot.asked) });
    events.push(Event::BookLost { product, fault });
}

/// How long the so-manieth request may take.
fn wait(timing: &Timing, asked: u32) -> Duration {
    let doubled = 1_u32.checked_shl(asked.saturating_sub(1)).unwrap_or(u32::MAX);
    timing.snapshot.saturating_mul(doubled).min(LONGEST_WAIT)
}
