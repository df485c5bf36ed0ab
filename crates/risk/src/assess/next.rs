//! The next step of an entry: the approval of what is left of it.

use domain::{IntentId, MarketView, RiskCode};

use super::ask::{Ask, Step};
use super::{Desk, Scene, entry, said_once};
use crate::approved::Spent;
use crate::family::MAX_CHILDREN;
use crate::gate::Notes;
use crate::{ApprovedOrder, Exposure, Limits, Reason, RiskView};

/// Proof that an order is over and that everything it filled is on record. Made only by
/// [`Exposure::over`], so that it comes from facts.
#[derive(Debug, PartialEq, Eq)]
pub struct Over {
    intent: IntentId,
}

impl Exposure {
    /// The proof that the order of a spent approval is over, once the facts say so: its end came,
    /// every fill of it is booked, and no later step of the entry was taken.
    pub fn over(&self, spent: &Spent) -> Option<Over> {
        let family = self.family(spent.root.intent)?;
        family.ended_with(spent.own).then_some(Over { intent: spent.own })
    }
}

/// Approves the remainder of an entry whose last order is over: it is judged again by everything
/// but pacing, adds, new positions of a cycle and duplicates, and what the entry filled in all plus
/// this never exceeds what was approved for it, nor does it take more than three next steps.
///
/// # Errors
/// Every reason against it. The spent approval is gone either way.
#[expect(clippy::needless_pass_by_value, reason = "an approval that was spent is spent once")]
pub fn assess_next(
    limits: &Limits,
    view: &RiskView<'_>,
    market: &MarketView<'_>,
    spent: Spent,
    over: &Over,
) -> Result<ApprovedOrder, Vec<Reason>> {
    let mut desk = Desk::default();
    let mut reasons = Vec::new();
    let mut notes = Notes::Reasons(&mut reasons);
    let scene = Scene::new(limits, view, market, desk.under.of(limits, view, None));
    desk.sheet.open(&scene);
    let ask = ask(view.exposure, &spent, over, &mut notes);
    let approved = ask.and_then(|ask| entry::judge(&scene, &mut desk.sheet, &ask, &mut notes));
    approved.ok_or_else(|| said_once(reasons))
}

/// What is left of the parent's approval. A proof of another order, or one that a later step has
/// overtaken, leaves nothing.
fn ask(exposure: &Exposure, spent: &Spent, over: &Over, notes: &mut Notes<'_>) -> Option<Ask> {
    let family = exposure.family(spent.root.intent);
    let family = family.filter(|f| over.intent == spent.own && f.ended_with(spent.own));
    let Some(family) = family else {
        notes.missing("proof that the last step is over");
        return None;
    };
    let more = family.children() < MAX_CHILDREN;
    notes.must(more, RiskCode::Attempts, "three next steps of an entry");
    let (qty, value) = family.filled();
    let root = spent.root;
    Some(Ask {
        proposal: spent.proposal,
        product: spent.product,
        tier: spent.tier,
        conviction: spent.conviction,
        plan: spent.plan,
        step: Step::Next {
            root,
            notional: root.max_notional.get().saturating_sub(value),
            qty: root.max_qty.get().saturating_sub(qty),
        },
    })
}
