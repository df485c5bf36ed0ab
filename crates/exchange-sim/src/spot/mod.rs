//! A whole spot venue in Coinbase Advanced Trade's manner: accounts, every spot order
//! configuration, a trade tape, books, product states and an event log; synchronous and repeatable.
//!
//! [`Venue`] stands at a moment, as [`crate::SimVenue`] does, and moves by [`Venue::advance`].
//! Orders come in as [`Draft`]s, texts as a client wrote them, and are taken or refused with
//! Coinbase's own reasons ([`Reason`]). What happens is appended to a numbered log
//! ([`Venue::events`]), which a server of streams can follow.
//!
//! ```
//! use domain::Side;
//! use exchange_sim::Seeded;
//! use exchange_sim::spot::{Configuration, Draft, Fields, Kind, Profile, Status, Terms, Venue};
//!
//! let as_of = "2026-01-05T12:00:00Z".parse()?;
//! let mut venue = Venue::new(Seeded::new(247)?, as_of, Terms::shipped()?)?;
//! let account = venue.open_account(Profile::with_dollars("main", "10000")?)?;
//! let fields = Fields { quote_size: Some("25".to_owned()), ..Fields::default() };
//! let draft = Draft {
//!     client_order_id: "one".to_owned(),
//!     product_id: "SOL-USD".to_owned(),
//!     side: Some(Side::Buy),
//!     configurations: vec![Configuration { kind: Kind::MarketIoc, fields }],
//!     attached: None,
//! };
//! let created = venue.create(account, draft)?.map_err(|refused| refused.to_string())?;
//! let order = venue.order(created.order).ok_or("no such order")?;
//! assert_eq!(order.status, Status::Filled);
//! // The fee is inside the 25 dollars.
//! assert_eq!(order.total_after_fees().to_string(), "25");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod book;
mod booking;
mod cancel;
mod create;
mod desk;
mod draft;
mod edit;
mod fees;
mod fill;
mod ids;
mod line;
mod log;
mod matching;
mod order;
mod parts;
mod play;
mod preview;
mod reason;
mod status;
mod tape;
mod tariff;
mod terms;
mod trigger;
mod validate;
mod venue;
mod view;

pub use account::{Account, AccountNo, Profile, Wallet};
pub use draft::{Configuration, Draft, Fields, Kind, PriceSpread, Rung, SizeSpread, StopDirection};
pub use fees::{FeeStatus, Tier};
pub use fill::{Fill, Liquidity};
pub use ids::OrderId;
pub use log::{Change, Event, Lagged, What};
pub use order::{Edited, Order, RejectReason, Status, TriggerStatus};
pub use reason::{CancelFailure, EditFailure, EditReason, Reason, Rejection};
pub use tape::{DayStats, Trade};
pub use terms::{Delays, RepeatedId, Terms};
pub use venue::{Created, EditDraft, EditPreview, Listing, Preview, Ticker, Venue};
