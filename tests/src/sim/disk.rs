//! The disk: facts that are kept, what they add up to by a second fold, and the rules that each new
//! fact is held against.

use core::time::Duration;

use domain::{
    Absence, Ending, Fact, Fill, FlowKind, IntentId, OrderEnd, Protector, ReconciledFact,
    SubmitOutcome, Timestamp,
};
use execution::{EDGES, OrderState, Orders, Sign, Timing};
use risk::Exposure;
use rust_decimal::Decimal;
use state::State;

use super::world::World;

/// A list proves nothing so soon after sending: credential life, clocks and the lag of lists.
const PROOF_AFTER_SECS: i64 = 10 + 2 + 15;
/// Two lists that prove an absence are so far apart.
const BETWEEN_LISTS_SECS: i64 = 5;

/// What is kept, and what it adds up to.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) facts: Vec<Fact>,
    pub(crate) state: State,
    pub(crate) exposure: Exposure,
    pub(crate) orders: Orders,
    /// Base units of the fills on record, by product.
    pub(crate) positions: Vec<Decimal>,
}

impl Disk {
    fn fold(&mut self, fact: &Fact) -> Result<(), String> {
        self.state.apply(fact);
        self.orders.apply(fact, Duration::ZERO);
        self.exposure.apply(fact).map_err(|error| error.to_string())
    }

    /// All of it folded anew.
    pub(crate) fn folded(facts: &[Fact]) -> Result<Self, String> {
        let mut disk = Self { orders: Orders::new(Timing::default()), ..Self::default() };
        facts.iter().try_for_each(|fact| disk.fold(fact))?;
        Ok(disk)
    }
}

impl World {
    /// Keeps facts, all of them or none.
    pub(crate) fn keep(&mut self, facts: &[Fact]) {
        // A kill may come between a decision and its orders.
        self.killed |= self.happens(super::Fault::Kill);
        for fact in facts {
            self.hold_against_the_rules(fact);
            let before = concerned(&self.disk.orders, fact);
            if let Err(error) = self.disk.fold(fact) {
                self.violated("L-02", &format!("a fact cannot be counted: {error}"));
            }
            self.count_edge(fact, before);
            if !matches!(fact, Fact::Market(_) | Fact::Marks(_) | Fact::Policy(_)) {
                self.trace.note(self.now, &format_args!("kept {fact:?}"));
            }
            self.disk.facts.push(fact.clone());
        }
    }

    fn hold_against_the_rules(&mut self, fact: &Fact) {
        match fact {
            Fact::Intent(sent) => {
                self.tallies.intents += 1;
                self.tallies.sales += u64::from(sent.side == domain::Side::Sell);
                let next = self.disk.state.next_intent();
                if sent.intent.0 != next {
                    let text = format!("intent {} is on record, and {next} is next", sent.intent.0);
                    self.violated("O-02", &text);
                }
            }
            Fact::Submitted(answer) => {
                if let SubmitOutcome::Unknown { .. } = answer.outcome {
                    self.tallies.unknown += 1;
                }
            }
            Fact::Fill(fill) => self.booked(fill),
            Fact::OrderEnd(end) => self.ended(end),
            Fact::Reconciled(found) => {
                self.compared |= found.complete;
                self.hold_comparison(found);
                self.hold_halt(found);
                if found.grade() > Some(domain::Grade::Info) {
                    self.tallies.differences += 1;
                }
            }
            // Where nobody moves money, all of it is explained by fills.
            Fact::Flow(flow) => {
                let opening = flow.kind == Some(FlowKind::Opening);
                if !opening && !self.rates.any(super::Fault::is_foreign) && !self.promises_broken()
                {
                    let text = format!("{} {} is called a flow", flow.change, flow.asset);
                    self.violated("L-04", &text);
                }
            }
            Fact::Protection(change) => {
                let who = match change.by {
                    Protector::Nobody => "let_go",
                    Protector::Engine => "taken_over",
                    Protector::Venue { .. } => "protected",
                };
                *self.tallies.exits.entry(who).or_default() += 1;
            }
            Fact::Boot { .. } => self.compared = false,
            Fact::Named(_)
            | Fact::Cycle { .. }
            | Fact::Policy(_)
            | Fact::Balances(_)
            | Fact::Marks(_)
            | Fact::Market(_)
            | Fact::Granted(_)
            | Fact::Approved(_)
            | Fact::TriggerUsed { .. }
            | Fact::Cancel { .. }
            | Fact::Seen(_)
            | Fact::Venue { .. }
            | Fact::Latched { .. }
            | Fact::Resumed { .. }
            | Fact::PeakReset { .. }
            | Fact::FlowConfirmed(_)
            | Fact::Adopted(_)
            | Fact::Flagged(_) => {}
        }
    }

