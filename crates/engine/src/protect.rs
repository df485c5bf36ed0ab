//! Lots that an order at the venue shall sell at their stop and their target: brackets are placed,
//! left alone, and taken over. A lot has one protector at a time; while one lets go and the next
//! does not hold yet, nobody sells, and the time is measured.

use core::time::Duration;
use std::collections::BTreeSet;

use domain::planted::{Fault, planted};
use domain::{
    Asset, BaseQty, ControlState, Exit, ExitReason, Fact, IntentId, Lot, LotId, Mode, Product,
    Proposal, ProposalId, Protector, Stage, Timestamp,
};
use execution::{Order, TakeOver};
use rules::ProtectBy;
use rust_decimal::Decimal;

use crate::Engine;
use crate::event::{Effect, Effects};
use crate::upkeep::Exits;

impl Engine {
    /// Has the venue cancel what protects a lot that the engine must sell itself, and what does not
    /// fit its lot any more. What is frozen stays as it is.
    pub(crate) fn relieve(&mut self, at: Timestamp) {
        let any = self.orders.live().any(|(_, order)| order.is_bracket());
        if !any || !self.is_compared() {
            return;
        }
        self.recount_lots();
        let held = self.orders.live().filter(|(_, o)| o.is_bracket() && o.state().is_at_venue());
        let over = held.filter(|(_, order)| self.must_let_go(order, at));
        let over: Vec<IntentId> = over.map(|(intent, _)| intent).collect();
        for intent in over {
            self.orders.let_go(intent);
        }
    }

    fn must_let_go(&self, order: &Order, at: Timestamp) -> bool {
        let flatten = self.exits == Exits::Everything;
        // What it filled and is not booked yet is still in the lot.
        let moving = !order.owed().is_zero() || order.left().is_zero();
        if moving || self.control(at) == ControlState::Halted && !flatten {
            return false;
        }
        let own = order.lot();
        let Some(lot) = self.lots.iter().find(|lot| Some(lot.id) == own) else { return true };
        let (params, features) = (&self.settings.exits, &self.markets.features);
        let (market, regime) = (self.markets.view(at), self.cycle.reading.regime);
        let product = market.get(&lot.product).map(|market| market.product);
        let fits = product.is_none_or(|product| whole(lot, &product) == Some(order.left()));
        // The first fill at the target puts the stop out of work.
        let begun = !order.filled().is_zero();
        let stop_is = if begun { ProtectBy::Engine } else { ProtectBy::Venue };
        let why = rules::exit_beside_bracket(params, lot, stop_is, market, features, regime, at);
        flatten || !fits || why.is_some() || params.protection == ProtectBy::Engine
    }

    /// The engine watches over lots again whose order at the venue is over: once the venue lets go of
    /// what it held, or has had its time to.
    pub(crate) fn take_back(&mut self, at: Timestamp, effects: &mut Effects) {
        let gaps = self.orders.protection().gaps(self.mono);
        let bare = gaps.filter(|(lot, _)| self.orders.bracket(*lot).is_none());
        let bare: Vec<(LotId, Duration)> = bare.collect();
        if bare.is_empty() || planted(Fault::ForgetsTakeOver) {
            return;
        }
        self.recount_lots();
        let patience = self.orders.timing().unprotected_for;
        for (id, gap) in bare {
            let lot = self.lots.iter().find(|lot| lot.id == id);
            let free = lot.is_none_or(|lot| {
                let available = self.available(lot.asset);
                self.orders.take_over(id, lot.qty, available) == TakeOver::Sell
            });
            if !free && gap < patience {
                // What is free now is to be read again.
                self.account_behind = true;
            } else if let Ok(change) = self.orders.protect(id, Protector::Engine, at) {
                self.note(Stage::Execution, Fact::Protection(change), effects);
            }
        }
    }

