//! Reads facts one by one: judges each against what came before, then counts it in.

use domain::{
    Adoption, Approval, Fact, Fill, FillKind, FlowConfirmed, Grant, IntentFact, Latch, OrderEnd,
    OrderReport, ProposalId, RunKind, Side, SubmitFact, SubmitOutcome, Timestamp, Trouble,
};

use crate::check;
use crate::num::{Exact as _, Num};
use crate::policy::Policy;
use crate::report::{Check, Pen, Report};
use crate::world::{Given, Order, Position, Step, Trade, World};

/// Checks a whole journal. Facts before `since` are counted in and not judged.
pub fn verify<'a>(facts: impl IntoIterator<Item = &'a Fact>, since: Option<Timestamp>) -> Report {
    let mut verifier = Verifier::new(since);
    for fact in facts {
        verifier.take(fact);
    }
    verifier.finish()
}

/// Checks a journal fact by fact, in order, from the first.
#[derive(Debug, Default)]
pub struct Verifier {
    since: Option<Timestamp>,
    world: World,
    /// What the loop remembers while a single run, which remembers nothing, is read.
    aside: Option<Box<World>>,
    report: Report,
}

impl Verifier {
    /// A checker that judges from a moment on.
    pub fn new(since: Option<Timestamp>) -> Self {
        Self { since, ..Self::default() }
    }

    /// Takes the next fact.
    pub fn take(&mut self, fact: &Fact) {
        self.report.facts += 1;
        let at = fact.at();
        let judged = self.since.is_none_or(|since| at >= since);
        if let Fact::Boot { run, .. } = fact {
            self.boot(*run);
        }
        self.world.facts += 1;
        let fact_number = self.report.facts;
        let mut pen = Pen { report: &mut self.report, fact: fact_number, at, judged };
        self.world.read(fact, &mut pen);
        // What an operator said counts also for those who read it later.
        if let Some(aside) = self.aside.as_mut().filter(|_| fact.is_said()) {
            aside.facts += 1;
            aside.operator(fact);
        }
    }

    /// What was found up to now, by the newest fact.
    pub fn finish(mut self) -> Report {
        let at = self.world.marks.as_ref().map_or(Timestamp::from_secs(0), |marks| marks.at);
        let fact = self.report.facts;
        let mut pen = Pen { report: &mut self.report, fact, at, judged: true };
        check::orders::all_fills(&self.world, None, &mut pen);
        self.report
    }

    fn boot(&mut self, run: RunKind) {
        match run {
            RunKind::Once => {
                let before = core::mem::take(&mut self.world);
                if self.aside.is_none() {
                    self.aside = Some(Box::new(before));
                }
            }
            RunKind::Loop => {
                if let Some(aside) = self.aside.take() {
                    self.world = *aside;
                }
            }
        }
        // An order without an answer from a process that is gone: nobody knows.
        for order in self.world.orders.values_mut().filter(|order| !order.answered) {
            order.unknown = true;
        }
        // What the last process saw of account and market, this one has to see itself.
        (self.world.batch, self.world.verdict) = (None, None);
        self.world.policy = None;
        self.world.balances = None;
        self.world.marks = None;
        // A cycle that was cut off is over as well.
        self.world.over();
    }
}

