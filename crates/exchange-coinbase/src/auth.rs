//! Keys of the venue: read, told apart, proved by one signature, and used to sign requests.

mod credentials;
mod der;
mod error;
mod file;
mod legacy;
mod pem;
mod secret;
mod token;

pub use credentials::{Authorization, Credentials, KeyKind, Life, ToSign};
pub use error::{KeyError, SignError};
pub use secret::Token;
