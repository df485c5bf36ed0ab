//! One cycle, stage by stage. Exits come first and do not depend on what entries meet.

use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{
    Approval, ControlState, CycleId, Exclusion, Exit, ExitReason, Fact, Judged, Latch, Lot, LotId,
    Mode, PlannedOrder, ProductId, Proposal, Rejection, RiskCode, Side, Stage, Timestamp, Usd,
};
use exchange::TimeInForce;
use risk::{ApprovedOrder, LossReferences, Rejected, RiskView, Verdict};
use universe::Select as _;

use crate::event::{Effect, Effects, Probe, StageName};
use crate::status::conclude;
use crate::upkeep::Exits;
use crate::{Approved, Engine, Failure};

impl Engine {
    /// Decides for one moment; the result is in [`Engine::cycle`]. Where a book is wanted that is only
    /// known by a glance it stops before anything has come of it.
    pub(crate) fn decide(
        &mut self,
        now: Timestamp,
        id: CycleId,
        probe: &mut dyn Probe,
        effects: &mut Effects,
    ) {
        self.cycle.begin(id, now);
        self.cycle.purses.clone_from(&self.purses);
        self.judged = None;
        self.wanted.clear();
        self.markets.refresh();
        probe.ended(StageName::Features);
        let btc = self.markets.benchmark();
        let reading = regime::classify(&self.settings.regime, btc, now, &mut self.regime_memory);
        self.cycle.reading = reading;
        probe.ended(StageName::Regime);
        let repeated = self.select(now);
        probe.ended(StageName::Universe);
        self.scan(repeated);
        probe.ended(StageName::Triggers);
        self.propose(now);
        if self.lacks_books() {
            return;
        }
        self.watch(now, effects);
        probe.ended(StageName::Rules);
        let proposed = self.proposed();
        self.note_raw(now, &proposed, effects);
        let approved = self.assess(now, &proposed, effects);
        probe.ended(StageName::Risk);
        self.plan(now, approved, effects);
        probe.ended(StageName::Execution);
        let fact = Fact::Cycle { at: now, id, nav: self.cycle.nav };
        self.note(Stage::Execution, fact, effects);
        // Last, since whatever failed until here is told with this cycle.
        let (control, executed) = (self.control(now), self.executed);
        (self.cycle.status, self.cycle.no_trade_reason) = conclude(&self.cycle, control, executed);
        effects.list.push(Effect::CycleDone);
    }

    pub(crate) fn control(&self, now: Timestamp) -> ControlState {
        self.settings.limits.control(&self.state.latches(now))
    }

    /// Latches what has been seen twice: a loss stop, or an execution that repeats.
    fn watch(&mut self, now: Timestamp, effects: &mut Effects) {
        let latched = self.state.latches(now);
        if let Some(nav) = self.cycle.nav {
            self.watch_losses(now, nav, &latched, effects);
        }
        let repeats = self.settings.limits.repeats(&self.counters, now).copied();
        if let Some(asset) = repeats.filter(|_| !latched.contains(&Latch::ExecutionThrottle)) {
            let (latch, reason) = (Latch::ExecutionThrottle, format!("entries of {asset} repeat"));
            self.note(Stage::Risk, Fact::Latched { at: now, latch, reason }, effects);
        }
    }

    fn watch_losses(
        &mut self,
        now: Timestamp,
        nav: Usd,
        latched: &BTreeSet<Latch>,
        effects: &mut Effects,
    ) {
        let references = self.references(now);
        // Who has lost less since the same references has reached no stop either.
        if self.calm.is_some_and(|(low, since)| low <= nav && since == references) {
            return;
        }
        let reached = self.settings.limits.loss_stops(nav, &references);
        self.calm = reached.is_empty().then_some((nav, references));
        for latch in self.stops.observe(now, &reached) {
            if !latched.contains(&latch) {
                let reason = format!("NAV {nav} is at or beyond the stop");
                self.note(Stage::Risk, Fact::Latched { at: now, latch, reason }, effects);
            }
        }
    }

