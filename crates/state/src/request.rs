//! What an operator may ask for: a small closed vocabulary, and the facts that it comes to.
//!
//! The same request is carried out by a running loop, which takes it from its control directory, and
//! by a command that holds the records itself.

use domain::{
    Adoption, Asset, BaseQty, ExitPlan, Fact, Flagged, FlowConfirmed, FlowId, FlowKind, IntentId,
    Latch, LotId, Price, ProductId, Tier, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::State;

/// The longest time that a product is kept out by one word, hours: a year.
const MOST_FLAG_HOURS: u32 = 8_784;

/// A word of the operator that changes what is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Stop buying and cancel own entries: the kill latch.
    Halt {
        /// Why, for a person.
        reason: String,
    },
    /// Clear one latch.
    Resume {
        /// Which.
        latch: Latch,
        /// Whether drawdown is measured from the present NAV on.
        #[serde(default)]
        reset_peak: bool,
        /// Why, for a person.
        reason: String,
    },
    /// Sell every lot. It comes to orders, not to facts.
    Flatten {
        /// Why, for a person.
        reason: String,
    },
    /// Say that the venue never had an order that is unknown. What it comes to is for whoever knows
    /// the orders.
    ResolveOrder {
        /// Which.
        intent: IntentId,
        /// Why, for a person.
        reason: String,
    },
    /// Say what a change of a balance was.
    ConfirmFlow {
        /// Which.
        flow: FlowId,
        /// What it was.
        kind: FlowKind,
        /// Why, for a person.
        reason: String,
    },
    /// Give coins to the bot.
    Adopt {
        /// The product they will be sold on.
        product: ProductId,
        /// The tier that their exposure counts in.
        tier: Tier,
        /// How much.
        qty: BaseQty,
        /// What one unit counts as paid for.
        price: Price,
        /// How the lot will be left.
        plan: ExitPlan,
        /// Why, for a person.
        reason: String,
    },
    /// Keep a product out for a while.
    Flag {
        /// Which.
        product: ProductId,
        /// For so many hours; 0 ends it.
        hours: u32,
        /// Why, for a person.
        reason: String,
    },
}

/// Why a request is not carried out. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A word without a reason.
    #[error("say why: the reason is empty")]
    NoReason,
    /// It is latched already.
    #[error("{} is latched already", .0.as_str())]
    Latched(Latch),
    /// It is not latched.
    #[error("{} is not latched; runner status shows what is", .0.as_str())]
    NotLatched(Latch),
    /// Only the drawdown stop has a peak.
    #[error("only max_drawdown has a peak to reset, {} has none", .0.as_str())]
    NoPeak(Latch),
    /// No NAV is on record to start from.
    #[error("no NAV is on record that drawdown could be measured from")]
    NoNav,
    /// There is no such flow.
    #[error("there is no flow {}; runner status shows those that wait", .0.0)]
    UnknownFlow(FlowId),
    /// It is explained already.
    #[error("flow {} is explained already: it was a {}", flow.0, kind.as_str())]
    Explained {
        /// Which.
        flow: FlowId,
        /// As what.
        kind: FlowKind,
    },
    /// A gain is no withdrawal, and a loss no deposit.
    #[error("flow {} is {change} {asset}: that is no {}", flow.0, kind.as_str())]
    Unfit {
        /// Which.
        flow: FlowId,
        /// How much.
        change: String,
        /// Of what.
        asset: Asset,
        /// What it was said to be.
        kind: FlowKind,
    },
    /// Nothing is given.
    #[error("{0} coins are nothing to adopt")]
    NoCoins(BaseQty),
    /// The same request was carried out before.
    #[error("that request was carried out before: it is lot {}", .0.0.0)]
    Adopted(LotId),
    /// The product's base is no asset.
    #[error("{0} names no coin")]
    NoAsset(ProductId),
    /// Longer than a word may hold.
    #[error("{0} hours are more than {MOST_FLAG_HOURS}; use the exclusions of universe.yaml")]
    TooLong(u32),
}

