//! The simulated venue, served on loopback in Coinbase Advanced Trade's protocol: REST, WebSocket,
//! TLS, keys, budgets, and faults on demand. Coinbase's own SDK and ccxt trade on it unmodified,
//! apart from address and trust (`tests/python` in the repository).
//!
//! ```
//! use exchange_sim::Seeded;
//! use exchange_sim_server::{AccountSpec, Config, KeyKind, Permissions, Server};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let account = AccountSpec {
//!     name: "main".to_owned(),
//!     funds: vec![("USD".parse()?, 10_000.into())],
//!     keys: vec![(KeyKind::Es256, Permissions::TRADER)],
//! };
//! let server = Server::start(Config::new(Seeded::new(247)?, vec![account])?).await?;
//! let key = &server.keys()[0][0];
//! println!("http://{} takes {}", server.http().ok_or("no port")?, key.name);
//! # Ok(()) })
//! # }
//! ```
//!
//! # What is served
//! - REST under `/api/v3/brokerage`, every spot endpoint; futures and perpetuals answer as for an
//!   account without them. The reads of `/v2` that clients of the newer API still make.
//! - WebSocket on the same port: `/` has every channel, `/user` has `heartbeats` and `user`.
//! - Plain on one port, TLS on another. The authority's certificate is written as
//!   `venue-ca.pem`, for `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE`; keys as
//!   `ACCOUNT-key-N.json` with `name` and `privateKey`.
//! - [`scenarios`]: named lists of faults, as data. [`scenarios_in`] reads one's own.
//! - [`Pace::ByHand`] and [`Server::advance`] for tests, [`Server::requests`] for what was asked,
//!   [`Server::last_refusal`] for what a 401 does not say.
//!
//! # Choices where Coinbase is silent
//! - Tokens are checked against the machine's time, since clients sign with it whatever the
//!   market's date; against the venue's where that is driven by hand. Two seconds of leeway.
//! - A token's `uri` or one of its `uris` must name method, host as addressed, and path; a scheme
//!   in it is ignored. Legacy HMAC signatures are taken from keys of [`KeyKind::Hmac`] only.
//! - Of too many candles the newest 350 come ([`CandleExcess`]); a repeated client order id returns
//!   the first order ([`Reuse`]); an empty one is a 400, and so are more than 100 cancels.
//! - No subscription within five seconds closes with 1008; so does idleness, if wished
//!   ([`Patience`]). An unknown channel or product gets an error frame.
//! - A delisted product stays in the list of products and is 404 everywhere else.
//! - `low_52_w` and `high_52_w` of tickers are those of the last day: the venue keeps no year.
//!
//! # Promises
//! - It listens on loopback only, and writes nothing outside the directory it is given.
//! - A fault changes what its scenario says and nothing else: a request that is turned away has no
//!   effect, and one whose reply is lost has its whole effect, once ([`Seen::effect`]).
//! - Messages of one connection are numbered from 0 without a gap, unless a scenario makes one.
//! - Nothing later than the venue's clock can be read.
//!
//! # Not here
//! Matching and money (`exchange-sim`), OAuth, FIX, the sandbox's canned answers, HTTP/2,
//! compression of messages, equities, prediction markets.

#![recursion_limit = "256"]

mod clock;
mod config;
mod error;
mod floor;
mod keys;
mod limits;
mod listen;
mod query;
mod reply;
mod rest;
mod scenario;
mod server;
mod shared;
mod tls;
mod token;
mod ws;

pub use clock::Pace;
pub use config::{AccountSpec, CandleExcess, Config, Patience, Reuse};
pub use error::ServeError;
pub use keys::{IssuedKey, KeyKind, Permissions};
pub use limits::Budgets;
pub use scenario::{Fault, On, PageBreak, Rule, Scenario, When, scenario, scenarios, scenarios_in};
pub use server::Server;
pub use shared::Seen;
pub use token::AuthFault;
