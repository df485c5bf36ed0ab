//! Names that look drawn and are computed, so that a run repeats.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The venue's name of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub Uuid);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for OrderId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// The namespace of a venue: a seed and nothing else goes into it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names(Uuid);

impl Names {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("spot venue {seed}").as_bytes()))
    }

    /// The uuid of the n-th thing of a kind.
    pub(crate) fn uuid(&self, what: &str, n: u64) -> Uuid {
        Uuid::new_v5(&self.0, format!("{what} {n}").as_bytes())
    }

    /// The uuid of a named part of something.
    pub(crate) fn part(of: &Uuid, name: &str) -> Uuid {
        Uuid::new_v5(of, name.as_bytes())
    }

    /// 64 hex digits for the n-th fill.
    pub(crate) fn entry(&self, n: u64) -> String {
        let mut hash = Sha256::new();
        hash.update(self.0.as_bytes());
        hash.update(n.to_be_bytes());
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        let digits = hash.finalize();
        digits.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}
