//! One random cycle: what the venue did meanwhile, what is proposed, what becomes of it.

use std::collections::BTreeSet;

use domain::{
    Approval, BalancesFact, BaseQty, ControlState, CycleId, Entry, Evidence, Exit, ExitPlan,
    ExitReason, Fact, Fill, Granularity, IntentFact, IntentId, Latch, LotId, Mark, MarketFact,
    MarketView, MarksFact, OrderEnd, Pct, ProductId, ProductMarket, Proposal, ProposalId, QuoteAmt,
    Regime, Side, SubmitFact, SubmitOutcome, Trigger, TriggerId, TriggerKind, Trouble,
};
use exchange::{CommitError, CommitView, IntentJournal, JournalError, Journalled, Memory};
use execution::ExecutionTerms;
use risk::{ApprovedOrder, LossReferences, RiskView, Verdict};
use rust_decimal::Decimal;

use super::Run;

/// An order as the venue knows it.
#[derive(Debug, Clone)]
pub(super) struct Open {
    fact: IntentFact,
    filled: Decimal,
    answered: bool,
}

/// Takes the facts out of a commit.
#[derive(Default)]
struct Journal(Vec<IntentFact>);

impl IntentJournal for Journal {
    type Durability = Memory;

    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError> {
        self.0.push(fact.clone());
        Ok(1)
    }
}

fn text<T, E: ToString>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

impl Run {
    pub(super) fn cycle(&mut self, seed: u64, number: u64) -> Result<(), String> {
        let long = if self.dice.chance(30) { 6 * 3600 } else { 900 };
        self.now = self.now.plus_secs(self.dice.between(12, long));
        self.markets.step(self.now, &mut self.dice);
        self.operator()?;
        self.venue()?;
        let nav = self.nav();
        let (latches, control) = self.latches(nav);
        let proposals = self.proposals();
        self.outcome.proposed += u64::try_from(proposals.len()).unwrap_or(0);
        self.note(&proposals)?;
        let approved = self.assess(nav, &latches, control, proposals)?;
        let fact = Fact::Cycle { at: self.now, id: id(seed, number), nav };
        self.tell(&fact)?;
        // Now and then something happens to live orders before those of the verdict are sent.
        if self.dice.chance(60) {
            self.venue()?;
        }
        self.send(approved)
    }

    /// Kills, halts, stops and resumes, rarely.
    fn operator(&mut self) -> Result<(), String> {
        let at = self.now;
        let all = [
            Latch::Kill,
            Latch::Halt,
            Latch::DailyStop,
            Latch::WeeklyStop,
            Latch::MaxDrawdown,
            Latch::ExecutionThrottle,
            Latch::Reconciliation,
            Latch::UnknownOrder,
            Latch::WireShut,
        ];
        if self.dice.chance(25)
            && let Some(latch) = self.dice.pick(&all).copied()
        {
            self.latches.insert(latch);
            self.tell(&Fact::Latched { at, latch, reason: "drawn".to_owned() })?;
        }
        if self.dice.chance(250) {
            for latch in core::mem::take(&mut self.latches) {
                self.tell(&Fact::Resumed { at, latch, reason: "drawn".to_owned() })?;
            }
        }
        let trouble = if self.dice.chance(500) { Trouble::Error } else { Trouble::RateLimited };
        if self.dice.chance(40) {
            let times = if trouble == Trouble::Error { 3 } else { 1 };
            for _ in 0..times {
                self.tell(&Fact::Venue { at, trouble })?;
            }
        }
        Ok(())
    }

    /// Answers, fills and ends of open orders.
    fn venue(&mut self) -> Result<(), String> {
        let mut rest = Vec::new();
        for mut order in core::mem::take(&mut self.open) {
            if !order.answered && !self.answer(&mut order)? {
                continue;
            }
            if self.dice.chance(600) && order.answered {
                self.fill(&mut order)?;
            }
            let full = order.filled >= order.fact.qty.get();
            if full || self.dice.chance(350) {
                self.end(&order)?;
            } else {
                rest.push(order);
            }
        }
        rest.append(&mut self.open);
        self.open = rest;
        Ok(())
    }

