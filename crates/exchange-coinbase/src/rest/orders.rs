//! Orders: placing, cancelling, changing, previewing, reading; and fills.

mod cancel;
mod configuration;
mod echo;
mod edit;
mod fills;
mod names;
mod outcome;
mod place;
mod preview;
mod read;
mod reasons;

pub use cancel::{CancelFailure, CancelResult};
pub use configuration::{
    Attachable, AttachedBracket, Bracket, Configuration, Laddering, LimitLife, Market, Posting,
    PriceDistribution, Rung, Size, SizeDistribution, StopDirection, StopLimit, Twap,
};
pub use echo::{ConfigurationEcho, EchoTerms};
pub use edit::{Edit, EditError, EditPreview, EditResult};
pub use fills::{Fill, FillQuery, TradeType};
pub use names::{LiquidityIndicator, SorPreference};
pub use outcome::{Doubt, Expected, PlaceOutcome, Placed, Refusal, Rejection, classify};
pub use place::{ClientOrderId, NewOrder};
pub use preview::Preview;
pub use read::{Order, OrderQuery};

pub(super) use cancel::CancelReply;
pub(super) use fills::FillsReply;
pub(super) use outcome::PlaceReply;
pub(super) use read::{OrderReply, OrdersReply};
