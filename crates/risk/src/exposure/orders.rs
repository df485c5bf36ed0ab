//! Live orders: reserved from their intent on, released by fills and by their end alone.

use domain::planted::{Fault, planted};
use domain::{
    Asset, Ending, IntentFact, IntentId, NumError, OrderEnd, OrderReport, Side, SubmitFact,
    SubmitOutcome,
};
use rust_decimal::Decimal;

use super::{Exposure, RESERVED};
use crate::live::{Answer, Live};
use crate::shelf::Shelf;
use crate::stake::Stake;
use crate::worth::Worth;

/// Orders believed to be over that are remembered: a venue shows one within minutes or never.
const BELIEVED: usize = 256;

impl Exposure {
    pub(super) fn reserve(&mut self, intent: &IntentFact) -> Result<(), NumError> {
        let order = Live::of(intent).ok_or(RESERVED)?;
        // A number is given once; whoever gives it again means the order he names.
        self.forget(intent.intent);
        if intent.bracket().is_some() && planted(Fault::SellsWhileHeld) {
            return Ok(());
        }
        self.count(&order)?;
        self.live.entry(intent.intent, || order);
        if order.side == Side::Buy {
            self.families.join(order.root, intent.intent);
        }
        Ok(())
    }

    /// Adds an order to every sum that it is part of, or to none.
    fn count(&mut self, order: &Live) -> Result<(), NumError> {
        let stake = self.stakes.entry(order.asset, Stake::default);
        if Self::add(stake, &mut self.reserved, order).is_some() {
            return Ok(());
        }
        if stake.is_nothing() {
            self.stakes.remove(&order.asset);
        }
        Err(RESERVED)
    }

    /// Adds an order to the sums of its asset and of its purse; to both or to neither.
    pub(super) fn add(
        stake: &mut Stake,
        reserved: &mut Shelf<Asset, Worth>,
        order: &Live,
    ) -> Option<()> {
        if order.side == Side::Sell {
            stake.selling = stake.selling.checked_add(order.remaining())?;
            stake.sales += 1;
            return Some(());
        }
        let in_purse = reserved.get(&order.quote).copied().unwrap_or_default();
        let in_purse = in_purse.plus(order.reserved)?;
        stake.add_buy(order.tier, order.reserved)?;
        *reserved.entry(order.quote, Worth::default) = in_purse;
        Some(())
    }

    /// Takes an order out of every sum.
    fn forget(&mut self, intent: IntentId) {
        let Some(order) = self.live.remove(&intent) else { return };
        self.unknown -= usize::from(order.answer == Answer::Unknown);
        Self::settle(&mut self.stakes, &mut self.reserved, &order, None);
    }

    /// Every sum that an order is part of, after it has changed or is gone.
    fn settle(
        stakes: &mut Shelf<Asset, Stake>,
        reserved: &mut Shelf<Asset, Worth>,
        before: &Live,
        after: Option<&Live>,
    ) {
        let stake = stakes.entry(before.asset, Stake::default);
        match before.side {
            Side::Buy => {
                let to = after.map_or(Worth::ZERO, |order| order.reserved);
                let moved = |sum: Worth| sum.minus(before.reserved).and_then(|sum| sum.plus(to));
                let sum = stake.buys_in(before.tier);
                *sum = moved(*sum).unwrap_or(*sum);
                let purse = reserved.entry(before.quote, Worth::default);
                *purse = moved(*purse).unwrap_or(*purse);
            }
            Side::Sell => {
                let to = after.map_or(Decimal::ZERO, Live::remaining);
                let others = stake.selling.saturating_sub(before.remaining());
                stake.selling = others.saturating_add(to);
            }
        }
        if after.is_none() {
            stake.forget_order(before.side);
            if stake.is_nothing() {
                stakes.remove(&before.asset);
            }
        }
    }

    /// Changes an order and every sum it is part of, and forgets it when it can fill no more.
    pub(super) fn change(&mut self, intent: IntentId, how: impl FnOnce(&mut Live)) {
        let Some(order) = self.live.get_mut(&intent) else { return };
        let before = *order;
        how(order);
        let rest = order.remaining();
        order.reserved = order.worth_of(rest);
        let stays = !rest.is_zero();
        Self::settle(&mut self.stakes, &mut self.reserved, &before, stays.then_some(&*order));
        if !stays {
            self.live.remove(&intent);
            self.unknown -= usize::from(before.answer == Answer::Unknown);
            self.families.over(before.root, intent);
        }
    }

    pub(super) fn answered(&mut self, submitted: &SubmitFact) {
        let intent = submitted.intent;
        match submitted.outcome {
            SubmitOutcome::Accepted { .. } => self.learn(intent, Answer::Known),
            // A proven refusal ends it.
            SubmitOutcome::Refused { .. } => {
                self.learn(intent, Answer::Known);
                self.believe(intent);
                self.change(intent, |order| order.ended = Some(order.filled));
            }
            SubmitOutcome::Unknown { .. } if planted(Fault::UnknownReleases) => {
                self.change(intent, |order| order.ended = Some(order.filled));
            }
            SubmitOutcome::Unknown { .. } => self.learn(intent, Answer::Unknown),
        }
    }

    /// Takes note of whether the venue has an order.
    fn learn(&mut self, intent: IntentId, answer: Answer) {
        let Some(order) = self.live.get_mut(&intent) else { return };
        self.unknown -= usize::from(order.answer == Answer::Unknown);
        self.unknown += usize::from(answer == Answer::Unknown);
        order.answer = answer;
    }

    /// What was sent and not answered before a boot may have arrived or not.
    pub(super) fn forget_answers(&mut self) {
        let unknown = &mut self.unknown;
        self.live.retain(|_, order| {
            if order.answer == Answer::Waiting {
                order.answer = Answer::Unknown;
                *unknown += 1;
            }
            true
        });
    }

    /// An order that the venue shows is there; one that was taken for absent is live again until
    /// it ends.
    pub(super) fn seen_at_venue(&mut self, report: &OrderReport) -> Result<(), NumError> {
        self.learn(report.intent, Answer::Known);
        let Some(order) = self.believed_over.get(&report.intent).copied() else { return Ok(()) };
        self.count(&order)?;
        self.believed_over.remove(&report.intent);
        self.live.entry(report.intent, || order);
        Ok(())
    }

    /// Remembers an order that is about to be released without the venue's own end of it.
    fn believe(&mut self, intent: IntentId) {
        let Some(order) = self.live.get(&intent) else { return };
        self.believed_over.insert(intent, *order);
        if self.believed_over.len() > BELIEVED {
            self.believed_over.pop_first();
        }
    }

    pub(super) fn end(&mut self, end: &OrderEnd) {
        // An order that is over is known, also while fills of it are on their way.
        self.learn(end.intent, Answer::Known);
        if matches!(end.how, Some(Ending::Absent(_))) {
            self.believe(end.intent);
        }
        self.change(end.intent, |order| order.ended = Some(end.filled.get()));
    }
}
