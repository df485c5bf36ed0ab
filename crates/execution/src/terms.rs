//! How orders are sent, and how long what is waited for: the `execution` and `orders` sections of
//! `app.yaml`.

use core::time::Duration;

use domain::{Bps, Fees};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Timing;

/// How entries are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionTerms {
    /// The venue ends a resting entry after so long by itself, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 5, max = 3600)))]
    pub entry_expires_secs: u32,
    /// The maker fee before the venue says its own, basis points.
    #[cfg_attr(feature = "schema", schemars(range(max = 500)))]
    pub maker_fee_bps: Bps,
    /// The taker fee before the venue says its own, basis points.
    #[cfg_attr(feature = "schema", schemars(range(max = 500)))]
    pub taker_fee_bps: Bps,
}

impl Default for ExecutionTerms {
    fn default() -> Self {
        let bps = |n: i64| Bps::new(Decimal::from(n)).unwrap_or_else(|_| unreachable!());
        Self { entry_expires_secs: 90, maker_fee_bps: bps(60), taker_fee_bps: bps(120) }
    }
}

impl ExecutionTerms {
    /// The fees to count with: the larger of the configured and the venue's own.
    pub fn at_least(&self, venue: Fees) -> Fees {
        Fees {
            maker_bps: self.maker_fee_bps.max(venue.maker_bps),
            taker_bps: self.taker_fee_bps.max(venue.taker_bps),
        }
    }

    /// What is wrong with the values: dotted key and what would be right.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if !(5..=3600).contains(&self.entry_expires_secs) {
            let text = format!("{} is not between 5 and 3600 s", self.entry_expires_secs);
            found.push(("entry_expires_secs".to_owned(), text));
        }
        for (key, bps) in
            [("maker_fee_bps", self.maker_fee_bps), ("taker_fee_bps", self.taker_fee_bps)]
        {
            if bps.get() > Decimal::from(500) {
                found.push((key.to_owned(), format!("{bps} is not between 0 and 500 bps")));
            }
        }
        if self.maker_fee_bps > self.taker_fee_bps {
            let (maker, taker) = (self.maker_fee_bps, self.taker_fee_bps);
            let text = format!("{maker} is above taker_fee_bps, which is {taker}");
            found.push(("maker_fee_bps".to_owned(), text));
        }
        found
    }
}

/// How long an entry is tried, and how late a venue's lists may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderTerms {
    /// A resting entry is cancelled after so long, seconds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 600)))]
    pub cancel_entry_secs: u32,
    /// So often a cancelled entry rests again at the touch of then.
    #[cfg_attr(feature = "schema", schemars(range(max = 2)))]
    pub reprices: u32,
    /// Whether the rest of an entry takes from the book at last, within the policy's collar.
    pub take_at_last: bool,
    /// The venue's list of orders may be so late, seconds: no order is taken for absent earlier.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 120)))]
    pub listing_lag_bound_secs: u32,
}

impl Default for OrderTerms {
    fn default() -> Self {
        Self { cancel_entry_secs: 15, reprices: 1, take_at_last: false, listing_lag_bound_secs: 15 }
    }
}

impl OrderTerms {
    /// The waits of an order's life, in a process that sends entries which the venue ends after
    /// `entry_expires_secs`.
    pub fn timing(&self, terms: &ExecutionTerms) -> Timing {
        let secs = |secs: u32| Duration::from_secs(u64::from(secs));
        Timing {
            cancel_entry: secs(self.cancel_entry_secs),
            reprices: self.reprices,
            take: self.take_at_last,
            entry: secs(terms.entry_expires_secs),
            listing_lag: secs(self.listing_lag_bound_secs),
            ..Timing::default()
        }
    }

    /// What is wrong with the values: key and what would be right.
    pub fn problems(&self, terms: &ExecutionTerms) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let (own, end) = (self.cancel_entry_secs, terms.entry_expires_secs);
        if own >= end {
            let text = format!("{own} is not below execution.entry_expires_secs, which is {end}");
            found.push(("cancel_entry_secs".to_owned(), text));
        }
        found
    }
}
