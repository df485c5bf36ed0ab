//! What own orders may have done since anybody looked at them.

use std::collections::BTreeMap;

use domain::{Asset, Purse, Side};
use exchange::VenueFill;
use rust_decimal::Decimal;

use crate::{Look, Order, Orders};

/// The most that two clocks may differ by where anything is bought: the ceiling of the policy's key.
const SKEW_SECS: i64 = 5;

/// Units that own orders may have added to or taken from each balance without its being on record.
///
/// Orders, fills and balances are reads of their own: one can fail, lag behind another, or come before
/// a fill that another shows. What an own order may have done in between is no proof that somebody
/// else was at work, so that it degrades and the next comparison decides.
#[derive(Debug, Default)]
pub(crate) struct Unseen {
    added: BTreeMap<Asset, Decimal>,
    taken: BTreeMap<Asset, Decimal>,
}

impl Unseen {
    /// Of every order that may fill yet, for the whole of what is left of it.
    pub(crate) fn of(orders: &Orders, look: Option<&Look>, purses: &[Purse]) -> Self {
        let mut unseen = Self::default();
        for (_, order) in orders.live().filter(|(_, o)| look.is_none() || may_move(o, purses)) {
            let (sent, left) = (order.sent(), order.left().get());
            match sent.side {
                Side::Buy => {
                    add(&mut unseen.added, sent.asset, left);
                    if let Ok(purse) = sent.product.quote().parse() {
                        add(&mut unseen.taken, purse, sent.worst_case.get());
                    }
                }
                // What a sale brings in has no upper bound, and more money never halts.
                Side::Sell => add(&mut unseen.taken, sent.asset, left),
            }
        }
        unseen
    }

    /// Whether own orders may have changed a balance by so much.
    pub(crate) fn explains(&self, asset: Asset, change: Decimal) -> bool {
        let moved = if change.is_sign_negative() { &self.taken } else { &self.added };
        moved.get(&asset).is_some_and(|most| change.abs() <= *most)
    }
}

/// A bracket that the venue has just shown may rest for days, and would excuse a theft for as long:
/// while its coins are held back for it, it has sold none of them.
fn may_move(order: &Order, purses: &[Purse]) -> bool {
    let of_it = purses.iter().filter(|purse| purse.asset == order.sent().asset);
    let held: Decimal = of_it.map(|purse| purse.held.get()).sum();
    !order.is_quiet() || held < order.left().get()
}

/// Whether a fill of an order that nobody knows may be of one of ours, of which nobody knows yet what
/// the venue calls it: then the list of orders, which would say so, is behind the list of fills.
pub(crate) fn may_be_ours(orders: &Orders, fill: &VenueFill) -> bool {
    let nameless = orders.live().filter(|(_, order)| order.venue_order_id().is_none());
    nameless.map(|(_, order)| order).any(|order| {
        let sent = order.sent();
        let within = match sent.side {
            Side::Buy => fill.price <= sent.limit,
            Side::Sell => fill.price >= sent.limit,
        };
        let base = fill.product.split('-').next();
        base == Some(sent.asset.as_str())
            && fill.side == sent.side
            && fill.qty <= order.left()
            && fill.at.plus_secs(SKEW_SECS) >= sent.at
            && within
    })
}

fn add(to: &mut BTreeMap<Asset, Decimal>, asset: Asset, units: Decimal) {
    let sum = to.entry(asset).or_default();
    *sum = sum.saturating_add(units);
}
