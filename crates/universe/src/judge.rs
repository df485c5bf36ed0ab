//! The tests one product has to pass, in their order.

use domain::{
    Absent, Exclusion, Features, Member, ProductMarket, ProductStatus, Regime, Tier, Timestamp,
};

use crate::Policy;
use crate::memory::{Beat, Gate, Gates, Memory};
use crate::plan::{Place, Slot};

/// One selection: what is the same for every product.
pub(crate) struct Judge<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) now: Timestamp,
    pub(crate) beat: Beat,
    /// By tier.
    pub(crate) factors: [f64; 3],
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        policy: &'a Policy,
        now: Timestamp,
        regime: Regime,
        memory: &mut Memory,
    ) -> Self {
        Self {
            policy,
            now,
            beat: memory.beat(now, &policy.hysteresis),
            factors: Tier::ALL.map(|tier| policy.factor(regime, tier)),
        }
    }

    /// Whether a product may be traded. `features` is only called for products that could be.
    pub(crate) fn product<'f>(
        &self,
        slot: &Slot,
        market: &ProductMarket,
        features: impl FnOnce() -> Option<&'f Features>,
        memory: &mut Memory,
        cursor: &mut usize,
    ) -> Result<Member, Exclusion> {
        let could_be = match slot.place {
            Place::Barred(_) | Place::Unlisted => None,
            Place::Listed(_) | Place::Ranked => Some(features()),
        };
        // Gates count refreshes whatever else is wrong with the product.
        let seen = could_be.map(|features| {
            let volume = self.volume(market, features);
            let gates = memory.pass(cursor, &slot.product, |gates| {
                self.observe(slot.place, volume.ok(), gates);
            });
            (features, volume, gates)
        });
        self.name_and_status(slot, market)?;
        let (features, volume, gates) = seen.ok_or(Exclusion::NoTier)?;
        let (tier, quote_volume_24h) = self.tier_and_volume(slot, volume, gates)?;
        let spread_bps = self.spread(market, tier)?;
        let depth_20bps = self.depth(market, tier)?;
        let hours = features.map_or(0, |features| features.closed_hours);
        if hours < self.policy.history_min_hours {
            return Err(Exclusion::InsufficientHistory);
        }
        Ok(Member {
            product: slot.product,
            tier,
            quote_volume_24h,
            spread_bps,
            depth_20bps,
            regime_factor: self.factor(tier),
        })
    }

    fn name_and_status(&self, slot: &Slot, market: &ProductMarket) -> Result<(), Exclusion> {
        if market.product.status != ProductStatus::Online {
            return Err(Exclusion::ProductStatus);
        }
        if let Place::Barred(why) = slot.place {
            return Err(why);
        }
        if slot.flagged_until.is_some_and(|until| self.now < until) {
            return Err(Exclusion::Flagged);
        }
        Ok(())
    }

    fn tier_and_volume(
        &self,
        slot: &Slot,
        volume: Result<f64, Exclusion>,
        gates: Gates,
    ) -> Result<(Tier, f64), Exclusion> {
        let inside = |tier: Tier| gate(gates, tier).is_inside();
        match slot.place {
            Place::Barred(why) => Err(why),
            Place::Unlisted => Err(Exclusion::NoTier),
            Place::Listed(tier) => {
                self.admit(slot, tier)?;
                let volume = volume?;
                if inside(tier) { Ok((tier, volume)) } else { Err(Exclusion::Volume) }
            }
            Place::Ranked => {
                let volume = volume?;
                let highest = Tier::ALL.into_iter().find(|tier| inside(*tier));
                let tier = highest.ok_or(Exclusion::NoTier)?;
                self.admit(slot, tier)?;
                Ok((tier, volume))
            }
        }
    }

    /// Whether the tier is open to this product now.
    fn admit(&self, slot: &Slot, tier: Tier) -> Result<(), Exclusion> {
        let active = slot.event_until.is_some_and(|until| self.now < until);
        if tier == Tier::T3 && !active {
            return Err(Exclusion::NoEvent);
        }
        if self.factor(tier) > 0.0 { Ok(()) } else { Err(Exclusion::RegimeRemovesTier) }
    }

    fn observe(&self, place: Place, volume: Option<f64>, gates: &mut Gates) {
        let floors = self.policy.volume_floor_usd();
        for (gate, tier) in gates.iter_mut().zip(Tier::ALL) {
            if place == Place::Ranked || place == Place::Listed(tier) {
                let floor = *floors.get(tier);
                *gate = gate.after(self.beat, volume, floor, &self.policy.hysteresis);
            }
        }
    }

    /// Quote volume of the last 24 closed hours, quote units.
    fn volume(
        &self,
        market: &ProductMarket,
        features: Option<&Features>,
    ) -> Result<f64, Exclusion> {
        let hour = features.and_then(|features| features.hour.as_ref());
        let hour = hour.ok_or(Exclusion::DataUnavailable)?;
        let through = market.candles_through.ok_or(Exclusion::DataUnavailable)?;
        if self.is_older(through, self.policy.candle_max_age_secs) {
            return Err(Exclusion::StaleCandles);
        }
        known(hour.quote_volume_24h.map_err(exclusion)?)
    }

    fn spread(&self, market: &ProductMarket, tier: Tier) -> Result<f64, Exclusion> {
        let absent = Exclusion::DataUnavailable;
        let vouched = market.quote_vouched.filter(|_| market.quote.is_some() || market.is_glance());
        if self.is_older(vouched.ok_or(absent)?, self.policy.quote_max_age_secs) {
            return Err(Exclusion::StaleQuote);
        }
        let spread = known(market.spread_bps.ok_or(absent)?)?;
        if spread > *self.policy.spread_ceiling_bps.get(tier) {
            return Err(Exclusion::Spread);
        }
        Ok(spread)
    }

    fn depth(&self, market: &ProductMarket, tier: Tier) -> Result<f64, Exclusion> {
        let absent = Exclusion::DataUnavailable;
        let depth = known(market.depth_20bps.ok_or(absent)?)?;
        if depth < *self.policy.depth_floor_usd.get(tier) {
            return Err(Exclusion::Depth);
        }
        Ok(depth)
    }

    fn is_older(&self, at: Timestamp, secs: u32) -> bool {
        at.plus_secs(i64::from(secs)) < self.now
    }

    fn factor(&self, tier: Tier) -> f64 {
        let [t1, t2, t3] = self.factors;
        match tier {
            Tier::T1 => t1,
            Tier::T2 => t2,
            Tier::T3 => t3,
        }
    }
}

const fn gate(gates: Gates, tier: Tier) -> Gate {
    let [t1, t2, t3] = gates;
    match tier {
        Tier::T1 => t1,
        Tier::T2 => t2,
        Tier::T3 => t3,
    }
}

/// A measure that can be compared: finite and not negative.
fn known(value: f64) -> Result<f64, Exclusion> {
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(Exclusion::DataUnavailable) }
}

const fn exclusion(absent: Absent) -> Exclusion {
    match absent {
        Absent::InsufficientHistory => Exclusion::InsufficientHistory,
        Absent::DataGap => Exclusion::DataGap,
        Absent::UnavailableGranularity | Absent::NoVolume => Exclusion::DataUnavailable,
    }
}
