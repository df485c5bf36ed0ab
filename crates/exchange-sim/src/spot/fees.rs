//! What fills cost, by the volume of the last thirty days.

use std::collections::BTreeMap;

use domain::{Bps, NumError, Timestamp, Usd};
use rust_decimal::{Decimal, RoundingStrategy};

use super::account::AccountNo;
use super::parts::Rates;
use super::venue::Venue;
use crate::venue::SimError;

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

/// Traded value and fees by hour. Sums are over the whole hours of the last thirty days, so that a
/// tier changes on the hour.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    hours: BTreeMap<Timestamp, (Decimal, Decimal)>,
    /// The sums as of an hour.
    sums: (Timestamp, Decimal, Decimal),
}

const DAYS_30: i64 = 30 * 86_400;

impl Volume {
    /// A history of one amount in the hour before.
    pub(crate) fn new(prior: Usd, now: Timestamp) -> Self {
        let hour = now.floor_secs(3600);
        let hours = BTreeMap::from([(hour.plus_secs(-3600), (prior.get(), Decimal::ZERO))]);
        Self { hours, sums: (hour, prior.get(), Decimal::ZERO) }
    }

    /// Counts a fill.
    pub(crate) fn add(&mut self, at: Timestamp, value: Decimal, fee: Decimal) {
        let hour = self.hours.entry(at.floor_secs(3600)).or_default();
        hour.0 += value;
        hour.1 += fee;
    }

    /// Brings the sums up to the hour; costs at most 720 hours, once an hour.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let hour = now.floor_secs(3600);
        if self.sums.0 != hour {
            self.hours = self.hours.split_off(&hour.plus_secs(-DAYS_30));
            self.sums = self.summed(hour);
        }
    }

    /// Value and fees of the last thirty days.
    pub(crate) fn sums(&self, now: Timestamp) -> (Decimal, Decimal) {
        let hour = now.floor_secs(3600);
        let (_, value, fees) = if self.sums.0 == hour { self.sums } else { self.summed(hour) };
        (value, fees)
    }

    fn summed(&self, hour: Timestamp) -> (Timestamp, Decimal, Decimal) {
        let counted = self.hours.range(hour.plus_secs(-DAYS_30)..hour);
        let sum = |(v, f): (Decimal, Decimal), (_, (value, fee)): (_, &(Decimal, Decimal))| {
            (v + value, f + fee)
        };
        let (value, fees) = counted.fold((Decimal::ZERO, Decimal::ZERO), sum);
        (hour, value, fees)
    }
}

impl Venue {
    /// Where an account stands in fees now: by the whole hours of its last thirty days.
    ///
    /// # Errors
    /// [`SimError::UnknownAccount`].
    pub fn fee_status(&self, no: AccountNo) -> Result<FeeStatus, SimError> {
        let (volume, fees) = self.account(no)?.volume.sums(self.now);
        let tiers = &self.terms.tiers;
        let next = tiers.iter().position(|tier| tier.from.get() > volume).unwrap_or(tiers.len());
        let tier = tiers.get(next.saturating_sub(1)).cloned().ok_or(SimError::NoFeeTier)?;
        let up_to = tiers.get(next).map(|tier| tier.from);
        Ok(FeeStatus { tier, up_to, volume: Usd::new(volume)?, fees: Usd::new(fees)? })
    }

    /// The rates of an order that is taken now.
    pub(crate) fn rates(&self, no: AccountNo) -> Result<Rates, SimError> {
        let tier = self.fee_status(no)?.tier;
        Ok(Rates { maker: tier.maker, taker: tier.taker })
    }
}

/// Digits behind the point of fees and of what is held for them, as on Coinbase's wire.
pub(crate) const MONEY_DIGITS: u32 = 16;

/// A fee on a value. Fees round down and what is held for them up, so that a hold always covers
/// its fills: ⌊x⌋ + ⌈y⌉ ≤ ⌈x + y⌉.
pub(crate) fn fee(
    value: Decimal,
    rate: Bps,
    rounding: RoundingStrategy,
) -> Result<Decimal, NumError> {
    let exact = value
        .checked_mul(rate.get())
        .and_then(|v| v.checked_div(Decimal::from(10_000)))
        .ok_or(NumError::Overflow { what: "fee" })?;
    Ok(exact.round_dp_with_strategy(MONEY_DIGITS, rounding).normalize())
}
