//! One own order: what is known of it.

use core::time::Duration;
use std::collections::BTreeMap;

use domain::planted::{Fault, planted};
use domain::{
    BaseQty, ClientOrderId, Ending, Fill, FillKind, IntentFact, LotId, OrderReport, Price,
    ProposalId, Side, Timestamp, VenueStatus,
};
use rust_decimal::Decimal;

use crate::{OrderState, Sign};

/// What was just taken need not be shown yet.
pub(crate) const FIRST_LOOK: Duration = Duration::from_secs(1);

/// An own order. What is known is the union of what was told, so that neither repetition nor order
/// of telling matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub(crate) sent: IntentFact,
    pub(crate) client_order_id: Option<ClientOrderId>,
    pub(crate) venue_order_id: Option<String>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) state: OrderState,
    /// The most that the venue has reported as filled.
    pub(crate) reported: BaseQty,
    /// What it filled in all, once it is over.
    pub(crate) ended: Option<BaseQty>,
    pub(crate) fills: BTreeMap<String, Booked>,
    /// Of an earlier process: nobody here waits for it.
    pub(crate) recovered: bool,
    /// It came back from an end that we believed in.
    pub(crate) reappeared: bool,
    /// When it ended, in the facts' time.
    pub(crate) over_at: Option<Timestamp>,
    pub(crate) pace: Pace,
}

/// A fill of the order, as far as its sum needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booked {
    kind: FillKind,
    trade: String,
    at: Timestamp,
    qty: Decimal,
    price: Price,
}

/// What the entries of one trade come to, whatever order they came in: a reversal takes back one
/// entry of the same amounts, the newest correction replaces what is left.
fn settled(mut entries: Vec<(&str, &Booked)>) -> Decimal {
    entries.sort_by_key(|(entry, fill)| (fill.at, fill.kind, *entry));
    let (mut added, mut corrected) = (Vec::new(), Vec::new());
    for (_, fill) in &entries {
        match fill.kind {
            FillKind::Fill | FillKind::Synthetic => added.push(*fill),
            FillKind::Correction => corrected.push(*fill),
            FillKind::Reversal => {}
        }
    }
    for (_, reversal) in entries.iter().filter(|(_, fill)| fill.kind == FillKind::Reversal) {
        let same = |fill: &&Booked| (fill.qty, fill.price) == (reversal.qty, reversal.price);
        let all = [&mut added, &mut corrected];
        let taken = all.into_iter().find_map(|of| Some((of.iter().position(same)?, of)));
        if let Some((place, of)) = taken {
            of.remove(place);
        }
    }
    match corrected.last() {
        Some(newest) => newest.qty,
        None => added.iter().map(|fill| fill.qty).fold(Decimal::ZERO, Decimal::saturating_add),
    }
}

/// Waits of one order, by the clock that never steps back. None of it is on record: a new process
/// waits from its own start (O-06).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// When it was recorded, or recalled by this process.
    pub(crate) since: Duration,
    /// When a cancel was asked for, the last time.
    pub(crate) cancelled: Option<Duration>,
    /// No cancel before.
    pub(crate) cancel_at: Duration,
    /// When it is worth asking about again.
    pub(crate) ask_at: Duration,
    /// It shall be cancelled as soon as it can be.
    pub(crate) unwanted: bool,
    /// The first complete listing that should have shown it and did not.
    pub(crate) missed: Option<(Duration, Timestamp)>,
    /// A person was told that nobody knows about it.
    pub(crate) told_unknown: bool,
    /// A person was told that it came back.
    pub(crate) told_back: bool,
}

impl Order {
    pub(crate) fn recorded(
        sent: &IntentFact,
        client_order_id: Option<ClientOrderId>,
        mono: Duration,
    ) -> Self {
        Self {
            sent: sent.clone(),
            client_order_id,
            venue_order_id: None,
            created: None,
            state: OrderState::Planned.after(Sign::Recorded),
            reported: BaseQty::ZERO,
            ended: None,
            fills: BTreeMap::new(),
            recovered: false,
            reappeared: false,
            over_at: None,
            pace: Pace { since: mono, ask_at: mono + FIRST_LOOK, ..Pace::default() },
        }
    }