    /// A fill on record is one of the venue's, of that order, to the last digit, and once.
    fn booked(&mut self, fill: &Fill) {
        let place = self.by_entry.get(&fill.entry_id).copied();
        let Some(trade) = place.and_then(|place| self.trades.get_mut(place)) else {
            return self.violated("L-01", &format!("{} never was at the venue", fill.entry_id));
        };
        let bracket = self.disk.orders.get(fill.intent).and_then(|order| order.sent().bracket());
        if let Some(bracket) = bracket {
            let target = bracket.sold_by(fill.price) == domain::ExitReason::TakeProfit;
            let how = if target { "at_target" } else { "at_stop" };
            *self.tallies.exits.entry(how).or_default() += 1;
        }
        let twice = core::mem::replace(&mut trade.known, true);
        let same = (trade.fill.qty, trade.fill.price, trade.fill.fee, trade.fill.side)
            == (fill.qty, fill.price, fill.fee, fill.side);
        let place = trade.order;
        let (mut own, mut product) = (false, 0);
        if let Some(order) = self.orders.get_mut(place) {
            own = order.intent == Some(fill.intent.0);
            product = order.product;
            order.known += fill.qty.get();
        }
        self.disk.positions.resize(self.coins.len(), Decimal::ZERO);
        if let Some(held) = self.disk.positions.get_mut(product) {
            let sign = if fill.side == domain::Side::Buy { Decimal::ONE } else { -Decimal::ONE };
            *held += sign * fill.qty.get();
        }
        if twice {
            self.violated("L-03", &format!("{} is on record twice", fill.entry_id));
        }
        if !same || !own {
            self.violated("L-01", &format!("{} is another fill at the venue", fill.entry_id));
        }
    }

    /// O-13: a complete comparison finds what is not ours, where lists cannot be too late for it.
    fn hold_comparison(&mut self, found: &ReconciledFact) {
        let shown = |created: Timestamp| (15..200).contains(&self.now.secs_since(created));
        let foreign = self.orders.iter().filter(|order| order.intent.is_none());
        let missed = foreign.filter(|order| order.created.is_some_and(shown)).find(|order| {
            !found
                .findings
                .iter()
                .any(|f| f.code == domain::FindingCode::ForeignOrder && f.subject == order.id)
        });
        if let Some(id) = missed.map(|order| order.id.clone()).filter(|_| found.complete) {
            self.violated("O-13", &format!("{id} is not ours, and was not found"));
        }
    }

    /// O-13: a halt keeps stops from selling. Where nobody else is at work, and the venue shows its
    /// balances as they are, no comparison asks for one, whatever is late or missing.
    fn hold_halt(&mut self, found: &ReconciledFact) {
        let truly = |fault| matches!(fault, super::Fault::StaleBalance) || fault.is_foreign();
        if self.promises_broken() || self.rates.any(truly) {
            return;
        }
        if let Some(worst) = found.findings.iter().find(|f| f.grade == domain::Grade::Halt) {
            let (code, subject) = (worst.code.as_str(), &worst.subject);
            let text = format!(
                "{code} {subject}: {} instead of {} halts, and is our own doing",
                worst.found, worst.expected
            );
            self.violated("O-13", &text);
        }
    }

    /// An end on record is the venue's, with the final quantity; an absence is one for good.
    fn ended(&mut self, end: &OrderEnd) {
        let number = end.intent.0;
        let order = self.by_intent.get(&number).and_then(|place| self.orders.get(*place));
        let there = order.is_some_and(|order| order.created.is_some() || order.may_fill());
        match &end.how {
            Some(Ending::Absent(_)) => {
                self.tallies.absent += 1;
                if !self.is_proved(end) {
                    self.violated("O-06", &format!("intent {number}: {:?} is no proof", end.how));
                }
                if there && !self.rates.any(super::Fault::breaks_a_promise) {
                    self.violated("O-06", &format!("intent {number} is said to be absent"));
                }
            }
            Some(Ending::Filled | Ending::Cancelled | Ending::Expired | Ending::Failed) | None => {
                let over = order.is_some_and(|order| order.over);
                let filled = order.map(|order| order.filled);
                if !over || filled != Some(end.filled.get()) {
                    let text =
                        format!("intent {number} is over at {}, truly {filled:?}", end.filled);
                    self.violated("O-12", &text);
                }
            }
        }
    }

