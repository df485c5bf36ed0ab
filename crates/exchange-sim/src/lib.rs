//! A venue we can run: recorded or seeded markets, an account, orders; no network, no keys.
//!
//! [`SimVenue`] stands at a moment that moves only when told. It answers what a Coinbase Advanced
//! Trade spot account would: products with their increments ([`Catalog`]), closed bars, gaps,
//! books, balances, fees; and it takes limit orders ([`Ticket`]). With the feature `ports` a
//! `SharedVenue` answers the same behind the ports of `exchange`.
//!
//! [`spot::Venue`] is the larger one: several accounts, every spot order configuration of
//! Coinbase's, a trade tape, product states and an event log, in the same markets. It is what
//! `exchange-sim-server` serves.
//!
//! ```
//! use domain::Side;
//! use exchange_sim::{Life, Opening, Seeded, SimVenue, Ticket};
//!
//! let as_of = "2026-01-05T12:00:00Z".parse()?;
//! let mut venue = SimVenue::new(Seeded::new(247)?, as_of, Opening::shipped()?)?;
//! let product = "SOL-USD".parse()?;
//! let book = venue.book(product)?.ok_or("no book")?;
//! let ticket = Ticket {
//!     client: domain::IntentId(1),
//!     product,
//!     side: Side::Buy,
//!     qty: domain::BaseQty::parse("0.5")?,
//!     limit: book.asks[0].price,
//!     life: Life::Immediate,
//! };
//! venue.submit(ticket)??;
//! assert_eq!(venue.fills()[0].price, book.asks[0].price);
//! assert!(venue.imbalance().is_zero());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is modelled
//! - [`Seeded`]: sixty USD products in one-minute bars from 2025-06-01 to 2100, each bar a function
//!   of the seed and its own time. Log prices are a common factor × beta + own noise, both pulled
//!   slowly to an anchor. Volatility clusters over hours and days, spreads from the factor, follows
//!   the hour of the day, rests on weekends, and is scaled by spells: ordinary, quiet, rising,
//!   falling, wild, days to weeks long. Moves have heavy tails, jumps and halts happen; volume
//!   follows volatility; most minutes of thin products have no trade. Formulas, sources and the
//!   figures beside recorded ones are in `docs/market-model.md`, and a test keeps them there.
//!   Only IEEE additions, multiplications, divisions and square roots are used, so that debug,
//!   release and any machine agree to the bit.
//! - [`Recorded`]: bars as they were, never shown before they closed.
//! - [`Live`]: a market that goes on elsewhere, for an account that is simulated on its prices. Books
//!   and trades are told; takers walk the told book, which stays thinner by what they took until it
//!   changes, and a trade that goes through a resting order's limit by a tick gives it a tenth of
//!   its size.
//! - [`model_book`]: the book that neither has, from price and volume, marked
//!   [`domain::Source::Model`].
//! - Resting orders fill when a bar trades through their limit by a tick, at most a tenth of its
//!   volume for the share of it that they lived through; takers walk the modelled book, which
//!   stays thinner by what they took until the next bar.
//!
//! # Promises
//! - D-04: nothing later than the clock can be read.
//! - D-06: a product that is not online, and any in a halt, takes no order.
//! - No fill is worse than its limit; post-only never takes; immediate never rests.
//! - Balances are never negative, and every movement has two sides ([`SimVenue::imbalance`]).
//! - The same seed, moment and orders give the same answers, wherever and in whichever order the
//!   market was looked at before.
//!
//! # Not here
//! Market impact beyond the book, queue position, outages of single answers; in [`SimVenue`] also
//! what only [`spot`] has: other order kinds, matching of own orders with each other, delays, trades
//! within a bar. A `DRY_RUN` never submits; nothing in here knows about modes. In the seeded market: bid and ask
//! apart from the modelled book, sectors, lead and lag, halts of single products.

mod admission;
mod booking;
mod catalog;
mod draw;
mod glance;
mod ledger;
mod live;
mod market;
mod matching;
mod model_book;
mod order;
#[cfg(feature = "ports")]
mod ports;
mod recall;
mod recorded;
mod seeded;
#[cfg(feature = "ports")]
mod shown;
pub mod spot;
mod venue;
mod wire;

pub use catalog::{Catalog, CatalogError};
pub use glance::{Glancer, Glimpse, Limits, Touch};
pub use ledger::LedgerError;
pub use live::{Live, OthersTrade};
pub use market::Market;
pub use model_book::model_book;
pub use order::{Life, Order, OrderId, OrderState, Refusal, Ticket};
#[cfg(feature = "ports")]
pub use ports::{ClientNames, SharedVenue};
pub use recorded::Recorded;
pub use seeded::{SeedError, Seeded};
pub use venue::{Opening, SimError, SimVenue};
