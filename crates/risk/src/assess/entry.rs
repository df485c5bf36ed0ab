//! One entry.

use domain::{Asset, BaseQty, Entry, Price, ProposalId, QuoteAmt, RiskCode, Side};

use super::caps::{self, Size};
use super::market::Sound;
use super::num::signal;
use super::running::Running;
use super::{Scene, control, market, pacing};
use crate::approved::Bounds;
use crate::{ApprovedOrder, Reason};

pub(super) fn judge<'a>(
    scene: &Scene<'a>,
    running: &mut Running<'a>,
    entry: &Entry,
) -> Result<ApprovedOrder, Vec<Reason>> {
    let mut reasons = Vec::new();
    control::entries(scene, &mut reasons);
    terms(scene, entry, &mut reasons);
    let found = scene.market.get(&entry.product);
    let Some((asset, market)) = scene.asset(&entry.product).zip(found) else {
        reasons.push(Reason::plain(RiskCode::DataUnavailable));
        return Err(reasons);
    };
    pacing::check(scene, running, entry, &asset, &mut reasons);
    let sound = market::check(scene, market, entry.tier, &mut reasons);
    let size = sound
        .as_ref()
        .and_then(|sound| caps::size(scene, running, sound, entry, asset, &mut reasons));
    let bounds = sound.zip(size).and_then(|(sound, size)| bounds(scene, &sound, entry, &size));
    let granted = bounds
        .filter(|_| reasons.is_empty())
        .filter(|bounds| grant(scene, running, bounds, entry, market.product.quote).is_some());
    granted.map(ApprovedOrder::new).ok_or(reasons)
}

/// What a proposal must look like.
fn terms(scene: &Scene<'_>, entry: &Entry, reasons: &mut Vec<Reason>) {
    let limits = &scene.policy.entries;
    if !(limits.min_conviction..=1.0).contains(&entry.conviction) {
        let (least, found) = (limits.min_conviction, entry.conviction);
        reasons.push(Reason::of(RiskCode::MinConviction, least, found));
    }
    let rows = [
        (entry.plan.stop_pct, limits.stop_min_pct, limits.stop_max_pct),
        (entry.plan.target_pct, limits.target_min_pct, limits.target_max_pct),
    ];
    for (found, low, high) in rows {
        let broken = if found < low {
            Some(low)
        } else if found > high {
            Some(high)
        } else {
            None
        };
        if let Some(limit) = broken {
            let (limit, found) = (signal(limit.get()), signal(found.get()));
            reasons.push(Reason::of(RiskCode::StopBounds, limit, found));
        }
    }
}

fn bounds(scene: &Scene<'_>, sound: &Sound<'_>, entry: &Entry, size: &Size) -> Option<Bounds> {
    Some(Bounds {
        proposal: ProposalId::Entry(entry.trigger.id),
        product: entry.product,
        asset: sound.product.base,
        side: Side::Buy,
        tier: entry.tier,
        max_notional: QuoteAmt::new(size.notional).ok()?,
        worst_case: QuoteAmt::new(size.worst_case).ok()?,
        max_qty: BaseQty::new(size.qty).ok()?,
        price_bound: Price::new(sound.bound).ok()?,
        plan: Some(entry.plan),
        conviction: Some(entry.conviction),
        size_pct: size.pct,
        stamp: scene.stamp(),
    })
}

/// Takes note of what is granted, before anything else of the batch is judged.
fn grant<'a>(
    scene: &Scene<'a>,
    running: &mut Running<'a>,
    bounds: &Bounds,
    entry: &Entry,
    quote: Asset,
) -> Option<()> {
    let worst_case = bounds.worst_case.get();
    running.used.as_mut()?.add(scene, &bounds.asset, Some(bounds.tier), worst_case)?;
    running.bought(bounds.asset, quote, entry.trigger.id, worst_case);
    Some(())
}
