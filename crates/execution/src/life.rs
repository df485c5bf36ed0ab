//! The states of an order and the edges between them: one table, and nothing outside of it.

use core::fmt::Write as _;

use domain::VenueStatus;

/// Where an order is in its life, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderState {
    /// It has a price and a size and is not on record: it cannot be sent.
    Planned,
    /// It is on record; it may be on the wire.
    Committed,
    /// Nobody knows whether the venue has it.
    Unknown,
    /// The venue has it, and nothing of it is filled.
    Open,
    /// The venue has it, and a part is filled.
    PartlyFilled,
    /// A cancel was asked for; it may fill until it ends.
    CancelRequested,
    /// All of it is filled.
    Filled,
    /// It was cancelled; what it filled before stands.
    Cancelled,
    /// Its time was over; what it filled before stands.
    Expired,
    /// The venue could not carry it out; what it filled before stands.
    Failed,
    /// The venue proved that it does not have it.
    Rejected,
    /// It is proved, or an operator said, that the venue never had it.
    Absent,
}

/// Something that tells about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// The journal has it.
    Recorded,
    /// The venue took it.
    Accepted,
    /// The venue proved that it will not have it.
    Refused,
    /// It was sent and no proof came back, or the process that would know is gone.
    Doubted,
    /// It is at the venue, nothing filled.
    SeenOpen,
    /// It is at the venue and a part is filled, or a fill of it is on record.
    SeenPartlyFilled,
    /// A cancel was asked for.
    CancelAsked,
    /// It is at the venue after a cancel was asked for.
    SeenCancelling,
    /// The venue ended it: filled, with the final quantity.
    EndedFilled,
    /// The venue ended it: cancelled, with the final quantity.
    EndedCancelled,
    /// The venue ended it: expired, with the final quantity.
    EndedExpired,
    /// The venue ended it: failed, with the final quantity.
    EndedFailed,
    /// Its absence is proved or said.
    ProvedAbsent,
}

/// Every edge: from a state, by a sign, to a state. A sign without an edge from a state tells
/// nothing new there: the order stays. From the four ends of the venue nothing leads away; from
/// the two that only we believe in, an order that shows up comes back (O-07).
pub const EDGES: &[(OrderState, Sign, OrderState)] = {
    use OrderState::{
        Absent, CancelRequested, Cancelled, Committed, Expired, Failed, Filled, Open, PartlyFilled,
        Planned, Rejected, Unknown,
    };
    use Sign::{
        Accepted, CancelAsked, Doubted, EndedCancelled, EndedExpired, EndedFailed, EndedFilled,
        ProvedAbsent, Recorded, Refused, SeenCancelling, SeenOpen, SeenPartlyFilled,
    };
    &[
        (Planned, Recorded, Committed),
        (Committed, Accepted, Open),
        (Committed, Refused, Rejected),
        (Committed, Doubted, Unknown),
        (Committed, SeenOpen, Open),
        (Committed, SeenPartlyFilled, PartlyFilled),
        (Committed, SeenCancelling, CancelRequested),
        (Committed, EndedFilled, Filled),
        (Committed, EndedCancelled, Cancelled),
        (Committed, EndedExpired, Expired),
        (Committed, EndedFailed, Failed),
        (Unknown, Accepted, Open),
        (Unknown, Refused, Rejected),
        (Unknown, ProvedAbsent, Absent),
        (Unknown, SeenOpen, Open),
        (Unknown, SeenPartlyFilled, PartlyFilled),
        (Unknown, SeenCancelling, CancelRequested),
        (Unknown, EndedFilled, Filled),
        (Unknown, EndedCancelled, Cancelled),
        (Unknown, EndedExpired, Expired),
        (Unknown, EndedFailed, Failed),
        (Open, SeenPartlyFilled, PartlyFilled),
        (Open, CancelAsked, CancelRequested),
        (Open, SeenCancelling, CancelRequested),
        (Open, EndedFilled, Filled),
        (Open, EndedCancelled, Cancelled),
        (Open, EndedExpired, Expired),
        (Open, EndedFailed, Failed),
        (PartlyFilled, CancelAsked, CancelRequested),
        (PartlyFilled, SeenCancelling, CancelRequested),
        (PartlyFilled, EndedFilled, Filled),
        (PartlyFilled, EndedCancelled, Cancelled),
        (PartlyFilled, EndedExpired, Expired),
        (PartlyFilled, EndedFailed, Failed),
        (CancelRequested, EndedFilled, Filled),
        (CancelRequested, EndedCancelled, Cancelled),
        (CancelRequested, EndedExpired, Expired),
        (CancelRequested, EndedFailed, Failed),
        (Rejected, SeenOpen, Open),
        (Rejected, SeenPartlyFilled, PartlyFilled),
        (Rejected, SeenCancelling, CancelRequested),
        (Rejected, EndedFilled, Filled),
        (Rejected, EndedCancelled, Cancelled),
        (Rejected, EndedExpired, Expired),
        (Rejected, EndedFailed, Failed),
        (Absent, SeenOpen, Open),
        (Absent, SeenPartlyFilled, PartlyFilled),
        (Absent, SeenCancelling, CancelRequested),
        (Absent, EndedFilled, Filled),
        (Absent, EndedCancelled, Cancelled),
        (Absent, EndedExpired, Expired),
        (Absent, EndedFailed, Failed),
    ]
};

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Planned,
        Self::Committed,
        Self::Unknown,
        Self::Open,
        Self::PartlyFilled,
        Self::CancelRequested,
        Self::Filled,
        Self::Cancelled,
        Self::Expired,
        Self::Failed,
        Self::Rejected,
        Self::Absent,
    ];

    /// The state after a sign: the table's, or the same one.
    #[must_use]
    pub fn after(self, sign: Sign) -> Self {
        let edge = EDGES.iter().find(|(from, by, _)| *from == self && *by == sign);
        edge.map_or(self, |(_, _, to)| *to)
    }

    /// Whether it may fill yet: on record and not over.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Planned) && !self.is_over()
    }

    /// Whether the venue is known to have it now.
    pub const fn is_at_venue(self) -> bool {
        matches!(self, Self::Open | Self::PartlyFilled | Self::CancelRequested)
    }

    /// Whether it is over: by a word of the venue, or because we believe that it never was there.
    pub const fn is_over(self) -> bool {
        self.is_end() || matches!(self, Self::Rejected | Self::Absent)
    }

    /// Whether the venue ended it: no edge leads away.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Expired | Self::Failed)
    }

    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Committed => "committed",
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::PartlyFilled => "partly_filled",
            Self::CancelRequested => "cancel_requested",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Absent => "absent",
        }
    }
}

