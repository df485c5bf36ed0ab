//! What an order or an edit would do, without doing it.

use domain::{Price, Side};
use rust_decimal::{Decimal, RoundingStrategy};

use super::account::AccountNo;
use super::draft::Draft;
use super::fees::fee;
use super::ids::OrderId;
use super::matching::{Found, Taker};
use super::parts::{Amount, Rates, Shape};
use super::reason::{EditReason, Reason};
use super::validate::{No, Plan, times};
use super::venue::{EditDraft, EditPreview, Preview, Venue};
use crate::venue::SimError;

const DOWN: RoundingStrategy = RoundingStrategy::ToNegativeInfinity;

impl Venue {
    /// What an order would do. The client order id is not looked at.
    ///
    /// # Errors
    /// [`SimError`]: no such account, or numbers beyond exact decimals. Refusals are in
    /// [`Preview::errors`].
    pub fn preview(&self, no: AccountNo, draft: &Draft) -> Result<Preview, SimError> {
        let at = draft.product_id.parse().ok().and_then(|id| self.resolve(id).ok());
        let mut preview = match at {
            Some(named) => self.touches(named.at)?,
            None => Preview::default(),
        };
        let plan = match self.plan(no, draft) {
            Ok(plan) => plan,
            Err(No::Rejected(rejection)) => {
                preview.errors.push(rejection.reason);
                return Ok(preview);
            }
            Err(No::Defect(error)) => return Err(error),
        };
        let asset = match plan.side {
            Side::Buy => plan.named.product.quote,
            Side::Sell => plan.named.product.base,
        };
        let free = self.account(no)?.ledger.available(&asset);
        if free < plan.needed || free < plan.hold {
            preview.errors.push(Reason::Funds);
        }
        preview.is_max = free == plan.needed;
        self.foresee(no, &plan, &mut preview)?;
        Ok(preview)
    }

    /// What an edit would do.
    ///
    /// # Errors
    /// As [`Self::preview`].
    pub fn preview_edit(
        &self,
        no: AccountNo,
        id: OrderId,
        edit: &EditDraft,
    ) -> Result<EditPreview, SimError> {
        let Some(at) = self.own(no, id)? else {
            let errors = vec![EditReason::NotFound.into()];
            return Ok(EditPreview { errors, ..EditPreview::default() });
        };
        let order = self.order_at(at)?;
        let desk = self.position_of(order)?;
        let mut preview = self.touches(desk)?;
        let amended = match self.check_edit(at, edit)? {
            Ok(amended) => amended,
            Err(refused) => return Ok(EditPreview { preview, errors: vec![refused] }),
        };
        let (account, side, rates) = (order.account, order.side, order.rates);
        let left = amended.size - order.filled;
        let taker = Taker { at: desk, account, side, limit: amended.price, rates };
        let asleep = matches!(order.shape, Shape::Stop { .. }) && order.armed.is_some();
        let found = if asleep { NOTHING } else { self.walk(&taker, Amount::Base(left))? };
        total(&mut preview, (side, rates), found, left - found.base, amended.price)?;
        Ok(EditPreview { preview, errors: Vec::new() })
    }

    fn touches(&self, at: usize) -> Result<Preview, SimError> {
        let book = self.book_at(at, None)?;
        let best_bid = book.as_ref().and_then(|b| b.bids.first()).map(|level| level.price);
        let best_ask = book.as_ref().and_then(|b| b.asks.first()).map(|level| level.price);
        Ok(Preview { best_bid, best_ask, ..Preview::default() })
    }

    fn foresee(&self, no: AccountNo, plan: &Plan, preview: &mut Preview) -> Result<(), SimError> {
        let (at, side, rates) = (plan.named.at, plan.side, plan.rates);
        let taker = |limit: Price| Taker { at, account: no, side, limit, rates };
        if let Shape::Market { amount, band } = plan.shape {
            let found = self.walk(&taker(band), amount)?;
            return total(preview, (side, rates), found, Decimal::ZERO, band);
        }
        let takes = matches!(plan.shape, Shape::Limit { .. });
        for leg in &plan.legs {
            let found = if takes && !leg.post_only {
                self.walk(&taker(leg.price), Amount::Base(leg.left))?
            } else {
                NOTHING
            };
            let rests = if plan.is_immediate() { Decimal::ZERO } else { leg.left - found.base };
            total(preview, (side, rates), found, rests, leg.price)?;
        }
        Ok(())
    }
}

const NOTHING: Found = Found { base: Decimal::ZERO, value: Decimal::ZERO, complete: false };

/// Adds what would be taken and what would rest to a preview.
fn total(
    preview: &mut Preview,
    (side, rates): (Side, Rates),
    found: Found,
    rests: Decimal,
    limit: Price,
) -> Result<(), SimError> {
    let resting = times(limit.get(), rests)?;
    let taker_fee = fee(found.value, rates.taker, DOWN)?;
    let fees = taker_fee + fee(resting, rates.maker, DOWN)?;
    let value = found.value + resting;
    preview.base_size += found.base + rests;
    preview.quote_size += value;
    preview.commission_total += fees;
    preview.order_total += match side {
        Side::Buy => value + fees,
        Side::Sell => value - fees,
    };
    if let Some(average) = found.value.checked_div(found.base) {
        let average = average.round_dp(16).normalize();
        preview.average_price = Some(average);
        let touch = match side {
            Side::Buy => preview.best_ask,
            Side::Sell => preview.best_bid,
        };
        if let Some(touch) = touch.map(Price::get) {
            let worse = (average - touch).abs().checked_div(touch).unwrap_or_default();
            preview.slippage = worse.round_dp(8).normalize();
        }
    }
    Ok(())
}
