//! What can happen to the engine, and what it can ask for. Both sets are closed.

use core::fmt;
use std::sync::Arc;

use domain::{
    Bar, Bars, Book, CycleId, Fact, Fees, Gap, Glance, IntentId, LotId, Product, ProductId, Purse,
    SubmitOutcome, Timestamp, Trouble,
};
use exchange::{OrderIntent, VenueFill, VenueOrder};
use execution::{Alarm, Look};

use crate::Memory;

/// Something that happened outside.
#[derive(Debug)]
pub enum Event {
    /// What an earlier process remembered. Comes before the first cycle.
    Recall(Box<Memory>),
    /// The venue's products, all of them. Comes first, and again when they may have changed: what
    /// is known of products that stay is kept; new ones need their history.
    Catalog {
        /// With their increments.
        products: Vec<Product>,
        /// Those whose increments nobody knows: nothing can be ordered there.
        unknown: Vec<ProductId>,
    },
    /// Spans without data, for all the history that follows.
    Gaps {
        /// Start of the history.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
        /// The spans.
        gaps: Vec<Gap>,
    },
    /// A product's bars: its features are made from those alone that are closed now.
    History {
        /// Whose.
        product: ProductId,
        /// Closed hours from before the first of the bars, where those are too fine to go back far.
        hours: Option<Bars>,
        /// The bars, shared with whoever has them; later ones among them are not read.
        bars: Arc<Bars>,
    },
    /// A 5-minute slot closed for all products; who is not named traded nothing in it.
    SlotClosed {
        /// The slot's start.
        start: Timestamp,
        /// Seconds of it without data.
        gap_secs: u16,
        /// Sorted by product.
        bars: Vec<(ProductId, Bar)>,
    },
    /// An hour closed for the products whose history had no finer bars than hours; of those, who is not
    /// named traded nothing in it. Comes after its last slot.
    HourClosed {
        /// The hour's start.
        start: Timestamp,
        /// Sorted by product.
        bars: Vec<(ProductId, Bar)>,
    },
    /// A product's book.
    Book {
        /// Whose.
        product: ProductId,
        /// The book.
        book: Book,
        /// Venue time up to which the feed vouches for it.
        vouched: Timestamp,
    },
    /// What the modelled books of products say now, without the books: for a driver that makes the
    /// books themselves only of what is [watched](crate::Engine::watched) or
    /// [wanted](crate::Engine::wanted).
    Glances {
        /// What is new, by places among the catalog's products, which are sorted.
        news: Vec<(usize, Glance)>,
        /// The places of those of whose books the last that was fed is a glance that still holds.
        same: Vec<usize>,
    },
    /// What the account holds and pays.
    Account {
        /// Free money.
        purses: Vec<Purse>,
        /// Fee rates.
        fees: Fees,
    },
    /// The account could not be read.
    AccountLost,
    /// Something is on record, from before or from outside.
    Fact(Fact),
    /// What became of a submit.
    Answered {
        /// Of which order.
        intent: IntentId,
        /// What.
        outcome: SubmitOutcome,
    },
    /// The venue shows an order.
    Seen(VenueOrder),
    /// The venue shows fills.
    Filled(Vec<VenueFill>),
    /// The venue showed all there is, orders and fills, or not all of it could be read: both are
    /// compared with the records, and so are balances.
    Compared {
        /// Orders and fills, where all of them could be read.
        look: Option<Box<Look>>,
        /// Balances, where they could be read.
        purses: Option<Vec<Purse>>,
        /// Whether it is the recorded account.
        account: bool,
    },
    /// The venue listed all there is from a moment on.
    Looked(Box<Look>),
    /// The venue did not answer as it should.
    Trouble(Trouble),
    /// An operator has every lot sold, whatever is latched, until none is left.
    Flatten,
    /// Orders may need something, and prices may have moved: between two cycles only what reduces
    /// risk, or goes on with an entry that was approved.
    Upkeep,
    /// It is time to decide.
    CycleDue(CycleId),
}

/// Something the driver must do, in this order.
#[derive(Debug)]
pub enum Effect {
    /// Put on record. The engine has taken it into account already.
    Append(Fact),
    /// Commit, then send, then tell the answer. Never asked for in DRY_RUN. Orders of one step are of
    /// one verdict: all of them are committed together, before the first is sent.
    Place(Box<OrderIntent>),
    /// Ask the venue to cancel an order. That it was asked is on record by an earlier effect.
    Cancel(IntentId),
    /// Ask the venue for an order and tell what it shows.
    Query(IntentId),
    /// Ask the venue for all orders and fills from a moment on, and tell them.
    List {
        /// From when.
        from: Timestamp,
    },
    /// Tell a person.
    Alarm(Alarm),
    /// An entry goes no further: what filled of it is a lot, the rest is given up.
    GivenUp {
        /// Its last order.
        after: IntentId,
        /// Why, for a person.
        why: String,
    },
    /// The venue does not protect a lot for now, and the engine does: the venue is asked again later.
    KeptByEngine {
        /// Which lot.
        lot: LotId,
        /// The codes of the refusal, or a sentence.
        why: String,
    },
    /// The cycle is over; [`crate::Engine::cycle`] holds it until the next one.
    CycleDone,
}

/// A stage of a cycle, for those who measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageName {
    /// Features of products whose candles changed.
    Features,
    /// The weather.
    Regime,
    /// Who may be traded.
    Universe,
    /// What happened.
    Triggers,
    /// What to propose.
    Rules,
    /// What is allowed.
    Risk,
    /// At which price, how much.
    Execution,
}

impl StageName {
    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Regime => "regime",
            Self::Universe => "universe",
            Self::Triggers => "triggers",
            Self::Rules => "rules",
            Self::Risk => "risk",
            Self::Execution => "execution",
        }
    }
}

/// Told when a stage is over; the engine itself reads no clock.
pub trait Probe {
    /// The stage has just ended.
    fn ended(&mut self, stage: StageName);
}

/// Measures nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn ended(&mut self, _stage: StageName) {}
}

/// Where effects go. Owned by the driver and used again.
#[derive(Default)]
pub struct Effects {
    /// What is to be done, in order. The driver drains it.
    pub list: Vec<Effect>,
}

impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.list).finish()
    }
}