    /// What the venue says to an order; whether it is still about.
    fn answer(&mut self, order: &mut Open) -> Result<bool, String> {
        order.answered = true;
        let (at, intent) = (self.now, order.fact.intent);
        let lost = self.dice.chance(120);
        let (outcome, stays) = if lost {
            (SubmitOutcome::Unknown { cause: "drawn".to_owned() }, true)
        } else if self.dice.chance(120) {
            (SubmitOutcome::Refused { reason: "drawn".to_owned() }, false)
        } else {
            (SubmitOutcome::Accepted { venue_order_id: format!("v{}", intent.0) }, true)
        };
        self.tell(&Fact::Submitted(SubmitFact { at, intent, outcome }))?;
        Ok(stays)
    }

    fn fill(&mut self, order: &mut Open) -> Result<(), String> {
        let left = order.fact.qty.get() - order.filled;
        let part = if self.dice.chance(500) { left } else { (left / Decimal::TWO).round_dp(8) };
        if part.is_zero() {
            return Ok(());
        }
        let fact = &order.fact;
        // A sale may bring more than its limit.
        let better = if fact.side == Side::Sell && self.dice.chance(600) { 500 } else { 0 };
        let price = (fact.limit.get() * Decimal::new(10_000 + better, 4)).round_dp(4);
        let price = text(domain::Price::new(price))?.max(fact.limit);
        let value = part * price.get();
        let fee = (value * Decimal::new(60, 4)).round_dp(8);
        self.next_entry += 1;
        let fill = Fill {
            entry_id: format!("e{}", self.next_entry),
            intent: fact.intent,
            at: self.now,
            product: fact.product,
            asset: fact.asset,
            side: fact.side,
            qty: text(BaseQty::new(part))?,
            price,
            fee: text(QuoteAmt::new(fee))?,
            kind: domain::FillKind::Fill,
            trade_id: None,
            liquidity: None,
        };
        let change = if fact.side == Side::Buy { -value - fee } else { value - fee };
        if let Some(purse) = self.purses.first_mut() {
            purse.available = text(QuoteAmt::new(purse.available.get() + change))?;
        }
        order.filled += part;
        self.tell(&Fact::Fill(Box::new(fill)))
    }

    fn end(&mut self, order: &Open) -> Result<(), String> {
        let (at, intent) = (self.now, order.fact.intent);
        if order.filled < order.fact.qty.get() {
            self.tell(&Fact::Cancel { at, intent })?;
        }
        let filled = text(BaseQty::new(order.filled))?;
        self.tell(&Fact::OrderEnd(OrderEnd { at, intent, filled, how: None }))
    }

    fn latches(&mut self, nav: Option<domain::Usd>) -> (BTreeSet<Latch>, ControlState) {
        let mut latches = self.state.latches(self.now);
        let control = self.limits.control(&latches);
        if let Some(nav) = nav {
            let mut marks = self.state.marks().clone();
            marks.record(self.now, nav);
            let since = LossReferences { day: marks.day(), week: marks.week(), peak: marks.peak() };
            latches.extend(self.limits.loss_stops(nav, &since));
        }
        (latches, control)
    }