    /// What losses are measured from. The NAV of this cycle is not on record yet, so a new day or
    /// week starts from the last one before it.
    fn references(&self, now: Timestamp) -> LossReferences {
        let marks = self.state.marks();
        let [day, week, peak] = match self.cycle.nav {
            Some(nav) => marks.with(now, nav),
            None => [marks.day(), marks.week(), marks.peak()],
        };
        LossReferences { day, week, peak }
    }

    /// Finds who may be traded; whether that is who might before.
    fn select(&mut self, now: Timestamp) -> bool {
        let (products, features) = (&self.markets.products, &self.markets.features);
        let (regime, memory) = (self.cycle.reading.regime, &mut self.universe_memory);
        let seen = self.markets.seen();
        if self.selector.repeats(now, products, features, regime, memory, seen) {
            return true;
        }
        self.cycle.selections += 1;
        self.selector.select(now, products, features, regime, memory, &mut self.cycle.universe);
        let excluded = &mut self.cycle.universe.excluded;
        for unknown in &self.markets.unknown {
            if let Err(at) = excluded.binary_search_by(|(product, _)| product.cmp(unknown)) {
                excluded.insert(at, (*unknown, Exclusion::UnknownProduct));
            }
        }
        false
    }

    fn scan(&mut self, same_members: bool) {
        let cycle = &mut self.cycle;
        let (regime, members) = (cycle.reading.regime, &cycle.universe.members);
        let members = (!same_members).then_some(members.as_slice());
        if self.scanned.is_due(self.markets.revision, regime, members) {
            cycle.scans += 1;
            triggers::scan(
                &self.settings.triggers,
                &cycle.universe,
                &self.markets.features,
                regime,
                &mut cycle.scan,
            );
            cycle.refused.clone_from(&cycle.scan.refused);
        }
        // An event that was decided is not proposed again; the policy would refuse it anyway.
        let counters = &self.counters;
        let of = Some((cycle.scans, counters.uses()));
        if core::mem::replace(&mut self.candidates_of, of) != of {
            let unused = cycle.scan.candidates.iter().filter(|t| !counters.is_used(&t.id));
            self.candidates.clear();
            self.candidates.extend(unused);
        }
    }

    fn propose(&mut self, now: Timestamp) {
        let exits = self.due_exits(now);
        self.cycle.proposals.extend(exits);
        self.cycle.nav = self.worth(now);
        let (lots, market, features) = (&self.lots, self.markets.view(now), &self.markets.features);
        let (settings, regime) = (&self.settings, self.cycle.reading.regime);
        let context = rules::Context {
            now,
            mode: self.identity().mode,
            regime,
            universe: &self.cycle.universe,
            candidates: &self.candidates,
            features,
            lots,
            sizing_nav: self.cycle.nav.map(|nav| settings.limits.sizing_nav(nav)),
            market,
            min_order_usd: settings.limits.min_order_usd(),
        };
        let mut proposals = core::mem::take(&mut self.proposals);
        proposals.clear();
        rules::propose(&self.strategies, &context, &mut proposals);
        let refused = proposals.refused.drain(..).map(|r| (Stage::Rules, r));
        self.cycle.refused.extend(refused);
        self.cycle.proposals.append(&mut proposals.entries);
        self.proposals = proposals;
    }

    /// Lots that must be sold now, but for those that are being sold.
    pub(crate) fn due_exits(&mut self, now: Timestamp) -> Vec<Proposal> {
        self.recount_lots();
        // What may fill yet will be sold as well.
        let filling = self.orders.live().any(|(_, order)| order.sent().side == Side::Buy);
        if self.lots.is_empty() && !filling {
            self.exits = Exits::ByRule;
        }
        let mut due = match self.exits {
            Exits::ByRule => self.exits_by_rule(now),
            Exits::Everything => self.lots.iter().map(flattened).collect(),
        };
        due.retain(|proposal| match proposal {
            Proposal::Exit(exit) => !self.must_wait(exit.lot),
            Proposal::Entry(_) => false,
        });
        due
    }

