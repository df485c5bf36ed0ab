//! Facts: what happened, appended and never changed. State, counters and exposure are folds over
//! them.

use serde::{Deserialize, Serialize};

use crate::{
    Absence, Adoption, Asset, BalancesFact, CycleId, Ending, Fill, Flagged, Flow, FlowConfirmed,
    Grant, IntentFact, IntentId, Latch, MarketFact, MarksFact, Mode, NamesFact, OrderEnd,
    OrderReport, PolicyFact, PolicyHash, ProductId, ProtectionFact, ReconciledFact, SubmitFact,
    Timestamp, TriggerId, Usd,
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A process opened the records.
    Boot {
        /// When.
        at: Timestamp,
        /// In which mode.
        mode: Mode,
        /// Under which policy.
        policy: PolicyHash,
        /// To do what.
        #[serde(default)]
        run: RunKind,
    },
    /// What names the orders of this process.
    Named(NamesFact),
    /// A cycle ended.
    Cycle {
        /// When.
        at: Timestamp,
        /// Which.
        id: CycleId,
        /// What the account was worth, when known.
        nav: Option<Usd>,
    },
    /// The policy that a process decides by, whole: one after each boot.
    Policy(Box<PolicyFact>),
    /// What the account held and paid, whenever a decision saw it changed.
    Balances(BalancesFact),
    /// What valued the account at a decision, while it holds anything but dollars.
    Marks(MarksFact),
    /// A market that a verdict used.
    Market(Box<MarketFact>),
    /// The bounds of an order that the policy allowed, entry or exit.
    Granted(Box<Grant>),
    /// The policy approved an entry; pacing counts these.
    Approved(Approval),
    /// An event was decided for good and is not proposed again.
    TriggerUsed {
        /// When.
        at: Timestamp,
        /// Which.
        trigger: TriggerId,
    },
    /// An order is about to be sent.
    Intent(Box<IntentFact>),
    /// What the venue said to an order.
    Submitted(SubmitFact),
    /// A cancel was asked for; what it comes to is told by the order's end.
    Cancel {
        /// When.
        at: Timestamp,
        /// Of which order.
        intent: IntentId,
    },
    /// An own order was seen at the venue, other than it was known.
    Seen(Box<OrderReport>),
    /// Base and quote changed hands.
    Fill(Box<Fill>),
    /// An order is over; what it did not fill is no longer reserved.
    OrderEnd(OrderEnd),
    /// Somebody else watches over a lot.
    Protection(ProtectionFact),
    /// The records were compared with the venue.
    Reconciled(ReconciledFact),
    /// The venue did not answer as it should.
    Venue {
        /// When.
        at: Timestamp,
        /// How.
        trouble: Trouble,
    },
    /// A latch was set.
    Latched {
        /// When.
        at: Timestamp,
        /// Which.
        latch: Latch,
        /// Why, for a person.
        reason: String,
    },
    /// An operator cleared a latch.
    Resumed {
        /// When.
        at: Timestamp,
        /// Which.
        latch: Latch,
        /// Why, for a person.
        reason: String,
    },
    /// An operator set the peak that drawdown is measured from.
    PeakReset {
        /// When.
        at: Timestamp,
        /// To what.
        nav: Usd,
        /// Why, for a person.
        reason: String,
    },
    /// A balance changed by what is not on record.
    Flow(Flow),
    /// An operator said what such a change was.
    FlowConfirmed(FlowConfirmed),
    /// An operator gave coins to the bot.
    Adopted(Box<Adoption>),
    /// An operator keeps a product out for a while.
    Flagged(Flagged),
}

/// What a process opened the records for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// One decision from empty memory: its facts are kept, and no later process folds them.
    #[default]
    Once,
    /// The loop: its facts are what the next loop remembers.
    Loop,
}

impl Fact {
    /// When it happened.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Boot { at, .. }
            | Self::Cycle { at, .. }
            | Self::TriggerUsed { at, .. }
            | Self::Cancel { at, .. }
            | Self::Venue { at, .. }
            | Self::Latched { at, .. }
            | Self::Resumed { at, .. }
            | Self::PeakReset { at, .. } => *at,
            Self::Named(names) => names.at,
            Self::Policy(policy) => policy.at,
            Self::Balances(balances) => balances.at,
            Self::Marks(marks) => marks.at,
            Self::Market(market) => market.at,
            Self::Granted(grant) => grant.at,
            Self::Approved(approval) => approval.at,
            Self::Intent(intent) => intent.at,
            Self::Submitted(submit) => submit.at,
            Self::Seen(report) => report.at,
            Self::Fill(fill) => fill.at,
            Self::OrderEnd(end) => end.at,
            Self::Flow(flow) => flow.at,
            Self::FlowConfirmed(said) => said.at,
            Self::Adopted(adoption) => adoption.at,
            Self::Flagged(flagged) => flagged.at,
            Self::Protection(protection) => protection.at,
            Self::Reconciled(reconciled) => reconciled.at,
        }
    }

    /// The order that it is about, where it is about one that has a number.
    pub const fn intent(&self) -> Option<IntentId> {
        match self {
            Self::Intent(intent) => Some(intent.intent),
            Self::Submitted(submit) => Some(submit.intent),
            Self::Cancel { intent, .. } => Some(*intent),
            Self::Seen(report) => Some(report.intent),
            Self::Fill(fill) => Some(fill.intent),
            Self::OrderEnd(end) => Some(end.intent),
            Self::Boot { .. }
            | Self::Named(_)
            | Self::Cycle { .. }
            | Self::Policy(_)
            | Self::Balances(_)
            | Self::Marks(_)
            | Self::Market(_)
            | Self::Granted(_)
            | Self::Approved(_)
            | Self::TriggerUsed { .. }
            | Self::Protection(_)
            | Self::Reconciled(_)
            | Self::Venue { .. }
            | Self::Latched { .. }
            | Self::Resumed { .. }
            | Self::PeakReset { .. }
            | Self::Flow(_)
            | Self::FlowConfirmed(_)
            | Self::Adopted(_)
            | Self::Flagged(_) => None,
        }
    }

    /// Whether an operator said it: that counts for every process, whenever it was said.
    pub const fn is_said(&self) -> bool {
        matches!(
            self,
            Self::Latched { .. }
                | Self::Resumed { .. }
                | Self::PeakReset { .. }
                | Self::FlowConfirmed(_)
                | Self::Adopted(_)
                | Self::Flagged(_)
                | Self::OrderEnd(OrderEnd {
                    how: Some(Ending::Absent(Absence::Operator { .. })),
                    ..
                })
        )
    }
}

/// The facts that a new process remembers: all but those of runs that were to leave nothing
/// behind. What an operator said ([`Fact::is_said`]) counts whenever it was said.
pub fn remembered(facts: impl IntoIterator<Item = Fact>) -> impl Iterator<Item = Fact> {
    let mut carried = true;
    facts.into_iter().filter(move |fact| {
        if let Fact::Boot { run, .. } = fact {
            carried = *run == RunKind::Loop;
        }
        carried || fact.is_said()
    })
}

/// An approved entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// When.
    pub at: Timestamp,
    /// The event behind it.
    pub trigger: TriggerId,
    /// What.
    pub product: ProductId,
    /// Its base currency.
    pub asset: Asset,
    /// How much at most, in dollars, without fees.
    pub notional: Usd,
}

/// How a venue failed to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No answer, or an unreadable one.
    Error,
    /// It asked for fewer requests.
    RateLimited,
}