    /// As it was sent.
    pub const fn sent(&self) -> &IntentFact {
        &self.sent
    }

    /// Where it is in its life.
    pub const fn state(&self) -> OrderState {
        self.state
    }

    /// The name that the venue was given for it; `None` in journals that did not name orders yet.
    pub const fn client_order_id(&self) -> Option<ClientOrderId> {
        self.client_order_id
    }

    /// The venue's id, once it is known.
    pub fn venue_order_id(&self) -> Option<&str> {
        self.venue_order_id.as_deref()
    }

    /// Whether it came back from an end that we believed in.
    pub const fn has_reappeared(&self) -> bool {
        self.reappeared
    }

    /// Whether it belongs to an earlier process.
    pub const fn is_recovered(&self) -> bool {
        self.recovered
    }

    /// Base units that are known to be filled: what is on record, and what the venue reported
    /// beyond that.
    pub fn filled(&self) -> BaseQty {
        let booked = self.booked();
        self.owed().plus(booked).unwrap_or(booked)
    }

    /// Base units that the venue reported as filled and whose fills are not on record. What was
    /// taken back later was told, and is not owed.
    pub fn owed(&self) -> BaseQty {
        let added = self
            .fills
            .values()
            .filter(|fill| matches!(fill.kind, FillKind::Fill | FillKind::Synthetic));
        let added = added.map(|fill| fill.qty).fold(Decimal::ZERO, Decimal::saturating_add);
        let added = BaseQty::new(added).unwrap_or(BaseQty::ZERO);
        if added >= self.reported {
            return BaseQty::ZERO;
        }
        self.reported.minus(added.max(self.booked())).unwrap_or(BaseQty::ZERO)
    }

    /// Base units of the fills on record.
    pub fn booked(&self) -> BaseQty {
        let mut trades: BTreeMap<&str, Vec<(&str, &Booked)>> = BTreeMap::new();
        for (entry, fill) in &self.fills {
            trades.entry(fill.trade.as_str()).or_default().push((entry, fill));
        }
        let sum = trades.into_values().map(settled).fold(Decimal::ZERO, Decimal::saturating_add);
        BaseQty::new(sum).unwrap_or(BaseQty::ZERO)
    }

    /// What it filled in all, once it is over; fills of it may still be told.
    pub const fn ended(&self) -> Option<BaseQty> {
        self.ended
    }

    /// Whether everything it filled is on record.
    pub fn is_settled(&self) -> bool {
        self.ended.is_some() && self.owed().is_zero()
    }

    /// Whether it opens or enlarges a position.
    pub fn is_entry(&self) -> bool {
        self.sent.side == Side::Buy
    }

    /// Whether it rests at the venue to protect a lot.
    pub const fn is_bracket(&self) -> bool {
        self.sent.bracket().is_some()
    }

    /// Whether it is a bracket that the venue has and that nobody wants to end: it may be so for
    /// days, and needs no more than a look now and then.
    pub fn is_quiet(&self) -> bool {
        let rests = matches!(self.state, OrderState::Open | OrderState::PartlyFilled);
        self.is_bracket() && rests && !self.pace.unwanted && self.owed().is_zero()
    }

    /// Base units that it may fill yet.
    pub fn left(&self) -> BaseQty {
        self.sent.qty.minus(self.filled()).unwrap_or(BaseQty::ZERO)
    }

    /// The lot that a sale sells.
    pub fn lot(&self) -> Option<LotId> {
        match self.sent.grant.as_ref()?.proposal {
            ProposalId::Exit(lot, _) => Some(lot),
            ProposalId::Entry(_) => None,
        }
    }

