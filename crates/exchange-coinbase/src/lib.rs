//! Coinbase Advanced Trade over REST and WebSocket: a typed client without opinions, and our ports
//! on top of it.
//!
//! [`Credentials`] reads a key in whichever form it comes, proves it by one signature, and makes a
//! fresh token for each request. [`rest::RestClient`] has one method for each endpoint of spot
//! trading; [`ws`] follows the streams. Both connect to an [`Address`], which is one of Coinbase's
//! own hosts or this machine. With the feature `ports` (on by default) `adapter` implements the
//! ports of `exchange`; without it nothing of the trading program comes along but the vocabulary.
//!
//! Each endpoint's page says which key it needs and where Coinbase documents it. `examples/` runs
//! without a network: `signed_request` makes and checks a token, `book` follows a stream.
//!
//! ```no_run
//! use std::{path::Path, sync::Arc};
//!
//! use exchange_coinbase::rest::{Audience, RestClient};
//! use exchange_coinbase::{Address, Credentials};
//!
//! # async fn ask() -> Result<(), Box<dyn std::error::Error>> {
//! let key = Credentials::from_file(Path::new("cdp_api_key.json"))?;
//! let address = Address::rest("https://api.coinbase.com")?;
//! let client = RestClient::builder(address).credentials(Arc::new(key)).build()?;
//! let book = client.product_book(Audience::Public, "BTC-USD", Some(5)).await?;
//! let balances = client.accounts().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Promises
//! - O-05: an order post is sent once over a connection of its own; nothing at any level repeats it,
//!   and its outcome is [`rest::PlaceOutcome::Unknown`] unless the reply proves otherwise. What
//!   counts as proof is one table, at [`rest::classify`].
//! - D-05: numbers are exact decimals from the wire's own digits; what is not exact is an error.
//! - M-01: replies, queues, pages and waits have limits.
//! - X-01: secrets are wiped when dropped, are not printable, and no error quotes them; a secret
//!   that is given for a name or for a path is refused without being shown.
//! - X-02: connections go to compiled-in hosts or loopback; no redirects, no proxies, TLS 1.2 or
//!   later with the platform's roots, or with those of `SSL_CERT_FILE` where that is set.
//! - A list is whole or an error: cursors are followed to the end, and a page that breaks, a cursor
//!   that comes back and a request for a proof token are errors.
//! - Reading is tolerant of what is new (fields are ignored, names are kept as `Other`) and strict
//!   in what is due: a required field that is missing or of another type is an error.
//!
//! # Not here
//! What to trade, when to cancel, what an unknown order turns out to be (`execution`); files and
//! variables that say where the key is (`runner`); futures and perpetuals.

#[cfg(feature = "ports")]
pub mod adapter;
mod address;
pub mod auth;
pub mod rest;
pub mod wire;
pub mod ws;

pub use address::{Address, AddressError, Hosts};
pub use auth::{Credentials, KeyError, KeyKind, Life, SignError, Token};