impl World {
    fn read(&mut self, fact: &Fact, pen: &mut Pen<'_>) {
        self.worth = self.worth.filter(|_| is_consequence(fact));
        match fact {
            Fact::Boot { mode, .. } => self.mode = Some(*mode),
            Fact::Policy(policy) => {
                let policy = Policy::of(policy);
                let (genuine, hash) = (policy.genuine, policy.hash.clone());
                pen.holds(Check::PolicyText, genuine, &hash, || {
                    "the text is not the one that the hash names".to_owned()
                });
                self.policy = Some(policy);
            }
            Fact::Balances(balances) => self.balances = Some(balances.clone()),
            Fact::Marks(marks) => self.marks = Some(marks.clone()),
            Fact::Market(market) => {
                self.markets.insert(market.market.product.id, (**market).clone());
            }
            Fact::Granted(grant) => self.granted(grant, pen),
            Fact::Approved(approval) => self.approved(approval, pen),
            Fact::TriggerUsed { at, trigger } => {
                self.used.insert(*trigger, *at);
            }
            Fact::Intent(intent) => self.intent(intent, pen),
            Fact::Submitted(answer) => self.answered(answer, pen),
            Fact::Fill(fill) => self.fill(fill, pen),
            Fact::Seen(report) => self.seen_at_venue(report),
            Fact::OrderEnd(end) => self.end(end, pen),
            Fact::Cycle { at, nav, .. } => {
                check::nav::cycle(self, *at, *nav, pen);
                self.cycle(*at, nav.and_then(domain::Usd::num), pen);
            }
            Fact::Cancel { at, .. } => self.messages.push(*at),
            Fact::Venue { at, trouble: Trouble::Error } => self.errors.push(*at),
            Fact::Venue { at, trouble: Trouble::RateLimited } => {
                self.limited = self.limited.max(Some(*at));
            }
            Fact::Flow(flow) => {
                self.cash.flow(flow);
                self.flows.seen(flow, &mut self.references);
            }
            Fact::Latched { .. }
            | Fact::Resumed { .. }
            | Fact::PeakReset { .. }
            | Fact::FlowConfirmed(_)
            | Fact::Adopted(_)
            | Fact::Flagged(_) => self.operator(fact),
            Fact::Named(_) | Fact::Protection(_) | Fact::Reconciled(_) => {}
        }
    }

    /// What holds across single runs too.
    fn operator(&mut self, fact: &Fact) {
        if let Fact::Latched { at, latch, .. } = fact {
            let set = self.latches.entry(*latch).or_insert(*at);
            *set = (*set).max(*at);
        } else if let Fact::Resumed { latch, .. } = fact {
            self.latches.remove(latch);
            if *latch == Latch::ExecutionThrottle {
                self.executed.clear();
            }
        } else if let Fact::PeakReset { nav, .. } = fact
            && let Some(nav) = nav.num()
        {
            self.references.reset_peak(nav);
        } else if let Fact::FlowConfirmed(said) = fact {
            self.flows.confirmed(said, &mut self.references);
            self.withdrawn(said);
        } else if let Fact::Adopted(adoption) = fact {
            self.adopted(adoption);
        }
    }

    /// Coins that were given are a position like any other.
    fn adopted(&mut self, adoption: &Adoption) {
        self.last_intent = self.last_intent.max(adoption.lot.0.0);
        let Some(qty) = adoption.qty.num() else { return };
        let held = self.positions.get(&adoption.asset).copied();
        let sum = held.map_or(Some(qty), |held| held.qty.plus(qty));
        let (product, tier) =
            held.map_or((adoption.product, adoption.tier), |held| (held.product, held.tier));
        if let Some(qty) = sum {
            self.positions.insert(adoption.asset, Position { qty, product, tier });
        }
        self.lots.adopted(adoption);
        self.changed();
    }

    /// Coins that were taken away are none any more.
    fn withdrawn(&mut self, said: &FlowConfirmed) {
        let gone = said.coins_gone().and_then(crate::num::Exact::num);
        let Some((held, gone)) = self.positions.get_mut(&said.asset).zip(gone) else { return };
        held.qty = held.qty.minus(gone).unwrap_or(held.qty);
        if held.qty == Num::ZERO {
            self.positions.remove(&said.asset);
        }
        self.lots.withdrawn(&said.asset, gone);
        self.changed();
    }

    fn granted(&mut self, grant: &Grant, pen: &mut Pen<'_>) {
        if pen.judged {
            pen.report.grants += 1;
        }
        check::grant(self, grant, pen);
        if self.worth.is_none() {
            self.worth = Some((grant.at, self.nav(grant.at)));
        }
        let goes_on = grant.side == Side::Buy && !self.parents(&grant.proposal).is_empty();
        let step = if goes_on { Step::Next } else { Step::First };
        if grant.side == Side::Buy && step == Step::First && !self.is_open(&grant.asset) {
            self.opened.insert(grant.asset);
        }
        if grant.stamp.verdict.is_some() {
            self.verdict = Some(grant.stamp.clone());
        }
        let (spent, past, approved) = (false, false, false);
        self.given.push(Given { grant: grant.clone(), step, spent, past, approved });
    }