    /// Takes a sign. Once a cancel was asked for, being at the venue is waiting for its end.
    pub(crate) fn sign(&mut self, sign: Sign) {
        let there = matches!(sign, Sign::Accepted | Sign::SeenOpen | Sign::SeenPartlyFilled);
        let asked = there && self.pace.cancelled.is_some();
        let sign = if asked { Sign::SeenCancelling } else { sign };
        let before = self.state;
        let believed = matches!(before, OrderState::Rejected | OrderState::Absent);
        if believed && planted(Fault::StaysAbsent) {
            return;
        }
        self.state = before.after(sign);
        if believed && self.state != before {
            self.reappeared = true;
            self.ended = None;
            self.over_at = None;
        }
    }

    /// Takes a proven refusal.
    pub(crate) fn refused(&mut self, at: Timestamp) {
        self.sign(Sign::Refused);
        if self.state == OrderState::Rejected {
            self.ended.get_or_insert(BaseQty::ZERO);
            self.over_at.get_or_insert(at);
        }
    }

    /// Takes a report that is on record.
    pub(crate) fn seen(&mut self, report: &OrderReport) {
        self.venue_order_id.get_or_insert_with(|| report.venue_order_id.clone());
        self.created = self.created.or(report.created);
        let known = if planted(Fault::ReportsRegress) { BaseQty::ZERO } else { self.reported };
        self.reported = known.max(report.filled);
        if !report.status.is_end()
            && let Some(sign) = Sign::of_status(report.status, !self.filled().is_zero())
        {
            self.sign(sign);
        }
    }

    /// Takes a fill that is on record: in every state, and each once (L-03, O-07).
    pub(crate) fn fill(&mut self, fill: &Fill) {
        if self.state.is_over() && planted(Fault::EndsIgnoreFills) {
            return;
        }
        let trade = fill.trade_id.clone().unwrap_or_else(|| fill.entry_id.clone());
        let Fill { kind, at, price, .. } = *fill;
        let booked = Booked { kind, trade, at, qty: fill.qty.get(), price };
        self.fills.entry(fill.entry_id.clone()).or_insert(booked);
        if !self.state.is_end() {
            self.sign(Sign::SeenPartlyFilled);
        }
    }

    /// Takes its end, which is on record.
    pub(crate) fn end(&mut self, how: Option<&Ending>, filled: BaseQty, at: Timestamp) {
        let all = filled >= self.sent.qty;
        let sign = match how {
            Some(Ending::Filled) => Sign::EndedFilled,
            Some(Ending::Expired) => Sign::EndedExpired,
            Some(Ending::Failed) => Sign::EndedFailed,
            Some(Ending::Absent(_)) => Sign::ProvedAbsent,
            // Records that do not say how: what is not filled was cancelled.
            None if all => Sign::EndedFilled,
            Some(Ending::Cancelled) | None => Sign::EndedCancelled,
        };
        self.sign(sign);
        if self.state.is_over() {
            self.ended = Some(self.ended.map_or(filled, |known| known.max(filled)));
            self.reported = self.reported.max(filled);
            self.over_at.get_or_insert(at);
        }
    }

    /// The ending that a report proves: a terminal status with the final quantity. One that shows
    /// less than is known, or calls filled what is not, is older than itself and proves nothing.
    pub(crate) fn ending(&self, status: VenueStatus, filled: BaseQty) -> Option<Ending> {
        let ending = match status {
            VenueStatus::Filled => Ending::Filled,
            VenueStatus::Cancelled => Ending::Cancelled,
            VenueStatus::Expired => Ending::Expired,
            VenueStatus::Failed => Ending::Failed,
            VenueStatus::Pending
            | VenueStatus::Open
            | VenueStatus::Unknown
            | VenueStatus::Queued
            | VenueStatus::CancelQueued
            | VenueStatus::EditQueued => return None,
        };
        let whole = ending != Ending::Filled || filled == self.sent.qty;
        (whole && filled >= self.filled() && filled <= self.sent.qty).then_some(ending)
    }

    /// Whether a report of it says anything that is not known.
    pub(crate) fn is_news(&self, report: &OrderReport) -> bool {
        let mut after = self.clone();
        after.seen(report);
        after != *self
    }
}
