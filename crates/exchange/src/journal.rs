//! Committing an intent: the only way to something that a venue takes.

use core::fmt;
use core::marker::PhantomData;

use domain::planted::{Fault, planted};
use domain::{AccountId, IntentFact, IntentId, Mode, PolicyHash, Timestamp};

use crate::OrderIntent;

mod sealed {
    pub trait Sealed {}
}

/// How well a journal remembers.
pub trait Durability: sealed::Sealed {}

/// It survives a power cut. Only `store` says so of its journal; a real venue takes nothing less.
#[derive(Debug)]
pub enum Durable {}

/// It lives as long as the process: for backtest and simulation.
#[derive(Debug)]
pub enum Memory {}

impl sealed::Sealed for Durable {}
impl sealed::Sealed for Memory {}
impl Durability for Durable {}
impl Durability for Memory {}

/// What an approval is held against at commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitView {
    /// The venue's time.
    pub now: Timestamp,
    /// The policy in force.
    pub policy: PolicyHash,
    /// Whose journal this is.
    pub account: AccountId,
    /// The mode of this process.
    pub mode: Mode,
    /// The number of the newest fact that changed exposure.
    pub exposure_fact: u64,
}

/// The journal could not keep the intent; nothing may be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal did not take the intent: {0}")]
pub struct JournalError(pub String);

/// Why an intent was not committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// It was approved under another policy.
    #[error("the approval was given under another policy")]
    Policy,
    /// It was approved for another account or mode.
    #[error("the approval was given for another account or mode")]
    Account,
    /// The approval is too old.
    #[error("the approval expired at {0}")]
    Expired(Timestamp),
    /// Exposure changed after the approval.
    #[error("exposure changed (fact {newest}) after the approval (fact {judged})")]
    Overtaken {
        /// The newest fact that changed exposure.
        newest: u64,
        /// The fact the approval was judged at.
        judged: u64,
    },
    /// It is not of the verdict of the orders before it, which have changed exposure.
    #[error("it was approved in another verdict than the orders before it")]
    OtherVerdict,
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Where intents become facts before they become orders.
#[cfg_attr(feature = "mock", mockall::automock(type Durability = Memory;))]
pub trait IntentJournal {
    /// How well it remembers.
    type Durability: Durability;

    /// Appends the fact; when it returns, the fact is kept as well as [`Self::Durability`] says.
    ///
    /// # Errors
    /// When it is not certain that the fact is kept.
    fn append_intent(&mut self, fact: &IntentFact) -> Result<u64, JournalError>;
}

/// What became of orders that were committed together.
#[derive(Debug)]
pub struct Together<D: Durability> {
    /// On record, in the order in which they came.
    pub kept: Vec<Journalled<D>>,
    /// Why the next one was refused; it and those after it are gone, since numbers are dense.
    pub refused: Option<(IntentId, CommitError)>,
}

/// An intent that is on record. Taken by value when it is sent, so it is sent at most once.
pub struct Journalled<D: Durability> {
    intent: OrderIntent,
    fact_number: u64,
    durability: PhantomData<D>,
}

impl<D: Durability> Journalled<D> {
    /// Holds the approval against the present and puts the intent on record.
    ///
    /// # Errors
    /// [`CommitError`]: nothing is sent.
    pub fn commit<J: IntentJournal<Durability = D>>(
        journal: &mut J,
        view: &CommitView,
        intent: OrderIntent,
    ) -> Result<Self, CommitError> {
        held_against(view, &intent)?;
        Self::keep(journal, view, intent)
    }

    /// Commits the orders of one verdict. What one of them changes does not overtake those after
    /// it, which were approved with it counted in; an order of any other verdict is refused.
    pub fn commit_all<J: IntentJournal<Durability = D>>(
        journal: &mut J,
        view: &CommitView,
        intents: Vec<OrderIntent>,
    ) -> Together<D> {
        let mut kept: Vec<Self> = Vec::with_capacity(intents.len());
        for intent in intents {
            let id = intent.id();
            let stamp = intent.approved().stamp();
            let first = kept.first().map(|first| first.intent.approved().stamp());
            let apart = first.is_some_and(|first| !first.is_of_one_verdict(stamp));
            let done = if apart && !planted(Fault::OvertakenCommit) {
                Err(CommitError::OtherVerdict)
            } else {
                Self::commit(journal, view, intent)
            };
            match done {
                Ok(one) => kept.push(one),
                Err(error) => return Together { kept, refused: Some((id, error)) },
            }
        }
        Together { kept, refused: None }
    }

    fn keep<J: IntentJournal<Durability = D>>(
        journal: &mut J,
        view: &CommitView,
        intent: OrderIntent,
    ) -> Result<Self, CommitError> {
        if planted(Fault::LostReservation) {
            return Ok(Self { intent, fact_number: 0, durability: PhantomData });
        }
        let fact_number = journal.append_intent(&intent.fact(view.now))?;
        Ok(Self { intent, fact_number, durability: PhantomData })
    }

    /// The intent.
    pub const fn intent(&self) -> &OrderIntent {
        &self.intent
    }

    /// Its number in the journal's facts.
    pub const fn fact_number(&self) -> u64 {
        self.fact_number
    }
}

/// Whether an approval still holds.
fn held_against(view: &CommitView, intent: &OrderIntent) -> Result<(), CommitError> {
    let stamp = intent.approved().stamp();
    if stamp.under.policy_hash != view.policy {
        return Err(CommitError::Policy);
    }
    if stamp.under.account != view.account || stamp.under.mode != view.mode {
        return Err(CommitError::Account);
    }
    if stamp.expires < view.now && !planted(Fault::ExpiredCommit) {
        return Err(CommitError::Expired(stamp.expires));
    }
    let overtaken = stamp.fact_number < view.exposure_fact;
    if overtaken && !planted(Fault::OvertakenCommit) {
        let (newest, judged) = (view.exposure_fact, stamp.fact_number);
        return Err(CommitError::Overtaken { newest, judged });
    }
    Ok(())
}

impl<D: Durability> fmt::Debug for Journalled<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journalled")
            .field("intent", &self.intent)
            .field("fact_number", &self.fact_number)
            .finish_non_exhaustive()
    }
}
