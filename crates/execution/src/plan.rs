//! From an approval to an intent: at which price, how much, for how long.

use domain::{
    BaseQty, Fees, IntentId, NumError, Price, Product, ProductMarket, QuoteAmt, Side, Timestamp,
};
use exchange::{OrderIntent, Terms, TermsError, TimeInForce};
use risk::ApprovedOrder;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::ExecutionTerms;

/// Why an approval does not become an intent. The approval is spent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// No quote to price it by.
    #[error("there is no sound quote to price the order by")]
    NoQuote,
    /// Rounded down to the increments it is below the venue's minimum.
    #[error("{qty} at {limit} is below the venue's minimum")]
    BelowMinimum {
        /// The size after rounding.
        qty: BaseQty,
        /// The limit.
        limit: Price,
    },
    /// The terms do not fit the approval.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// A number left the range of exact decimals.
    #[error(transparent)]
    Num(#[from] NumError),
}

/// How an entry meets the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approach {
    /// It rests at the touch and never takes.
    Rest,
    /// It takes what the collar allows, at once.
    Take,
}

/// Plans an approved order on a market.
///
/// An entry is a post-only limit at the best bid that the venue ends by itself; an exit is an
/// immediate-or-cancel limit at the approval's bound, whatever the book looks like now, or the
/// bracket that was approved, whose bound is the lowest price it can sell at. Sizes are
/// rounded down to the base increment, a buy's price down and a sale's price up to the price
/// increment.
///
/// # Errors
/// [`PlanRefusal`]; the approval is spent either way.
pub fn plan(
    terms: &ExecutionTerms,
    market: &ProductMarket,
    fees: Fees,
    approved: ApprovedOrder,
    id: IntentId,
    now: Timestamp,
) -> Result<OrderIntent, PlanRefusal> {
    plan_as(Approach::Rest, terms, market, fees, approved, id, now)
}

/// As [`plan`], with the approach of an entry. One that takes is an immediate-or-cancel limit at
/// the approval's bound: market orders do not exist here.
///
/// # Errors
/// As [`plan`].
pub fn plan_as(
    approach: Approach,
    terms: &ExecutionTerms,
    market: &ProductMarket,
    fees: Fees,
    approved: ApprovedOrder,
    id: IntentId,
    now: Timestamp,
) -> Result<OrderIntent, PlanRefusal> {
    let product = &market.product;
    let (limit, time_in_force) = match approved.side() {
        Side::Buy if approach == Approach::Take => {
            let limit = price_step(product, approved.price_bound(), Side::Buy)?;
            (limit, TimeInForce::ImmediateOrCancel)
        }
        Side::Buy => {
            let quote = market.sound_quote().ok_or(PlanRefusal::NoQuote)?;
            // Venues keep ends in whole seconds: what is sent is what is read back.
            let until = now.floor_secs(1).plus_secs(i64::from(terms.entry_expires_secs));
            (price_step(product, quote.bid, Side::Buy)?, TimeInForce::PostOnlyUntil(until))
        }
        Side::Sell => {
            let limit = price_step(product, approved.price_bound(), Side::Sell)?;
            let life = approved.bracket().map(TimeInForce::Bracket);
            (limit, life.unwrap_or(TimeInForce::ImmediateOrCancel))
        }
    };
    let qty = largest_qty(product, &approved, limit)?;
    let value = limit.times(qty)?;
    if qty < product.limits.base_min || value < product.limits.quote_min {
        return Err(PlanRefusal::BelowMinimum { qty, limit });
    }
    let terms = Terms { qty, limit, time_in_force };
    Ok(OrderIntent::new(id, approved, product, fees, terms)?)
}

/// The price on its increment: a buy never pays more, a sale never asks less.
fn price_step(product: &Product, price: Price, side: Side) -> Result<Price, NumError> {
    let strategy = match side {
        Side::Buy => RoundingStrategy::ToNegativeInfinity,
        Side::Sell => RoundingStrategy::ToPositiveInfinity,
    };
    Price::new(to_step(price.get(), product.limits.price_increment, strategy)?)
}

/// The largest size on its increment within the approved size and, for a buy, value.
fn largest_qty(
    product: &Product,
    approved: &ApprovedOrder,
    limit: Price,
) -> Result<BaseQty, NumError> {
    let overflow = NumError::Overflow { what: "order size" };
    let most = match approved.side() {
        Side::Buy => affordable(approved.max_notional(), limit)
            .ok_or(overflow)?
            .min(approved.max_qty().get()),
        Side::Sell => approved.max_qty().get(),
    };
    BaseQty::new(to_step(most, product.limits.base_increment, RoundingStrategy::ToZero)?)
}

fn affordable(notional: QuoteAmt, limit: Price) -> Option<Decimal> {
    notional.get().checked_div(limit.get())
}

fn to_step(value: Decimal, step: Decimal, how: RoundingStrategy) -> Result<Decimal, NumError> {
    value
        .checked_div(step)
        .map(|steps| steps.round_dp_with_strategy(0, how))
        .and_then(|steps| steps.checked_mul(step))
        .ok_or(NumError::Overflow { what: "rounding to an increment" })
}
