//! The simulated venue, served on loopback in Coinbase's protocol.

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
