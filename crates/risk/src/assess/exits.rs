//! Exits: a short list of their own, and never more than there is to sell.

use domain::{
    Asset, BaseQty, Bracket, Exit, Price, Product, ProductMarket, ProductStatus, ProposalId,
    QuoteAmt, RiskCode, Side,
};
use rust_decimal::Decimal;

use super::market::age_secs;
use super::num::signal;
use super::sheet::Sheet;
use super::{Scene, control};
use crate::ApprovedOrder;
use crate::approved::Bounds;
use crate::exact::Exact;
use crate::gate::{Gate, Notes, Unit};

/// How far below the bid an exit may sell, by how many sales before it did not sell everything;
/// basis points.
const LADDER_BPS: [u32; 3] = [100, 200, 500];
/// Without a fresh book, how far below the last trade, basis points, and how old that may be.
const LAST_TRADE_BPS: u32 = 500;
const LAST_TRADE_MAX_AGE_SECS: f64 = 60.0;

/// What an exit is priced by, and the lowest price it may take.
struct Pricing {
    reference: Price,
    bound: Exact,
}

pub(super) fn judge(
    scene: &Scene<'_>,
    sheet: &mut Sheet,
    exit: &Exit,
    notes: &mut Notes<'_>,
) -> Option<ApprovedOrder> {
    control::exits(scene, exit.cause, notes);
    let Some(market) = scene.market.get(&exit.product) else {
        notes.missing("the product's market");
        return None;
    };
    let asset = market.product.base;
    holding(scene, sheet, exit, &asset, notes);
    let bounds = bounds(scene, exit, asset, market, notes).filter(|_| notes.all_passed())?;
    sheet.sold(&asset, bounds.max_qty.get());
    Some(ApprovedOrder::new(bounds))
}

/// Whether there is as much to sell: the position without live sales and without what this batch
/// sells already.
fn holding(scene: &Scene<'_>, sheet: &Sheet, exit: &Exit, asset: &Asset, notes: &mut Notes<'_>) {
    let exposure = scene.view.exposure;
    let held = !exposure.position(asset).is_zero();
    notes.must(held, RiskCode::ShortingDisallowed, "a position of the bot's own");
    if !held {
        return;
    }
    let free = exposure.sellable(asset).get().saturating_sub(sheet.row(asset).selling);
    notes.tell(exit.qty.get() <= free, || {
        let (limit, found) = (signal(free), signal(exit.qty.get()));
        let gate = Gate::at_most(RiskCode::ExceedsHolding, "what is free to be sold", limit, found);
        Gate { unit: Unit::Base, ..gate }
    });
}

fn bounds(
    scene: &Scene<'_>,
    exit: &Exit,
    asset: Asset,
    market: &ProductMarket,
    notes: &mut Notes<'_>,
) -> Option<Bounds> {
    let priced = match exit.bracket {
        None => taking(scene, exit, &asset, market, notes),
        Some(bracket) => resting(scene, exit, bracket, &asset, market, notes),
    };
    let slice = priced?;
    Some(Bounds {
        proposal: ProposalId::Exit(exit.lot, exit.cause),
        product: exit.product,
        asset,
        side: Side::Sell,
        tier: scene.view.exposure.tier(&asset),
        max_notional: slice.value,
        worst_case: QuoteAmt::ZERO,
        max_qty: slice.qty,
        price_bound: slice.bound,
        plan: None,
        bracket: exit.bracket,
        conviction: None,
        size_pct: 0.0,
        stamp: scene.stamp(),
        root: None,
    })
}

/// A sale that takes from the book now.
fn taking(
    scene: &Scene<'_>,
    exit: &Exit,
    asset: &Asset,
    market: &ProductMarket,
    notes: &mut Notes<'_>,
) -> Option<Slice> {
    // An exit is a limit order that takes; these are the states that let one through.
    let takes = matches!(market.product.status, ProductStatus::Online | ProductStatus::LimitOnly);
    notes.must(takes, RiskCode::ProductStatus, "a product that takes limit orders");
    let pricing = pricing(scene, asset, market, notes)?;
    slice(scene, &market.product, exit.qty, &pricing, notes)
}

