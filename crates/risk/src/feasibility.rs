//! Which sizes a policy leaves to an account at all, before any market is asked.
//!
//! An account of $255 with a position cap of 2 % and a minimum order of $10 can never trade: its
//! largest position is $5. No single row of the policy shows that; the band does.

use domain::{Fees, NumError, Pct, RiskCode, Tier, Usd};

use crate::exact::Exact;
use crate::{Limits, cap};

/// An entry of an account that holds nothing but cash, in one purse that entries may spend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entrant<'a> {
    /// What the account is worth, dollars.
    pub nav: Usd,
    /// The product's tier.
    pub tier: Tier,
    /// The product's cluster; one without a cap of its own counts as `OTHER`.
    pub cluster: &'a str,
    /// The account's fee rates.
    pub fees: Fees,
    /// The venue's smallest order for the product, dollars.
    pub venue_min: Usd,
}

/// What one limit leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// The limit.
    pub code: RiskCode,
    /// The largest entry under it, dollars without fees.
    pub usd: Usd,
}

/// The sizes of an entry that are legal, dollars without fees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    least: Usd,
    /// The tightest first; never empty.
    leaves: Vec<Leave>,
}

impl Band {
    /// The smallest legal size: the larger of the policy's and the venue's minimum.
    pub const fn least(&self) -> Usd {
        self.least
    }

    /// The largest size that every limit leaves, and the limit that leaves no more.
    pub fn most(&self) -> Leave {
        let none = Leave { code: RiskCode::DataUnavailable, usd: Usd::ZERO };
        self.leaves.first().copied().unwrap_or(none)
    }

    /// Whether no size is legal.
    pub fn is_empty(&self) -> bool {
        self.most().usd < self.least
    }

    /// The limits that leave less than the smallest order: each of them has to give way, or the
    /// account to grow, before anything can be bought.
    pub fn emptied_by(&self) -> impl Iterator<Item = Leave> {
        self.leaves.iter().copied().take_while(|leave| leave.usd < self.least)
    }

    /// Every limit with what it leaves, the tightest first.
    pub fn leaves(&self) -> &[Leave] {
        &self.leaves
    }
}

impl Limits {
    /// The band of legal sizes for an entry. Depth, slippage and increments come on top: they are
    /// the market's.
    ///
    /// A cap of p percent leaves `sizing NAV × p / 100 / (1 + f)` with f the larger fee: what is at
    /// stake counts with the fee that buying it may cost.
    ///
    /// # Errors
    /// [`NumError`] beyond the range of exact decimals.
    pub fn band(&self, entrant: &Entrant<'_>) -> Result<Band, NumError> {
        let caps = &self.policy().caps;
        let nav = self.sizing_nav(entrant.nav).get();
        let fees = entrant.fees;
        let with_fee = cap::with_fee(fees.maker_bps.max(fees.taker_bps));
        let share = |pct: Pct| cap::share(nav, pct, Exact::ZERO, with_fee);
        let rows = [
            (RiskCode::OrderTooLarge, self.policy().orders.max_order_usd.get().into()),
            (RiskCode::PositionCap, share(caps.max_position_pct)),
            (RiskCode::TierCap, share(*caps.tiers_pct.get(entrant.tier))),
            (RiskCode::ClusterCap, share(self.policy().cluster_cap(entrant.cluster))),
            (RiskCode::TotalCap, share(caps.max_total_pct)),
            (RiskCode::InsufficientFunds, Exact::from(entrant.nav.get()) / with_fee),
        ];
        let leaves = rows.map(|(code, room)| cents(room).map(|usd| Leave { code, usd }));
        let mut leaves: Vec<_> = leaves.into_iter().collect::<Result<_, _>>()?;
        leaves.sort_by_key(|leave| leave.usd);
        Ok(Band { least: self.min_order_usd().max(entrant.venue_min), leaves })
    }
}

/// Down to whole cents, as sizes are.
fn cents(room: Exact) -> Result<Usd, NumError> {
    let down = rust_decimal::RoundingStrategy::ToNegativeInfinity;
    let room = room.get().map(|room| room.round_dp_with_strategy(2, down));
    room.map_or(Err(NumError::Overflow { what: "band of legal sizes" }), Usd::new)
}