    /// Places a bracket for each lot that has none and can have one, gated like any other exit. What
    /// is refused stays with the engine.
    pub(crate) fn protect(&mut self, at: Timestamp, effects: &mut Effects) {
        let wanted = self.settings.exits.protection == ProtectBy::Venue
            && self.identity().mode != Mode::DryRun
            && self.exits == Exits::ByRule
            && self.control(at) != ControlState::Halted;
        if !wanted || !self.is_compared() || self.handed_out > 0 {
            return;
        }
        let due = self.due_brackets(at);
        let Some(products) = self.made_ready(at, &due, effects) else { return };
        let (latches, judged) = (self.latches(at), self.judged(&products));
        let verdict = self.judge(at, &latches, &judged, due);
        for rejected in &verdict.rejected {
            let words: Vec<_> = rejected.reasons.iter().map(|r| r.code.as_str()).collect();
            self.keep(rejected.proposal.id(), words.join(", "), effects);
        }
        for order in verdict.approved {
            let (proposal, grant) = (order.proposal(), order.grant(at, self.cycle.reading.regime));
            self.note(Stage::Risk, Fact::Granted(Box::new(grant)), effects);
            if let Err(why) = self.order(at, order, effects) {
                self.keep(proposal, why, effects);
            }
        }
    }

    /// A lot stays with the engine for now.
    fn keep(&mut self, proposal: ProposalId, why: String, effects: &mut Effects) {
        let ProposalId::Exit(lot, _) = proposal else { return };
        self.orders.bracket_failed(lot, self.mono);
        effects.list.push(Effect::KeptByEngine { lot, why });
    }

    fn due_brackets(&mut self, at: Timestamp) -> Vec<Proposal> {
        self.recount_lots();
        let leaving: BTreeSet<_> = self.exits_by_rule(at).iter().filter_map(lot_of).collect();
        let (market, params) = (self.markets.view(at), &self.settings.exits);
        let free = |lot: &&Lot| {
            let wait = self.orders.bracket_wait(lot.id, self.mono);
            !leaving.contains(&lot.id)
                && wait.is_zero()
                && !self.must_wait(lot.id)
                && self.is_bought(lot.asset)
        };
        let max_age_ms = 1_000 * i64::from(self.settings.limits.policy().market.quote_max_age_secs);
        let proposal = |lot: &Lot| {
            let market = market.get(&lot.product)?;
            let vouched = market.quote_vouched?;
            // Without a price of now it is asked again, at no cost.
            let quote = market.quote.filter(|quote| quote.fault().is_none())?;
            let bracket = rules::bracket(params, lot, market.product.limits.price_increment)?;
            let around = bracket.stop < quote.bid && quote.bid < bracket.target;
            if !around || at.millis().saturating_sub(vouched.millis()) > max_age_ms {
                return None;
            }
            Some(Proposal::Exit(Exit {
                product: lot.product,
                lot: lot.id,
                qty: whole(lot, &market.product).filter(|qty| !qty.is_zero())?,
                cause: ExitReason::Protection,
                reason: format!("At the venue: stop {}, target {}", bracket.stop, bracket.target),
                bracket: Some(bracket),
            }))
        };
        self.lots.iter().filter(free).filter_map(proposal).collect()
    }

    /// Whether nothing more of an asset is being bought, and all that was is booked.
    fn is_bought(&self, asset: Asset) -> bool {
        let own = |order: &Order| order.sent().asset == asset;
        let open = |order: &Order| order.is_entry() && order.state().is_live();
        let moves = |order: &Order| own(order) && (open(order) || !order.owed().is_zero());
        !self.orders.busy().any(|(_, order)| moves(order))
            && !self.ladders.0.is_waiting(&self.orders, asset)
    }

    /// Coins that the venue would let be sold now, as far as it was read.
    fn available(&self, asset: Asset) -> BaseQty {
        let purse = self.purses.iter().find(|purse| purse.asset == asset);
        let free = purse.and_then(|purse| BaseQty::new(purse.available.get()).ok());
        free.unwrap_or(BaseQty::ZERO)
    }
}

const fn lot_of(proposal: &Proposal) -> Option<LotId> {
    match proposal {
        Proposal::Exit(exit) => Some(exit.lot),
        Proposal::Entry(_) => None,
    }
}

/// A lot in whole increments.
fn whole(lot: &Lot, product: &Product) -> Option<BaseQty> {
    let step: Decimal = product.limits.base_increment;
    let steps = lot.qty.get().checked_div(step)?.floor();
    BaseQty::new(steps.checked_mul(step)?).ok()
}
