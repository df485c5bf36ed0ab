//! Coinbase's WebSocket feed: decoding, books, and one connection as a state machine.
//!
//! [`decode`] reads a frame; [`Session`] takes frames and time, keeps the books of its products,
//! and says what to send and when to reconnect, without any input or output of its own. [`Stream`]
//! gives a session a socket and a clock.
//!
//! Sources: Coinbase's pages "Advanced Trade WebSocket Overview", "Channels", "Authentication" and
//! "Rate Limits" (docs.cdp.coinbase.com, 2026), and frames recorded from the feed on 2026-08-09.
//!
//! # Promises
//! - D-02: a book is given out only between a snapshot and the next lost message, and never when
//!   it is crossed, locked, empty on a side, or has an impossible level.
//! - D-05: no float between the venue's text and a price or size.

mod book;
mod books;
mod channel;
mod connect;
mod event;
mod frame;
#[doc(hidden)]
pub mod fuzz;
mod level2;
mod plan;
mod queue;
mod sequence;
mod session;
mod stream;
mod tickers;
mod timing;
mod trades;
mod user;
mod wire;

pub use book::{Depth, LevelBook};
pub use channel::{Channel, Request, Verb};
pub use connect::Limits;
pub use event::{BookLoss, Event, Loss, Next, Reason};
pub use frame::{Body, Frame, FrameError, Heartbeat, Message, decode};
pub use level2::{BookEvent, BookSide, Kind, LevelUpdate};
pub use plan::{Backoff, Pacer, Shard, Spread};
pub use queue::{Events, QueueSink, Sink, queue};
pub use sequence::{Sequence, Step};
pub use session::{BookView, Session};
pub use stream::{Pace, Signer, Stream, StreamConfig};
pub use tickers::{Listing, ProductState, StatusEvent, Ticker, TickersEvent};
pub use timing::Timing;
pub use trades::{Candle, CandlesEvent, Trade, TradesEvent};
pub use user::{PAGE, UserEvent, UserOrder, UserPart};
