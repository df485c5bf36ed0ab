//! What fills cost, by the volume of the last thirty days.

use domain::{Bps, Usd};

/// A fee tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Its name, such as `Intro 1`.
    pub name: String,
    /// The 30-day volume from which it applies.
    pub from: Usd,
    /// For fills of resting orders.
    pub maker: Bps,
    /// For fills of taking orders.
    pub taker: Bps,
}

/// Where an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeStatus {
    /// The tier that its next order gets.
    pub tier: Tier,
    /// Where the tier ends; `None` for the last.
    pub up_to: Option<Usd>,
    /// Value of its fills in the last thirty days, dollars at par, whatever it brought included.
    pub volume: Usd,
    /// Fees of its fills in the last thirty days.
    pub fees: Usd,
}

/// Traded value by hour.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub(crate) prior: Usd,
}

impl Volume {
    pub(crate) const fn new(prior: Usd) -> Self {
        Self { prior }
    }
}
