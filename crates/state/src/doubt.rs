//! What the ledger does not understand: a value that degrades one asset, never a guess.

use domain::{BaseQty, IntentId};
use serde::{Deserialize, Serialize};

/// Something that the fills of an asset leave open. While there is one, the asset takes no entries
/// and a person has to look.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error,
)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// A fill of an order that was never recorded (O-13). It is not booked.
    #[error("fill {entry_id} names intent {}, which is not on record", intent.0)]
    UnknownIntent {
        /// The venue's id of the fill.
        entry_id: String,
        /// The intent it names.
        intent: IntentId,
    },
    /// A buy without an exit plan. It is not booked.
    #[error("fill {entry_id} buys, and intent {} says no way out", intent.0)]
    NoPlan {
        /// The venue's id of the fill.
        entry_id: String,
        /// The intent.
        intent: IntentId,
    },
    /// The fill is not of its order's product or side. It is not booked.
    #[error("fill {entry_id} is of another product or side than intent {}", intent.0)]
    OtherOrder {
        /// The venue's id of the fill.
        entry_id: String,
        /// The intent it names.
        intent: IntentId,
    },
    /// More was sold or taken away than there was.
    #[error("{missing} more left than the lots held")]
    Oversold {
        /// How much no lot covers.
        missing: BaseQty,
    },
    /// A reversal or a correction of something that is not on record.
    #[error("fill {entry_id} takes back or replaces what is not on record")]
    NothingToAdjust {
        /// The venue's id of the adjustment.
        entry_id: String,
    },
    /// A correction was taken back: what holds then, the venue has to say.
    #[error("fill {entry_id} takes a correction back")]
    CorrectionTakenBack {
        /// The venue's id of the reversal.
        entry_id: String,
    },
    /// One entry id with two contents; the first one counts.
    #[error("fill {entry_id} came twice and not the same")]
    Contradiction {
        /// The venue's id of both.
        entry_id: String,
    },
    /// An amount has more digits than can be booked exactly. It is not booked.
    #[error("{what} cannot be booked to the last digit")]
    Inexact {
        /// Of which fill, adoption or flow.
        what: String,
    },
}

impl Doubt {
    /// What was not booked because of it.
    pub(crate) fn not_booked(&self) -> Option<&str> {
        match self {
            Self::UnknownIntent { entry_id, .. }
            | Self::NoPlan { entry_id, .. }
            | Self::OtherOrder { entry_id, .. } => Some(entry_id),
            Self::Inexact { what } => Some(what),
            Self::Oversold { .. }
            | Self::NothingToAdjust { .. }
            | Self::CorrectionTakenBack { .. }
            | Self::Contradiction { .. } => None,
        }
    }
}
