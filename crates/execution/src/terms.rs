//! How orders are sent: the `execution` section of `app.yaml`.

use domain::{Bps, Fees};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
