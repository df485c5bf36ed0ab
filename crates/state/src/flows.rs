//! What came and went without a fill, and what a person has still to explain.

use std::collections::BTreeMap;

use domain::{
    Amount, Asset, BaseQty, Flow, FlowConfirmed, FlowId, FlowKind, NumError, Price, Timestamp, Usd,
};
use rust_decimal::Decimal;

use crate::Entry;
use crate::books::Purses;
use crate::exact::{product, sum};
use crate::marks::day_start;

/// What the venue says of one currency or coin of the account: available and held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// Of what.
    pub asset: Asset,
    /// How much.
    pub total: Amount,
    /// What one unit is worth, dollars; none without a mark. Money that pays counts as one.
    pub mark: Option<Price>,
    /// Whether it pays for orders: of a coin only a loss is a flow, since what the bot did not buy
    /// is not its.
    pub pays: bool,
}

/// Flows, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flows {
    seen: BTreeMap<FlowId, Flow>,
    confirmed: BTreeMap<FlowId, FlowConfirmed>,
    /// What they moved. What somebody says of a flow moves nothing.
    purses: Purses,
}

impl Flows {
    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = &Flow> {
        self.seen.values()
    }

    /// What a flow was, if that is known.
    pub fn kind(&self, flow: &Flow) -> Option<FlowKind> {
        flow.kind.or(self.confirmed.get(&flow.flow).map(|said| said.kind))
    }

    /// Those that nobody has explained.
    pub fn unexplained(&self) -> impl Iterator<Item = &Flow> {
        self.seen.values().filter(|flow| self.kind(flow).is_none())
    }

    /// Whether somebody has to explain one.
    pub fn any_unexplained(&self) -> bool {
        self.unexplained().next().is_some()
    }

    /// The flow of a number.
    pub fn get(&self, flow: FlowId) -> Option<&Flow> {
        self.seen.get(&flow)
    }

    /// The number of the next flow.
    pub fn next(&self) -> FlowId {
        FlowId(self.seen.last_key_value().map_or(0, |(flow, _)| flow.0) + 1)
    }

    /// What of a currency stays out of NAV: the sum of its unexplained changes, where that is more.
    pub fn withheld(&self, asset: &Asset) -> Amount {
        let net = self.net(asset);
        if net.get().is_sign_negative() { Amount::ZERO } else { net }
    }

    /// What of a coin counts as lost: the same sum, where that is less.
    pub fn missing(&self, asset: &Asset) -> BaseQty {
        BaseQty::new(-self.net(asset).get()).unwrap_or(BaseQty::ZERO)
    }

    fn net(&self, asset: &Asset) -> Amount {
        let own = self.unexplained().filter(|flow| flow.asset == *asset);
        let total = own.map(|flow| flow.change.get()).try_fold(Decimal::ZERO, sum);
        total.and_then(|total| Amount::new(total).ok()).unwrap_or(Amount::ZERO)
    }

    /// Takes a flow; whether it is a new one.
    pub(crate) fn see(&mut self, flow: &Flow) -> bool {
        let before = self.seen.insert(flow.flow, flow.clone());
        if let Some(before) = &before {
            self.purses.add(before.asset, -before.change.get());
        }
        self.purses.add(flow.asset, flow.change.get());
        before.is_none()
    }

    /// Takes a confirmation; whether it explains something that was not explained.
    pub(crate) fn confirm(&mut self, said: &FlowConfirmed) -> bool {
        let open = self.get(said.flow).is_some_and(|flow| self.kind(flow).is_none());
        if open {
            self.confirmed.insert(said.flow, said.clone());
        }
        open
    }

    /// What they moved.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, NumError> {
        let seen = self.seen.values().map(Entry::of_flow);
        seen.chain(self.confirmed.values().map(Entry::of_confirmation)).collect()
    }

    /// Whether none was ever told of: not even what was there when the records began.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    pub(crate) const fn purses(&self) -> &Purses {
        &self.purses
    }

    /// What a change of a balance is, on record or to be explained: what was there at first is
    /// the opening; small gains of a day are income, up to so many dollars together.
    pub(crate) fn draft(
        &self,
        at: Timestamp,
        holds: &Holds,
        change: Amount,
        auto_reward: Usd,
        opening: bool,
    ) -> Flow {
        let worth = holds.mark.map_or(Some(Decimal::ONE), |mark| Some(mark.get()));
        let worth = worth.filter(|_| holds.pays || holds.mark.is_some());
        let usd = worth.and_then(|worth| product(worth, change.get()));
        let usd = usd.and_then(|usd| Usd::new(usd).ok());
        let kind =
            if opening { Some(FlowKind::Opening) } else { self.reward(at, usd, auto_reward) };
        Flow { at, flow: self.next(), asset: holds.asset, change, usd, kind }
    }

    fn reward(&self, at: Timestamp, usd: Option<Usd>, most: Usd) -> Option<FlowKind> {
        let usd = usd.filter(|usd| *usd > Usd::ZERO)?;
        (usd <= self.income_left(at, most)).then_some(FlowKind::Reward)
    }

    /// What may still be booked as income in the UTC day of a moment, of so many dollars a day.
    pub fn income_left(&self, at: Timestamp, most: Usd) -> Usd {
        let today = self.seen.values().filter(|flow| {
            flow.kind == Some(FlowKind::Reward) && day_start(flow.at) == day_start(at)
        });
        let mut before = today.filter_map(|flow| flow.usd).map(Usd::get);
        let booked = before.try_fold(Decimal::ZERO, sum);
        let left = booked.and_then(|booked| most.get().checked_sub(booked));
        left.and_then(|left| Usd::new(left).ok()).unwrap_or(Usd::ZERO)
    }
}
