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
//!
//! # What is modelled
//! - Prices and volumes are the market's bars, told as trades (see [`Trade`]): open, low, high and
//!   close in the middles of the bar's quarters and steps between them. The last trade, the
//!   triggers, the ticker, the touch of the book and the forming candle agree at every moment.
//! - The book is the modelled one of [`crate::model_book`] around the last trade and own resting
//!   orders in it. Price comes first, then time; the model's own levels were there before ours.
//!   Takers leave the book thinner until the next bar. Own fills are trades of the tape and in the
//!   candles; the market's own path does not move by them.
//! - A resting order fills when the market trades through its limit by a tick; all own orders of a
//!   side have at most a tenth of a bar's volume, for the share of it that they rested through.
//!   Accounts also fill against each other, at the resting price; never against themselves.
//! - Of Coinbase's configurations all spot ones trade; `market_market_fok` is refused as there. A
//!   limit order sized in quote units is kept in the base units that they buy at its limit. A ladder
//!   and a sliced order are one order with several limit orders in it; a slice that falls into a time
//!   without matching and would cross is dropped.
//! - Money is in sixteen digits: fees round down, holds round up.
//! - USDC names of USD products are aliases: one book, another purse, at par.
//!
//! # What it costs
//! - [`Venue::create`], [`Venue::edit`], [`Venue::cancel`]: the book it looks at and the orders it
//!   meets, each found by search; nothing grows with the orders or fills of the past. Once an hour
//!   and product the day's volume is summed (1,440 bars).
//! - [`Venue::advance`]: up to seven trades a bar of each product that is watched or has open
//!   orders; other products cost nothing, however far the clock moves.
//! - [`Venue::ticker`] and [`Venue::day_stats`]: a day of bars. [`Venue::book`], [`Venue::trades`]:
//!   the levels and bars they show.
//! - Memory: orders and fills are kept for ever; events and own trades up to
//!   [`Terms::log_capacity`] and [`Terms::tape_capacity`]; bars' trades are computed, not kept.
//!
//! # Promises
//! - D-04: nothing later than the clock can be read. D-06: what a product does not allow is refused.
//! - No fill is worse than its limit; post-only never takes; fill-or-kill fills whole or not at all.
//! - L-02: balances are never negative, [`Venue::imbalance`] is zero, and what wallets hold is what
//!   open orders hold.
//! - Z-01: the same market, terms and calls give the same answers, ids and events, in steps of the
//!   clock of any length.
//! - The book never crosses, and its logged changes add up to it.
//!
//! # Not here
//! HTTP, tokens, JSON, rate limits, faults of transport (`exchange-sim-server`); futures; convert and
//! transfers between accounts; the market's reaction to own orders; place in line behind the model's
//! levels.

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
