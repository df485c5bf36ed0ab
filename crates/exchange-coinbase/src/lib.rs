//! Coinbase Advanced Trade over REST and WebSocket.

#[cfg(feature = "ports")]
pub mod adapter;
mod address;
pub mod auth;
pub mod rest;
pub mod wire;
pub mod ws;

pub use address::{Address, AddressError, Hosts};
pub use auth::{Credentials, KeyError, KeyKind, Life, SignError, Token};