    /// Pacing goes by these: each says again what was granted.
    fn approved(&mut self, approval: &Approval, pen: &mut Pen<'_>) {
        let add = self.is_open(&approval.asset);
        let proposal = ProposalId::Entry(approval.trigger);
        let same = |given: &&mut Given| {
            let grant = &given.grant;
            grant.proposal == proposal
                && !given.approved
                && grant.product == approval.product
                && grant.max_notional.usd_at_par() == approval.notional
        };
        let given = self.given.iter_mut().rev().find(same);
        let found = given.is_some();
        if let Some(given) = given {
            given.approved = true;
        }
        let subject = proposal.to_string();
        pen.holds(Check::Approval, found, &subject, || "nothing like it was granted".to_owned());
        // A next step of an entry is not approved again; a second approval is a second entry.
        let first = !self.used.contains_key(&approval.trigger);
        pen.holds(Check::TriggerUsed, first, &subject, || "it was decided before".to_owned());
        self.trades.push_back(Trade { at: approval.at, asset: approval.asset, add });
        self.used.insert(approval.trigger, approval.at);
    }

    fn intent(&mut self, intent: &IntentFact, pen: &mut Pen<'_>) {
        if pen.judged {
            pen.report.intents += 1;
        }
        check::orders::intent(self, intent, pen);
        let spent = self.given.iter_mut().rev().find(|given| {
            !given.spent
                && intent.grant.as_ref().is_some_and(|r| r.proposal == given.grant.proposal)
        });
        if let Some(given) = spent {
            given.spent = true;
        }
        if intent.side == Side::Buy {
            self.attempts.push_back(intent.at);
        }
        self.last_intent = self.last_intent.max(intent.intent.0);
        let (fact, filled) = (intent.clone(), Num::ZERO);
        let (ended, answered, unknown) = (None, false, false);
        self.orders.insert(intent.intent, Order { fact, filled, ended, answered, unknown });
        self.messages.push(intent.at);
        self.ordered(intent.grant.as_ref().and_then(|grant| grant.verdict));
    }

    fn answered(&mut self, answer: &SubmitFact, pen: &mut Pen<'_>) {
        let order = self.orders.get_mut(&answer.intent);
        let fine = order.as_ref().is_some_and(|order| !order.answered);
        if let Some(order) = order {
            order.answered = true;
            order.unknown = matches!(answer.outcome, SubmitOutcome::Unknown { .. });
            if matches!(answer.outcome, SubmitOutcome::Refused { .. }) {
                // A proven refusal ends it.
                order.ended = Some((order.filled, answer.at));
                self.refused.push(answer.at);
            }
        }
        let subject = format!("intent {}", answer.intent.0);
        pen.holds(Check::Answer, fine, &subject, || "nothing was asked, or twice".to_owned());
    }

    /// What the venue shows it has.
    fn seen_at_venue(&mut self, report: &OrderReport) {
        if let Some(order) = self.orders.get_mut(&report.intent) {
            order.unknown = false;
        }
    }

