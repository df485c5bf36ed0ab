//! An order as it will be sent, made from an approval and never larger than it.

use domain::planted::{Fault, planted};
use domain::{
    BaseQty, Bracket, Fees, IntentFact, IntentId, NumError, Price, Product, QuoteAmt, Side,
    TimeInForce, Timestamp,
};
use risk::ApprovedOrder;
use rust_decimal::Decimal;

/// What execution chose within an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Base units.
    pub qty: BaseQty,
    /// Limit price.
    pub limit: Price,
    /// Its life.
    pub time_in_force: TimeInForce,
}

/// Why terms do not make an intent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The approval is about another product.
    #[error("the approval is for {approved}, the product is {product}")]
    Product {
        /// Of the approval.
        approved: domain::ProductId,
        /// Of the terms.
        product: domain::ProductId,
    },
    /// The size is not a multiple of the base increment, or nothing.
    #[error("size {0} is not a positive multiple of the base increment")]
    SizeStep(BaseQty),
    /// The price is not a multiple of the price increment.
    #[error("price {0} is not a multiple of the price increment")]
    PriceStep(Price),
    /// The size is above the approved size.
    #[error("size {size} is above the approved {approved}")]
    LargerQty {
        /// Asked for.
        size: BaseQty,
        /// Approved.
        approved: BaseQty,
    },
    /// The value is above the approved value.
    #[error("value {value} is above the approved {approved}")]
    LargerValue {
        /// Asked for.
        value: QuoteAmt,
        /// Approved.
        approved: QuoteAmt,
    },
    /// The worst case with fees is above the approved worst case.
    #[error("worst case {value} is above the approved {approved}")]
    WorstCase {
        /// Asked for.
        value: QuoteAmt,
        /// Approved.
        approved: QuoteAmt,
    },
    /// The price is worse than the approval's bound.
    #[error("price {price} is outside the collar bound {bound}")]
    Collar {
        /// Asked for.
        price: Price,
        /// Approved.
        bound: Price,
    },
    /// Only what was approved as a bracket is one, and with the approved prices.
    #[error("its life {found:?} is not the approved {approved:?}")]
    Bracket {
        /// Asked for.
        found: TimeInForce,
        /// Approved; `None`: no bracket.
        approved: Option<Bracket>,
    },
    /// A number left the range of exact decimals.
    #[error(transparent)]
    Num(#[from] NumError),
}

/// An approved order with a price, a size and a number. Not `Clone`: it is sent once or dropped.
#[derive(Debug)]
pub struct OrderIntent {
    id: IntentId,
    terms: Terms,
    worst_case: QuoteAmt,
    approved: ApprovedOrder,
}

impl OrderIntent {
    /// Spends an approval on terms within it.
    ///
    /// # Errors
    /// [`TermsError`]: the terms ask for more than was approved, or are not on the increments. The
    /// approval is gone either way; a new one costs a new assessment.
    pub fn new(
        id: IntentId,
        approved: ApprovedOrder,
        product: &Product,
        fees: Fees,
        terms: Terms,
    ) -> Result<Self, TermsError> {
        if approved.product() != product.id {
            let approved = approved.product();
            return Err(TermsError::Product { approved, product: product.id });
        }
        if terms.qty.is_zero() || !product.is_size_step(terms.qty) {
            return Err(TermsError::SizeStep(terms.qty));
        }
        if !product.is_price_step(terms.limit) {
            return Err(TermsError::PriceStep(terms.limit));
        }
        if terms.time_in_force.bracket() != approved.bracket() {
            let (found, approved) = (terms.time_in_force, approved.bracket());
            return Err(TermsError::Bracket { found, approved });
        }
        let worst_case = match approved.side() {
            Side::Buy => check_buy(&approved, terms, fees)?,
            Side::Sell => check_sell(&approved, terms)?,
        };
        Ok(Self { id, terms, worst_case, approved })
    }

    /// Its number in the journal.
    pub const fn id(&self) -> IntentId {
        self.id
    }

    /// Price, size and life.
    pub const fn terms(&self) -> Terms {
        self.terms
    }

    /// What it can cost at most with fees; 0 for a sale.
    pub const fn worst_case(&self) -> QuoteAmt {
        self.worst_case
    }

    /// The approval it was made from.
    pub const fn approved(&self) -> &ApprovedOrder {
        &self.approved
    }

    /// The fact of it, as of `at`.
    pub fn fact(&self, at: Timestamp) -> IntentFact {
        IntentFact {
            at,
            intent: self.id,
            product: self.approved.product(),
            asset: self.approved.asset(),
            tier: self.approved.tier(),
            side: self.approved.side(),
            qty: self.recorded_qty(),
            limit: self.terms.limit,
            worst_case: self.recorded_worst_case(),
            plan: self.approved.plan(),
            grant: Some(self.approved.reference()),
            parent: self.approved.parent(),
            time_in_force: Some(self.terms.time_in_force),
        }
    }
}

/// What goes on record: exactly what is sent.
impl OrderIntent {
    fn recorded_qty(&self) -> BaseQty {
        let qty = self.terms.qty;
        if planted(Fault::EnlargedIntent) { qty.plus(qty).unwrap_or(qty) } else { qty }
    }

    fn recorded_worst_case(&self) -> QuoteAmt {
        let value = self.terms.limit.times(self.terms.qty).ok();
        let without_fee = value.filter(|_| planted(Fault::UnderstatedWorstCase));
        without_fee.unwrap_or(self.worst_case)
    }
}

fn check_buy(approved: &ApprovedOrder, terms: Terms, fees: Fees) -> Result<QuoteAmt, TermsError> {
    if terms.qty > approved.max_qty() {
        return Err(TermsError::LargerQty { size: terms.qty, approved: approved.max_qty() });
    }
    if terms.limit > approved.price_bound() {
        let bound = approved.price_bound();
        return Err(TermsError::Collar { price: terms.limit, bound });
    }
    let value = terms.limit.times(terms.qty)?;
    if value > approved.max_notional() {
        return Err(TermsError::LargerValue { value, approved: approved.max_notional() });
    }
    let fee = fees.taker_bps.max(fees.maker_bps).get() / Decimal::from(10_000);
    let with_fee = value.get().checked_mul(Decimal::ONE + fee);
    let with_fee = with_fee.ok_or(NumError::Overflow { what: "worst case" })?;
    let worst_case = QuoteAmt::new(with_fee)?;
    if worst_case > approved.worst_case() {
        let approved = approved.worst_case();
        return Err(TermsError::WorstCase { value: worst_case, approved });
    }
    Ok(worst_case)
}

fn check_sell(approved: &ApprovedOrder, terms: Terms) -> Result<QuoteAmt, TermsError> {
    if terms.qty > approved.max_qty() {
        return Err(TermsError::LargerQty { size: terms.qty, approved: approved.max_qty() });
    }
    if terms.limit < approved.price_bound() {
        let bound = approved.price_bound();
        return Err(TermsError::Collar { price: terms.limit, bound });
    }
    Ok(QuoteAmt::ZERO)
}