/// A sale that rests at the venue as a bracket: its prices lie on both sides of a market that is
/// known now, and it sells all of the lot. It is worth what its stop brings.
fn resting(
    scene: &Scene<'_>,
    exit: &Exit,
    bracket: Bracket,
    asset: &Asset,
    market: &ProductMarket,
    notes: &mut Notes<'_>,
) -> Option<Slice> {
    let product = &market.product;
    let online = product.status == ProductStatus::Online;
    notes.must(online, RiskCode::ProductStatus, "a product that takes stops");
    let now = pricing(scene, asset, market, notes)?;
    let around = bracket.stop < now.reference && now.reference < bracket.target;
    let on_step = product.is_price_step(bracket.stop) && product.is_price_step(bracket.target);
    notes.must(around && on_step, RiskCode::StopBounds, "a market between stop and target");
    let Some(lowest) = bracket.lowest(product.limits.price_increment) else {
        notes.missing("numbers that fit exact decimals");
        return None;
    };
    let pricing = Pricing { reference: bracket.stop, bound: lowest.get().into() };
    let slice = slice(scene, product, exit.qty, &pricing, notes)?;
    let whole = Exact::from(exit.qty.get()).floor_to(product.limits.base_increment);
    notes.must(
        Exact::from(slice.qty.get()) == whole,
        RiskCode::OrderTooLarge,
        "one order for all of the lot",
    );
    Some(slice)
}

/// A fresh and sound bid, else a recent trade, else no price.
fn pricing(
    scene: &Scene<'_>,
    asset: &Asset,
    market: &ProductMarket,
    notes: &mut Notes<'_>,
) -> Option<Pricing> {
    let below = |reference: Price, bps: u32| {
        let share = Decimal::ONE - Decimal::new(i64::from(bps), 4);
        let edge = Exact::from(reference.get()) * share;
        let bound = edge.ceil_to(market.product.limits.price_increment);
        Some(Pricing { reference, bound })
    };
    let limit = f64::from(scene.policy.market.quote_max_age_secs);
    let age = market.quote_vouched.map(|at| age_secs(at, scene.now));
    let fresh = age.is_some_and(|age| age <= limit);
    let sound = market.quote.filter(|quote| quote.fault().is_none());
    if let Some(quote) = sound.filter(|_| fresh) {
        let rung = scene.view.counters.exit_rung(asset);
        let bps = LADDER_BPS.get(rung).copied().unwrap_or(LAST_TRADE_BPS);
        return below(quote.bid, bps);
    }
    let trade =
        market.last_trade.filter(|(_, at)| age_secs(*at, scene.now) <= LAST_TRADE_MAX_AGE_SECS);
    if let Some((price, _)) = trade {
        return below(price, LAST_TRADE_BPS);
    }
    match (&market.quote, sound) {
        (None, _) => notes.missing("a quote or a recent trade"),
        (Some(_), None) => notes.must(false, RiskCode::BadBook, "a sound quote or a recent trade"),
        (Some(_), Some(_)) => notes.tell(false, || Gate {
            found: age,
            unit: Unit::Secs,
            ..Gate::at_most(RiskCode::StaleQuote, "market.quote_max_age_secs", limit, limit)
        }),
    }
    None
}

/// What an exit may sell at once.
struct Slice {
    qty: BaseQty,
    /// At the price that it is judged by.
    value: QuoteAmt,
    /// The lowest limit.
    bound: Price,
}

/// The size on its increment: an exit above the order maximum is sliced, never refused for it.
fn slice(
    scene: &Scene<'_>,
    product: &Product,
    wanted: BaseQty,
    pricing: &Pricing,
    notes: &mut Notes<'_>,
) -> Option<Slice> {
    let (limits, reference) = (&product.limits, pricing.reference.get());
    let most = Exact::from(scene.policy.orders.max_order_usd.get()) / reference;
    let most = most.min(limits.base_max.get().min(wanted.get()).into());
    let qty = most.floor_to(limits.base_increment);
    let numbers = qty.size().zip((qty * reference).money()).zip(pricing.bound.price());
    let numbers = numbers.zip((pricing.bound * qty).get());
    let Some((((qty, value), bound), least)) = numbers else {
        notes.missing("numbers that fit exact decimals");
        return None;
    };
    let enough = qty >= limits.base_min && least >= limits.quote_min.get() && !qty.is_zero();
    notes.tell(enough, || {
        let (limit, found) = (signal(limits.quote_min.get()), signal(least));
        let gate = Gate::at_least(RiskCode::BelowMinOrder, "the venue's minimum", limit, found);
        Gate { unit: Unit::Usd, ..gate }
    });
    enough.then_some(Slice { qty, value, bound })
}