    fn fill(&mut self, fill: &Fill, pen: &mut Pen<'_>) {
        if !self.seen.insert(fill.entry_id.clone()) {
            return;
        }
        if !matches!(fill.kind, FillKind::Fill | FillKind::Synthetic) {
            self.adjusted(fill, pen);
            return;
        }
        check::orders::fill(self, fill, pen);
        let trade = fill.trade_id.as_ref().unwrap_or(&fill.entry_id);
        let paid = self.cash.fill(fill, self.standing.entry(trade.clone()).or_default());
        let order = self.orders.get_mut(&fill.intent);
        let (tier, plan) = match &order {
            Some(order) => (order.fact.tier, order.fact.plan),
            None => (domain::Tier::T3, None),
        };
        let counted = fill.qty.num().and_then(|qty| {
            if let Some(order) = order {
                let first = order.filled == Num::ZERO && fill.side == Side::Buy;
                // A next step is the same entry.
                if first && order.fact.parent.is_none() {
                    self.executed.push((fill.at, fill.asset, fill.intent));
                }
                order.filled = order.filled.plus(qty)?;
            }
            let held = self.positions.get(&fill.asset).copied();
            let before = held.map_or(Num::ZERO, |p| p.qty);
            let after = match fill.side {
                Side::Buy => before.plus(qty)?,
                Side::Sell => before.minus(qty)?,
            };
            let tier = match (fill.side, held) {
                (Side::Sell, Some(held)) => held.tier,
                (Side::Buy, _) | (Side::Sell, None) => tier,
            };
            let product = fill.product;
            if after == Num::ZERO {
                self.positions.remove(&fill.asset);
            } else {
                self.positions.insert(fill.asset, Position { qty: after, product, tier });
            }
            self.lots.fill(fill, plan)
        });
        let subject = format!("fill {}", fill.entry_id);
        let counted = counted.and(paid).is_some();
        pen.holds(Check::Fill, counted, &subject, || "it cannot be counted".to_owned());
        self.changed();
    }

    /// The venue takes a fill back, or replaces it: what stands of its trade changes.
    fn adjusted(&mut self, fill: &Fill, pen: &mut Pen<'_>) {
        let trade = fill.trade_id.as_ref().unwrap_or(&fill.entry_id);
        let counted = self.standing.get_mut(trade).and_then(|standing| {
            let stands = standing.qty()?;
            self.cash.fill(fill, standing)?;
            let after = standing.qty()?;
            let change = after.minus(stands)?;
            let signed = if fill.side == Side::Buy { change } else { stands.minus(after)? };
            if let Some(order) = self.orders.get_mut(&fill.intent) {
                order.filled = order.filled.plus(change)?;
            }
            let held = self.positions.get(&fill.asset).copied();
            let tier = held.map_or(domain::Tier::T3, |held| held.tier);
            let qty = held.map_or(Num::ZERO, |held| held.qty).plus(signed)?;
            if qty == Num::ZERO {
                self.positions.remove(&fill.asset);
            } else {
                let product = held.map_or(fill.product, |held| held.product);
                self.positions.insert(fill.asset, Position { qty, product, tier });
            }
            if fill.side == Side::Buy && change.is_negative() {
                self.lots.withdrawn(&fill.asset, stands.minus(after)?);
            }
            Some(())
        });
        let subject = format!("fill {}", fill.entry_id);
        pen.holds(Check::Fill, counted.is_some(), &subject, || {
            "it takes back or replaces what is not on record".to_owned()
        });
        self.changed();
    }

    fn end(&mut self, end: &OrderEnd, pen: &mut Pen<'_>) {
        check::orders::end(self, end, pen);
        if let Some((order, filled)) = self.orders.get_mut(&end.intent).zip(end.filled.num()) {
            order.ended = Some((filled, end.at));
        }
        self.changed();
    }

    fn cycle(&mut self, at: Timestamp, nav: Option<Num>, pen: &mut Pen<'_>) {
        check::all_approved(self, pen);
        check::orders::all_fills(self, Some(at), pen);
        if let Some(nav) = nav {
            self.references.record(at, nav);
        }
        self.over();
        self.sweep(at);
    }
}

/// Whether a verdict's grants can lead to it before their cycle is told: its orders are sent, and
/// the venue answers. Anything else belongs to what is decided next.
const fn is_consequence(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Granted(_)
            | Fact::Approved(_)
            | Fact::Intent(_)
            | Fact::Submitted(_)
            | Fact::Seen(_)
            | Fact::Fill(_)
            | Fact::OrderEnd(_)
            | Fact::Venue { .. }
            | Fact::Latched { .. }
            | Fact::Cycle { .. }
    )
}