impl Sign {
    /// The snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Doubted => "doubted",
            Self::SeenOpen => "seen_open",
            Self::SeenPartlyFilled => "seen_partly_filled",
            Self::CancelAsked => "cancel_asked",
            Self::SeenCancelling => "seen_cancelling",
            Self::EndedFilled => "ended_filled",
            Self::EndedCancelled => "ended_cancelled",
            Self::EndedExpired => "ended_expired",
            Self::EndedFailed => "ended_failed",
            Self::ProvedAbsent => "proved_absent",
        }
    }

    /// What a status of the venue tells; one that the venue does not say tells nothing. Orders are
    /// never edited here, so a waiting edit is a person's, and the order is at the venue.
    pub const fn of_status(status: VenueStatus, part_filled: bool) -> Option<Self> {
        match status {
            VenueStatus::Pending
            | VenueStatus::Queued
            | VenueStatus::Open
            | VenueStatus::EditQueued => {
                Some(if part_filled { Self::SeenPartlyFilled } else { Self::SeenOpen })
            }
            VenueStatus::CancelQueued => Some(Self::SeenCancelling),
            VenueStatus::Filled => Some(Self::EndedFilled),
            VenueStatus::Cancelled => Some(Self::EndedCancelled),
            VenueStatus::Expired => Some(Self::EndedExpired),
            VenueStatus::Failed => Some(Self::EndedFailed),
            VenueStatus::Unknown => None,
        }
    }
}

/// The table for people, as in `docs/order-life.md`: from, and to by which signs.
pub fn table() -> String {
    let mut text = String::from("| from | by | to |\n|---|---|---|\n");
    for (from, by, to) in EDGES {
        // Writing to a string does not fail.
        let line = writeln!(text, "| {} | {} | {} |", from.as_str(), by.as_str(), to.as_str());
        debug_assert!(line.is_ok());
    }
    text.push_str("\n| Coinbase says | nothing filled | part filled |\n|---|---|---|\n");
    for status in VenueStatus::ALL {
        let word = |part| Sign::of_status(status, part).map_or("nothing", Sign::as_str);
        let line = writeln!(text, "| {} | {} | {} |", status.as_str(), word(false), word(true));
        debug_assert!(line.is_ok());
    }
    text
}
