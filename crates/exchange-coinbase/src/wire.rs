//! How Coinbase writes numbers, times and names, shared by REST and WebSocket.
//!
//! Numbers are text and exact; an empty text is "unset" where a field is optional. The few fields
//! that are JSON numbers are read from their digits, never through a float. Names that are not
//! known are kept, and mean something only to whoever asks.

mod lists;
mod name;
pub mod num;
mod object;
pub mod time;

pub use lists::{
    OrderStatus, OrderType, ProductType, ProductVenue, Side, TimeInForce, TriggerStatus,
};
pub use name::Unfamiliar;
pub use num::Figure;
pub use time::{Moment, MomentError};

pub(crate) use name::names;
pub(crate) use object::{Object, objects};
