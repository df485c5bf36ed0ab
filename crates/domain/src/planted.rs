//! Faults put in on purpose, to show that they are found. Without the feature `planted` none of them
//! exists: every question below is answered with `false` by the compiler, and the shipped binary is
//! checked to lack the marker.

use crate::RiskCode;

/// A mistake that somebody could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A gate of the policy lets everything through.
    Ignores(RiskCode),
    /// Worst cases are counted without fees.
    ForgetsFees,
    /// What the same batch was granted does not count.
    ForgetsBatch,
    /// Live buys do not count against caps.
    ForgetsLiveBuys,
    /// Positions do not count against caps.
    ForgetsPositions,
    /// Collars are three times as wide.
    WideCollar,
    /// Approvals live for a minute.
    LongLife,
    /// A NAV is twice what it is.
    DoubledNav,
    /// Money counts as the venue tells it, though a fill that is on record has spent it.
    BelievesBalances,
    /// Positions are valued by bids of any age.
    StaleMark,
    /// Fills are not booked.
    DroppedFill,
    /// A product is judged by the market of its neighbour.
    SwappedQuote,
    /// An order goes out that is not on record: nothing is reserved for it.
    LostReservation,
    /// An order is twice as large as it was approved.
    EnlargedIntent,
    /// The worst case of an order is recorded without its fee.
    UnderstatedWorstCase,
    /// A commit takes an approval that has expired.
    ExpiredCommit,
    /// A commit takes an approval that a change of exposure has overtaken.
    OvertakenCommit,
    /// An order without an answer is taken for refused.
    TimeoutIsRefusal,
    /// What is reserved for an order without an answer is released.
    UnknownReleases,
    /// A cancel that was asked for is taken for its end.
    CancelIsTheEnd,
    /// An order is taken for absent before all that was sent for it has had its time.
    AbsentTooEarly,
    /// One list is enough to take an order for absent.
    AbsentAtOnce,
    /// An order that came back stays what we believed.
    StaysAbsent,
    /// Fills of orders that are over are left out.
    EndsIgnoreFills,
    /// Fills that are on record are put there again.
    FillsAgain,
    /// The newest report counts, whatever is known.
    ReportsRegress,
    /// A new process takes what has no answer for what it was.
    BootForgets,
    /// What is missing is never looked for.
    NeverLists,
    /// Somebody else's orders are not seen.
    ForeignUnseen,
    /// What own orders may have bought unseen is taken for somebody else's.
    OwnIsForeign,
    /// A comparison looks a few minutes back, whenever the one before was.
    ComparesBriefly,
    /// Balances explain themselves while fills are still to be told.
    HastyFlow,
    /// Orders go out before anything was compared with the venue.
    EntersUncompared,
    /// Two orders of one step have one number.
    NumbersRepeat,
    /// What keeps entries shut keeps exits shut as well.
    ExitsStopWithLatches,
    /// A lot that was offered once is not offered again.
    OneExitTry,
    /// A kill between decision and order is not heeded.
    KillUnheededAtTheWire,
    /// Orders go out before their approvals are on record.
    SendsBeforeRecord,
    /// What the venue answered is not put on record.
    ForgetsAnswer,
    /// Orders of an entry that a kill ended go on.
    LatchesUnheeded,
    /// What an order that protects a lot may sell is not reserved, and the lot is sold beside it.
    SellsWhileHeld,
    /// A lot that an order at the venue was to protect is forgotten by both.
    ForgetsTakeOver,
}

#[cfg(feature = "planted")]
mod seed {
    use core::cell::Cell;

    use super::Fault;

    /// What a binary with planted faults contains, and no other.
    pub const MARKER: &str = "247trader-with-planted-faults";

    thread_local! {
        static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// Runs something with a fault in this thread, and takes the fault out again.
    pub fn with<T>(fault: Fault, run: impl FnOnce() -> T) -> T {
        struct Weed;
        impl Drop for Weed {
            fn drop(&mut self) {
                PLANTED.set(None);
            }
        }
        let _weed = Weed;
        PLANTED.set(Some(fault));
        run()
    }

    /// Whether this fault is in.
    pub fn planted(fault: Fault) -> bool {
        PLANTED.get() == Some(core::hint::black_box((MARKER, fault)).1)
    }
}

#[cfg(feature = "planted")]
pub use seed::{MARKER, planted, with};

/// Whether this fault is in: never.
#[cfg(not(feature = "planted"))]
#[inline]
pub const fn planted(_: Fault) -> bool {
    false
}

/// Whether a gate lets everything through.
#[cfg(feature = "planted")]
pub fn ignores(code: RiskCode) -> bool {
    planted(Fault::Ignores(code))
}

/// Whether a gate lets everything through: never.
#[cfg(not(feature = "planted"))]
#[inline]
pub const fn ignores(_: RiskCode) -> bool {
    false
}