impl Request {
    /// What a request of a name puts on record at a moment. A flatten comes to orders and not to
    /// facts. Whatever was carried out before and is asked for again is refused, or comes to the
    /// same.
    ///
    /// # Errors
    /// [`Refusal`] when it contradicts what is on record.
    pub fn facts(&self, id: &str, at: Timestamp, state: &State) -> Result<Vec<Fact>, Refusal> {
        if self.reason().trim().is_empty() {
            return Err(Refusal::NoReason);
        }
        let reason = self.reason().to_owned();
        match self {
            Self::Halt { .. } => {
                let latch = Latch::Kill;
                if state.latches(at).contains(&latch) {
                    return Err(Refusal::Latched(latch));
                }
                Ok(vec![Fact::Latched { at, latch, reason }])
            }
            Self::Resume { latch, reset_peak, .. } => {
                resume(*latch, *reset_peak, reason, at, state)
            }
            Self::Flatten { .. } | Self::ResolveOrder { .. } => Ok(Vec::new()),
            Self::ConfirmFlow { flow, kind, .. } => confirm(*flow, *kind, reason, at, state),
            Self::Adopt { product, tier, qty, price, plan, .. } => {
                if qty.is_zero() {
                    return Err(Refusal::NoCoins(*qty));
                }
                if let Some(lot) = state.adopted_by(id) {
                    return Err(Refusal::Adopted(lot));
                }
                let asset = product.base().parse().map_err(|_| Refusal::NoAsset(*product))?;
                let lot = LotId(IntentId(state.next_intent()));
                let (product, tier, qty, price, plan) = (*product, *tier, *qty, *price, *plan);
                let request = Some(id.to_owned());
                Ok(vec![Fact::Adopted(Box::new(Adoption {
                    at,
                    lot,
                    product,
                    asset,
                    tier,
                    qty,
                    price,
                    plan,
                    request,
                    reason,
                }))])
            }
            Self::Flag { product, hours, .. } => {
                if *hours > MOST_FLAG_HOURS {
                    return Err(Refusal::TooLong(*hours));
                }
                let until = at.plus_secs(i64::from(*hours) * 3600);
                Ok(vec![Fact::Flagged(Flagged { at, product: *product, until, reason })])
            }
        }
    }

    /// Why it is asked for.
    pub fn reason(&self) -> &str {
        match self {
            Self::Halt { reason }
            | Self::Resume { reason, .. }
            | Self::Flatten { reason }
            | Self::ResolveOrder { reason, .. }
            | Self::ConfirmFlow { reason, .. }
            | Self::Adopt { reason, .. }
            | Self::Flag { reason, .. } => reason,
        }
    }
}

fn resume(
    latch: Latch,
    reset_peak: bool,
    reason: String,
    at: Timestamp,
    state: &State,
) -> Result<Vec<Fact>, Refusal> {
    if reset_peak && latch != Latch::MaxDrawdown {
        return Err(Refusal::NoPeak(latch));
    }
    if !state.latches(at).contains(&latch) {
        return Err(Refusal::NotLatched(latch));
    }
    let mut facts = Vec::new();
    if reset_peak {
        let nav = state.marks().last().ok_or(Refusal::NoNav)?;
        facts.push(Fact::PeakReset { at, nav, reason: reason.clone() });
    }
    facts.push(Fact::Resumed { at, latch, reason });
    Ok(facts)
}

fn confirm(
    flow: FlowId,
    kind: FlowKind,
    reason: String,
    at: Timestamp,
    state: &State,
) -> Result<Vec<Fact>, Refusal> {
    let seen = state.flows().get(flow).ok_or(Refusal::UnknownFlow(flow))?;
    if let Some(kind) = state.flows().kind(seen) {
        return Err(Refusal::Explained { flow, kind });
    }
    let (asset, change, usd) = (seen.asset, seen.change, seen.usd);
    if kind == FlowKind::Opening || !kind.fits(change) {
        return Err(Refusal::Unfit { flow, change: change.to_string(), asset, kind });
    }
    Ok(vec![Fact::FlowConfirmed(FlowConfirmed { at, flow, asset, change, usd, kind, reason })])
}