    /// O-06: two lists, far enough apart, and the first late enough after sending and boot.
    fn is_proved(&self, end: &OrderEnd) -> bool {
        let Some(Ending::Absent(Absence::Listings { first, second })) = &end.how else {
            return true;
        };
        let sent = self.disk.orders.get(end.intent).map(|order| order.sent().at);
        let boot = self
            .disk
            .facts
            .iter()
            .rev()
            .find_map(|fact| if let Fact::Boot { at, .. } = fact { Some(*at) } else { None });
        let since = sent.max(boot);
        let late = since.is_some_and(|since| first.secs_since(since) >= PROOF_AFTER_SECS);
        late && second.secs_since(*first) >= BETWEEN_LISTS_SECS
    }

    fn count_edge(&mut self, fact: &Fact, before: Vec<(IntentId, OrderState, Decimal)>) {
        for (intent, from, filled) in before {
            let Some(order) = self.disk.orders.get(intent) else { continue };
            let (to, now) = (order.state(), order.filled().get());
            let believed = matches!(to, OrderState::Rejected | OrderState::Absent);
            if believed && matches!(fact, Fact::Seen(report) if !report.status.is_end()) {
                self.violated("O-07", &format!("intent {} is there, and not taken up", intent.0));
                continue;
            }
            if now < filled {
                self.violated("O-04", &format!("intent {} unfilled itself", intent.0));
            }
            if from == to {
                continue;
            }
            let edge =
                EDGES.iter().position(|(a, sign, b)| *a == from && *b == to && tells(fact, *sign));
            if let Some(edge) = edge {
                *self.tallies.edges.entry(edge).or_default() += 1;
            } else {
                let text = format!("{} to {} by {fact:?}", from.as_str(), to.as_str());
                self.violated("O-04", &text);
            }
        }
    }
}

/// Orders that a fact may change, as they are before it.
fn concerned(orders: &Orders, fact: &Fact) -> Vec<(IntentId, OrderState, Decimal)> {
    let one = |intent: &IntentId| match orders.get(*intent) {
        Some(order) => vec![(*intent, order.state(), order.filled().get())],
        None => vec![(*intent, OrderState::Planned, Decimal::ZERO)],
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact is about one order")]
    match fact {
        Fact::Boot { .. } => {
            orders.live().map(|(id, o)| (id, o.state(), o.filled().get())).collect()
        }
        Fact::Intent(sent) => one(&sent.intent),
        Fact::Submitted(answer) => one(&answer.intent),
        Fact::Cancel { intent, .. } => one(intent),
        Fact::Seen(report) => one(&report.intent),
        Fact::Fill(fill) => one(&fill.intent),
        Fact::OrderEnd(end) => one(&end.intent),
        _ => Vec::new(),
    }
}

/// Whether a fact can be such a sign.
fn tells(fact: &Fact, sign: Sign) -> bool {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact is about one order")]
    match fact {
        Fact::Intent(_) => sign == Sign::Recorded,
        Fact::Boot { .. } => sign == Sign::Doubted,
        Fact::Submitted(_) => {
            matches!(sign, Sign::Accepted | Sign::Refused | Sign::Doubted | Sign::SeenCancelling)
        }
        Fact::Cancel { .. } => sign == Sign::CancelAsked,
        Fact::Seen(_) => {
            matches!(sign, Sign::SeenOpen | Sign::SeenPartlyFilled | Sign::SeenCancelling)
        }
        Fact::Fill(_) => matches!(sign, Sign::SeenPartlyFilled | Sign::SeenCancelling),
        Fact::OrderEnd(_) => matches!(
            sign,
            Sign::EndedFilled
                | Sign::EndedCancelled
                | Sign::EndedExpired
                | Sign::EndedFailed
                | Sign::ProvedAbsent
        ),
        _ => false,
    }
}