    /// Everything but the market that a verdict of now depends on.
    pub(crate) fn risk_view<'a>(
        &'a self,
        now: Timestamp,
        latches: &'a BTreeSet<Latch>,
        judged: &Judged,
    ) -> RiskView<'a> {
        RiskView {
            now,
            mode: self.identity().mode,
            account: &self.identity().account,
            control: if planted(Fault::LatchesUnheeded) {
                ControlState::Active
            } else {
                self.settings.limits.control(&self.state.latches(now))
            },
            latches,
            reconciled: judged.reconciled,
            fact_number: judged.fact_number,
            clock_skew_ms: judged.clock_skew_ms,
            nav: self.cycle.nav,
            purses: &self.purses,
            fees: judged.fees,
            exposure: &self.exposure,
            counters: &self.counters,
            regime: self.cycle.reading.regime,
            clusters: &self.clusters,
        }
    }

    /// Approves exits between two decisions; what is refused is tried again after its wait.
    pub(crate) fn assess_exits(
        &mut self,
        now: Timestamp,
        due: Vec<Proposal>,
        products: &BTreeSet<ProductId>,
    ) -> Vec<(ApprovedOrder, LotId)> {
        let (latches, judged) = (self.latches(now), self.judged(products));
        let lots = due.iter().filter_map(|proposal| match proposal {
            Proposal::Exit(exit) => Some((proposal.id(), exit.lot)),
            Proposal::Entry(_) => None,
        });
        let lots: BTreeMap<_, _> = lots.collect();
        let verdict = self.judge(now, &latches, &judged, due);
        for rejected in &verdict.rejected {
            if let Some(lot) = lots.get(&rejected.proposal.id()) {
                self.orders.exit_failed(*lot, self.mono);
            }
        }
        let approved = verdict.approved.into_iter();
        approved.filter_map(|o| lots.get(&o.proposal()).map(|lot| (o, *lot))).collect()
    }

    fn assess(
        &mut self,
        now: Timestamp,
        proposed: &BTreeSet<ProductId>,
        effects: &mut Effects,
    ) -> Vec<ApprovedOrder> {
        if self.cycle.proposals.is_empty() {
            return Vec::new();
        }
        let judged = self.judged(proposed);
        let latches = self.latches(now);
        let verdict = self.judge(now, &latches, &judged, self.cycle.proposals.clone());
        self.judged = Some(judged);
        for rejected in verdict.rejected {
            self.reject(now, &rejected, effects);
        }
        verdict.approved
    }

    /// One verdict on proposals, with a number that no other has.
    pub(crate) fn judge(
        &mut self,
        now: Timestamp,
        latches: &BTreeSet<Latch>,
        judged: &Judged,
        mut proposals: Vec<Proposal>,
    ) -> Verdict {
        let (mut desk, mut verdict) = (core::mem::take(&mut self.desk), Verdict::default());
        let (view, market) = (self.risk_view(now, latches, judged), self.markets.view(now));
        desk.assess(&self.settings.limits, &view, &market, &mut proposals, &mut verdict);
        self.desk = desk;
        verdict
    }

    /// What is latched on record, and the loss stops that the present NAV has reached: one reading
    /// keeps entries of this cycle out, two set the latch.
    pub(crate) fn latches(&self, now: Timestamp) -> BTreeSet<Latch> {
        let mut latches = self.state.latches(now);
        if planted(Fault::LatchesUnheeded) {
            latches.clear();
        }
        if let Some(nav) = self.cycle.nav {
            latches.extend(self.settings.limits.loss_stops(nav, &self.references(now)));
        }
        latches
    }

    /// Records a rejection; anything but pacing uses the event up.
    fn reject(&mut self, now: Timestamp, rejected: &Rejected, effects: &mut Effects) {
        let trigger = match &rejected.proposal {
            Proposal::Entry(entry) => Some(entry.trigger.id),
            Proposal::Exit(exit) => {
                self.orders.exit_failed(exit.lot, self.mono);
                None
            }
        };
        let product = rejected.proposal.product();
        self.cycle.rejections.extend(rejected.reasons.iter().map(|reason| Rejection {
            product,
            trigger,
            code: reason.code,
            limit: reason.limit,
            found: reason.found,
        }));
        let only_pacing = rejected.reasons.iter().all(|reason| is_pacing(reason.code));
        if let Some(trigger) = trigger.filter(|_| !only_pacing) {
            self.note(Stage::Risk, Fact::TriggerUsed { at: now, trigger }, effects);
        }
    }

    /// Turns approvals into orders, and hands those out to be sent.
    fn plan(&mut self, now: Timestamp, approved: Vec<ApprovedOrder>, effects: &mut Effects) {
        for order in approved {
            // On record before anything that is made from it.
            let grant = order.grant(now, self.cycle.reading.regime);
            self.note(Stage::Risk, Fact::Granted(Box::new(grant)), effects);
            let proposal = self.cycle.proposals.iter().find(|p| p.id() == order.proposal());
            match proposal.cloned() {
                Some(Proposal::Entry(entry)) => {
                    let approval = Approval {
                        at: now,
                        trigger: entry.trigger.id,
                        product: entry.product,
                        asset: order.asset(),
                        notional: order.max_notional().usd_at_par(),
                    };
                    let (notional, size_pct) = (approval.notional, order.size_pct());
                    let planned = self.order(now, order, effects);
                    self.cycle.approved.push(Approved {
                        entry,
                        notional,
                        size_pct,
                        order: planned,
                    });
                    self.note(Stage::Execution, Fact::Approved(approval), effects);
                }
                Some(Proposal::Exit(exit)) => {
                    let planned = self.order(now, order, effects);
                    if let Err(what) = planned {
                        self.orders.exit_failed(exit.lot, self.mono);
                        self.fail(Stage::Execution, what);
                    }
                    self.cycle.exits.push(exit);
                }
                None => self.fail(Stage::Risk, "an approval names no proposal".to_owned()),
            }
        }
    }

    pub(crate) fn order(
        &mut self,
        now: Timestamp,
        approved: ApprovedOrder,
        effects: &mut Effects,
    ) -> Result<PlannedOrder, String> {
        let market = self.markets.view(now);
        let market = market.get(&approved.product()).ok_or("the product is gone")?;
        let fees = self.counted_fees().ok_or("the fee rates are not known")?;
        let terms = &self.settings.execution;
        let intent = execution::plan(terms, market, fees, approved, self.next_id(), now)
            .map_err(|refusal| refusal.to_string())?;
        let terms = intent.terms();
        let planned = PlannedOrder {
            product: intent.approved().product(),
            tier: intent.approved().tier(),
            side: intent.approved().side(),
            qty: terms.qty,
            limit: terms.limit,
            post_only: matches!(terms.time_in_force, TimeInForce::PostOnlyUntil(_)),
            expires: match terms.time_in_force {
                TimeInForce::PostOnlyUntil(until) => until,
                TimeInForce::ImmediateOrCancel | TimeInForce::Bracket(_) => now,
            },
            worst_case: intent.worst_case(),
        };
        // DRY_RUN ends here: the intent is dropped, and no venue ever sees it (C-05).
        if self.identity().mode != Mode::DryRun {
            self.place(intent, effects);
        }
        Ok(planned)
    }

    pub(crate) fn note(&mut self, stage: Stage, fact: Fact, effects: &mut Effects) {
        if let Err(error) = self.emit(fact, effects) {
            self.fail(stage, error.to_string());
        }
    }

    fn fail(&mut self, stage: Stage, what: String) {
        self.cycle.failure.get_or_insert(Failure { stage, what });
    }
}

/// The sale of a lot that an operator asked for.
fn flattened(lot: &Lot) -> Proposal {
    Proposal::Exit(Exit {
        product: lot.product,
        lot: lot.id,
        qty: lot.qty,
        cause: ExitReason::Flatten,
        reason: "the operator sells everything".to_owned(),
        bracket: None,
    })
}

/// Refusals that only say "not now": the event stays a candidate while its candle is the newest.
const fn is_pacing(code: RiskCode) -> bool {
    matches!(
        code,
        RiskCode::TradesPerDay
            | RiskCode::TradesPerHour
            | RiskCode::Attempts
            | RiskCode::Spacing
            | RiskCode::SymbolSpacing
            | RiskCode::SymbolCooldown
            | RiskCode::LossStreak
            | RiskCode::NewPositionsPerCycle
            | RiskCode::Duplicate
            | RiskCode::MessageRate
    )
}
