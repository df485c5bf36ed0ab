//! One entry, or the next step of one.

use domain::{Entry, ProductMarket, ProposalId, RiskCode, Side};

use super::ask::{Ask, Step};
use super::caps::{self, Size};
use super::market::Sound;
use super::num::signal;
use super::sheet::{Row, Sheet};
use super::{Scene, control, market, orders, pacing, purse};
use crate::ApprovedOrder;
use crate::approved::Bounds;
use crate::gate::{Gate, Notes, Sense, Unit};

/// An entry as it was proposed.
pub(super) fn ask(entry: &Entry) -> Ask {
    Ask {
        proposal: ProposalId::Entry(entry.trigger.id),
        product: entry.product,
        tier: entry.tier,
        conviction: entry.conviction,
        plan: entry.plan,
        step: Step::First { size_pct: entry.size_pct, trigger: entry.trigger.id },
    }
}

pub(super) fn judge(
    scene: &Scene<'_>,
    sheet: &mut Sheet,
    ask: &Ask,
    notes: &mut Notes<'_>,
) -> Option<ApprovedOrder> {
    control::entries(scene, notes);
    terms(scene, ask, notes);
    let Some(market) = scene.market.get(&ask.product) else {
        notes.missing("the product's market");
        return None;
    };
    let row = sheet.row(&market.product.base);
    if let Step::First { trigger, .. } = ask.step {
        pacing::check(scene, sheet, &trigger, &row, notes);
    }
    orders::check(scene, sheet, ask, &row, notes);
    let sound = market::check(scene, market, ask.tier, notes)?;
    let bounds = size(scene, sheet, ask, &row, market, &sound, notes);
    let bounds = bounds.filter(|_| notes.all_passed())?;
    grant(scene, sheet, ask, &bounds);
    Some(ApprovedOrder::new(bounds))
}

/// The purse that pays, and the size that every limit leaves.
fn size(
    scene: &Scene<'_>,
    sheet: &Sheet,
    ask: &Ask,
    row: &Row,
    market: &ProductMarket,
    sound: &Sound<'_>,
    notes: &mut Notes<'_>,
) -> Option<Bounds> {
    let Some(wish) = caps::wish(scene, ask) else {
        notes.missing("NAV and fee rates");
        return None;
    };
    let Some(purse) = purse::choose(scene, sheet, market, &wish) else {
        notes.missing("the purse that pays");
        return None;
    };
    let size = caps::size(scene, sheet, sound, ask, row, &wish, &purse, notes)?;
    Some(bounds(scene, sound, ask, &purse, &size))
}

/// What a proposal must look like.
fn terms(scene: &Scene<'_>, ask: &Ask, notes: &mut Notes<'_>) {
    let limits = &scene.policy.entries;
    let (least, found) = (limits.min_conviction, ask.conviction);
    notes.tell((least..=1.0).contains(&found), || Gate {
        unit: Unit::Share,
        ..Gate::at_least(RiskCode::MinConviction, "entries.min_conviction", least, found)
    });
    let plan = &ask.plan;
    let rows = [
        (plan.stop_pct, limits.stop_min_pct, "entries.stop_min_pct", Sense::AtLeast),
        (plan.stop_pct, limits.stop_max_pct, "entries.stop_max_pct", Sense::AtMost),
        (plan.target_pct, limits.target_min_pct, "entries.target_min_pct", Sense::AtLeast),
        (plan.target_pct, limits.target_max_pct, "entries.target_max_pct", Sense::AtMost),
    ];
    for (found, limit, key, sense) in rows {
        let passed = if sense == Sense::AtLeast { found >= limit } else { found <= limit };
        notes.tell(passed, || {
            let (limit, found) = (signal(limit.get()), signal(found.get()));
            let gate = Gate::at_least(RiskCode::StopBounds, key, limit, found);
            Gate { sense, unit: Unit::Pct, ..gate }
        });
    }
}

fn bounds(
    scene: &Scene<'_>,
    sound: &Sound<'_>,
    ask: &Ask,
    purse: &purse::Choice,
    size: &Size,
) -> Bounds {
    Bounds {
        proposal: ask.proposal,
        product: purse.product,
        asset: sound.product.base,
        side: Side::Buy,
        tier: ask.tier,
        max_notional: size.notional,
        worst_case: size.worst_case,
        max_qty: size.qty,
        price_bound: sound.bound,
        plan: Some(ask.plan),
        bracket: None,
        conviction: Some(ask.conviction),
        size_pct: size.pct,
        stamp: scene.stamp(),
        root: ask.root(),
    }
}

/// Takes note of what is granted, before anything else of the batch is judged.
fn grant(scene: &Scene<'_>, sheet: &mut Sheet, ask: &Ask, bounds: &Bounds) {
    let (asset, quote) = (bounds.asset, bounds.product.quote_asset());
    sheet.bought(scene, &asset, bounds.tier, quote, bounds.worst_case.get());
    if let Step::First { trigger, .. } = ask.step {
        sheet.traded(&asset, trigger);
    }
}