    fn proposals(&mut self) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        let lots: Vec<_> = self.state.ledger().lots().copied().collect();
        for lot in &lots {
            if self.dice.chance(250) {
                let whole = lot.qty.get();
                let part = if self.dice.chance(100) { whole + Decimal::ONE } else { whole };
                let Ok(qty) = BaseQty::new(part) else { continue };
                let cause =
                    if self.dice.chance(100) { ExitReason::Flatten } else { ExitReason::StopLoss };
                proposals.push(sale(lot.product, lot.id, qty, cause));
            }
        }
        if self.dice.chance(20) {
            let product = self.markets.all.first().map(|market| market.product.id);
            let (lot, cause) = (LotId(IntentId(u64::MAX)), ExitReason::MaxHold);
            if let Some((product, qty)) = product.zip(BaseQty::new(Decimal::ONE).ok()) {
                proposals.push(sale(product, lot, qty, cause));
            }
        }
        for _ in 0..self.dice.between(1, 2) {
            proposals.extend(self.entry().map(Proposal::Entry));
        }
        proposals
    }

    fn entry(&mut self) -> Option<Entry> {
        let at = usize::try_from(self.dice.below(8)).ok()?;
        let market = self.markets.all.get(at)?;
        let product = market.product.id;
        let fresh = TriggerId { product, kind: TriggerKind::Momentum, candle: self.now };
        // Now and then the event that was proposed before.
        let id = match self.events.insert(product, fresh) {
            Some(before) if self.dice.chance(60) => before,
            Some(_) | None => fresh,
        };
        self.events.insert(product, id);
        let signal = |hundredths: i64| hundredths as f64 / 100.0;
        let conviction = signal(self.dice.between(33, 100));
        let evidence =
            Evidence::Momentum { return_24h_pct: 3.0, hours_with_sign: 7, streak_hours: 0 };
        let trigger = Trigger {
            id,
            granularity: Granularity::H1,
            fresh: true,
            move_pct: 3.0,
            strength: 0.5,
            confidence: 0.5,
            evidence,
        };
        let stop = if self.dice.chance(40) { 16 } else { 8 };
        let pct = |n: i64, scale: u32| Pct::new(Decimal::new(n, scale)).ok();
        let size = if self.dice.chance(150) {
            self.dice.between(1, 20)
        } else {
            self.dice.between(50, 900)
        };
        Some(Entry {
            product,
            tier: self.markets.tier(at),
            trigger,
            size_pct: pct(size, 2)?,
            conviction,
            plan: ExitPlan { stop_pct: pct(stop, 0)?, target_pct: pct(15, 0)?, max_hold_hours: 72 },
            reason: String::new(),
        })
    }

    /// The raw facts of the cycle, as the engine puts them on record.
    fn note(&mut self, proposals: &[Proposal]) -> Result<(), String> {
        let at = self.now;
        let account = (self.purses.clone(), self.fees);
        if self.noted.as_ref() != Some(&account) {
            let (purses, fees) = account.clone();
            self.noted = Some(account);
            self.tell(&Fact::Balances(BalancesFact { at, purses, fees: Some(fees) }))?;
        }
        let held: BTreeSet<_> = self.exposure.open();
        let marks = self.markets.all.iter().filter(|m| held.contains(&m.product.base));
        let marks: Vec<_> = marks
            .filter_map(|market| {
                let quote = market.quote.filter(|quote| quote.fault().is_none())?;
                let vouched = market.quote_vouched?;
                Some(Mark { product: market.product.id, bid: quote.bid, vouched })
            })
            .collect();
        if !held.is_empty() {
            self.tell(&Fact::Marks(MarksFact { at, marks }))?;
        }
        let proposed: BTreeSet<_> = proposals.iter().map(Proposal::product).collect();
        let markets = self.markets.all.iter().filter(|m| proposed.contains(&m.product.id));
        let facts: Vec<_> = markets
            .map(|market| {
                let book = market.book.as_ref().map(|book| book.within(300));
                let market = ProductMarket { book, ..market.clone() };
                Fact::Market(Box::new(MarketFact { at, market }))
            })
            .collect();
        facts.iter().try_for_each(|fact| self.tell(fact))
    }

    fn assess(
        &mut self,
        nav: Option<domain::Usd>,
        latches: &BTreeSet<Latch>,
        control: ControlState,
        proposals: Vec<Proposal>,
    ) -> Result<Vec<ApprovedOrder>, String> {
        let regime = if self.dice.chance(20) { Regime::Unknown } else { Regime::Chop };
        let account = domain::AccountId("random".to_owned());
        let skew = if self.dice.chance(20) { 2_500 } else { 300 };
        let lost = self.dice.chance(15);
        let view = RiskView {
            now: self.now,
            mode: self.mode,
            account: &account,
            control,
            latches,
            reconciled: !self.dice.chance(15),
            clock_skew_ms: Some(skew),
            fact_number: self.state.fact_number(),
            nav: nav.filter(|_| !lost),
            purses: &self.purses,
            fees: Some(self.fees),
            exposure: &self.exposure,
            counters: &self.counters,
            regime,
            clusters: &self.clusters,
        };
        let market = MarketView { now: self.now, products: &self.markets.all };
        let (mut proposals, mut verdict) = (proposals, Verdict::default());
        self.desk.assess(&self.limits, &view, &market, &mut proposals, &mut verdict);
        for rejected in &verdict.rejected {
            for reason in &rejected.reasons {
                *self.outcome.codes.entry(reason.code).or_default() += 1;
            }
        }
        for order in &verdict.approved {
            self.outcome.approved += 1;
            let (at, grant) = (self.now, order.grant(self.now, regime));
            let (product, asset) = (grant.product, grant.asset);
            let notional = grant.max_notional.usd_at_par();
            let proposal = grant.proposal;
            self.tell(&Fact::Granted(Box::new(grant)))?;
            if let ProposalId::Entry(trigger) = proposal {
                self.tell(&Fact::Approved(Approval { at, trigger, product, asset, notional }))?;
            }
        }
        Ok(verdict.approved)
    }

    /// Turns approvals of one verdict into orders on record; some are late, some are overtaken.
    fn send(&mut self, approved: Vec<ApprovedOrder>) -> Result<(), String> {
        let (mut intents, terms) = (Vec::new(), ExecutionTerms::default());
        for order in approved {
            if self.dice.chance(150) {
                continue;
            }
            let product = order.product();
            let market = self.markets.all.iter().find(|m| m.product.id == product);
            let market = market.ok_or("an approval for nothing")?;
            let number = self.state.next_intent() + u64::try_from(intents.len()).unwrap_or(0);
            let id = IntentId(number);
            intents.extend(execution::plan(&terms, market, self.fees, order, id, self.now));
        }
        if self.dice.chance(60) {
            self.now = self.now.plus_secs(self.dice.between(1, 5));
        }
        let view = CommitView {
            now: self.now,
            policy: self.limits.hash().clone(),
            account: domain::AccountId("random".to_owned()),
            mode: self.mode,
            exposure_fact: self.exposure_fact,
        };
        let (mut journal, asked) = (Journal::default(), intents.len());
        let together = Journalled::commit_all(&mut journal, &view, intents);
        journal.0.into_iter().try_for_each(|kept| self.tell(&Fact::Intent(Box::new(kept))))?;
        let refused = asked - together.kept.len();
        for sent in together.kept {
            let fact = sent.intent().fact(self.now);
            self.outcome.intents += 1;
            self.open.push(Open { fact, filled: Decimal::ZERO, answered: false });
        }
        self.outcome.refused_commits += u64::try_from(refused).unwrap_or(u64::MAX);
        match together.refused {
            None | Some((_, CommitError::Expired(_) | CommitError::Overtaken { .. })) => Ok(()),
            Some((_, error)) => Err(error.to_string()),
        }
    }
}

fn id(seed: u64, number: u64) -> CycleId {
    CycleId(uuid::Uuid::from_u64_pair(seed, number))
}

/// A sale that is proposed.
fn sale(product: ProductId, lot: LotId, qty: BaseQty, cause: ExitReason) -> Proposal {
    Proposal::Exit(Exit { product, lot, qty, cause, reason: String::new(), bracket: None })
}
