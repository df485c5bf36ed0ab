//! What can go wrong, and how often it does in a run.

use crate::random::dice::Dice;

/// Something that goes wrong. Each is counted where it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The venue takes an order and its answer is lost.
    ReplyLost,
    /// The venue refuses an order, with proof.
    Refused,
    /// Too many requests, or a failure of the server: the order may be there.
    ServerFailed,
    /// An order is lost on its way.
    NeverArrived,
    /// An order arrives after we gave up on it, while its credential lives.
    LateArrival,
    /// The venue says that it refused, and has the order: its promise is broken.
    FalseRefusal,
    /// An order arrives after its credential died: the venue's promise is broken.
    ArrivedTooLate,
    /// A cancel is lost on its way.
    CancelLost,
    /// A cancel takes effect later.
    CancelSlow,
    /// The answer to a cancel is lost.
    CancelReplyLost,
    /// An order cannot be asked about yet.
    QueryLag,
    /// An order is shown as it was.
    StaleReport,
    /// A question about an order finds nobody.
    QueryFailed,
    /// Lists show what was a while ago.
    ListLag,
    /// A list cannot be read completely.
    ListFailed,
    /// Fills are shown late.
    FillLag,
    /// A fill is shown twice, and all in another order.
    FillsShuffled,
    /// An order fills in parts.
    PartialFill,
    /// Nothing is there for an order that takes.
    EmptyBook,
    /// The venue ends an order that it cannot carry out.
    OrderFailed,
    /// Somebody else cancels an order of ours, and it takes a while.
    CancelledElsewhere,
    /// Balances are those of a while ago.
    StaleBalance,
    /// Balances cannot be read.
    BalanceFailed,
    /// Nothing answers for a while.
    Outage,
    /// Prices are not told.
    StaleBook,
    /// The process ends between two effects.
    Crash,
    /// The disk takes nothing more, and the process ends.
    DiskFull,
    /// An operator kills.
    Kill,
    /// This machine's clock jumps.
    ClockJump,
    /// The process stands still for minutes.
    Pause,
    /// Somebody takes money out or puts it in.
    Flow,
    /// An order that is not ours is in the account.
    ForeignOrder,
}

impl Fault {
    /// Every fault with the most that it happens in a thousand chances.
    pub const ALL: [(Self, u64); 32] = [
        (Self::ReplyLost, 250),
        (Self::Refused, 150),
        (Self::ServerFailed, 150),
        (Self::NeverArrived, 150),
        (Self::LateArrival, 150),
        (Self::FalseRefusal, 400),
        (Self::ArrivedTooLate, 400),
        (Self::CancelLost, 300),
        (Self::CancelSlow, 400),
        (Self::CancelReplyLost, 200),
        (Self::QueryLag, 400),
        (Self::StaleReport, 300),
        (Self::QueryFailed, 100),
        (Self::ListLag, 500),
        (Self::ListFailed, 200),
        (Self::FillLag, 500),
        (Self::FillsShuffled, 400),
        (Self::PartialFill, 700),
        (Self::EmptyBook, 300),
        (Self::OrderFailed, 150),
        (Self::CancelledElsewhere, 150),
        (Self::StaleBalance, 150),
        (Self::BalanceFailed, 80),
        (Self::Outage, 6),
        (Self::StaleBook, 200),
        (Self::Crash, 6),
        (Self::DiskFull, 2),
        (Self::Kill, 3),
        (Self::ClockJump, 10),
        (Self::Pause, 20),
        (Self::Flow, 3),
        (Self::ForeignOrder, 1),
    ];

    /// Those in which the venue breaks a promise that absence is proved by.
    pub const fn breaks_a_promise(self) -> bool {
        matches!(self, Self::FalseRefusal | Self::ArrivedTooLate)
    }

    /// Those after which balances cannot be what the orders make them.
    pub const fn is_foreign(self) -> bool {
        matches!(self, Self::Flow | Self::ForeignOrder)
    }
}

/// How often each fault happens, of a thousand chances: drawn anew for each seed, so that some runs
/// have much of one and nothing of another.
#[derive(Debug, Clone)]
pub(crate) struct Rates(Vec<u64>);

impl Rates {
    /// The rates of a seed. One run in four is of a venue that breaks promises; one in eight is of
    /// an account that others move money in.
    pub(crate) fn roll(dice: &mut Dice) -> Self {
        let (liar, shared) = (dice.chance(250), dice.chance(125));
        let rate = |(fault, most): (Fault, u64)| {
            let on = dice.chance(if liar { 800 } else { 500 });
            let rate = 1 + dice.below(most);
            let barred = fault.breaks_a_promise() && !liar || fault.is_foreign() && !shared;
            if on && !barred { rate } else { 0 }
        };
        Self(Fault::ALL.map(rate).to_vec())
    }

    /// Of a thousand chances.
    pub(crate) fn of(&self, fault: Fault) -> u64 {
        self.0.get(fault as usize).copied().unwrap_or(0)
    }

    /// Whether any of these can happen.
    pub(crate) fn any(&self, of: impl Fn(Fault) -> bool) -> bool {
        Fault::ALL.iter().any(|(fault, _)| of(*fault) && self.of(*fault) > 0)
    }
}
