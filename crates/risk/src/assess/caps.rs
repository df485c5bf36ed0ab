//! The one effective cap: the least of what every limit on size leaves.

use domain::{Asset, Entry, Fees, Pct, RiskCode};
use rust_decimal::Decimal;

use super::Scene;
use super::market::Sound;
use super::num::{ceil_to, floor_to, plus_bps, signal};
use super::running::Running;
use super::slippage::{average_price, largest_qty};
use super::used::Used;
use crate::view::OTHER;
use crate::{Orders, Reason, cap};

/// How far from its touch a side of the book counts as depth, basis points.
const DEPTH_BAND_BPS: u32 = 20;

/// An entry's size after the policy.
pub(super) struct Size {
    /// Quote units without fees.
    pub(super) notional: Decimal,
    /// The same with the worst fee.
    pub(super) worst_case: Decimal,
    /// Base units.
    pub(super) qty: Decimal,
    /// Share of the sizing NAV, percent.
    pub(super) pct: f64,
}

/// What one limit leaves for an order, quote units without fees.
struct Room {
    reason: Reason,
    notional: Decimal,
}

/// Everything the limits on size are computed from.
struct Sizing<'s, 'a> {
    scene: &'s Scene<'a>,
    running: &'s Running<'a>,
    used: &'s Used<'a>,
    sound: &'s Sound<'s>,
    entry: &'s Entry,
    asset: Asset,
    nav: Decimal,
    /// 1 + the worst fee.
    with_fee: Decimal,
    requested: Decimal,
}

/// The size that all limits leave, or the reasons why there is none.
pub(super) fn size(
    scene: &Scene<'_>,
    running: &Running<'_>,
    sound: &Sound<'_>,
    entry: &Entry,
    asset: Asset,
    reasons: &mut Vec<Reason>,
) -> Option<Size> {
    let view = scene.view;
    let missing = |reasons: &mut Vec<Reason>| {
        reasons.push(Reason::plain(RiskCode::DataUnavailable));
        None
    };
    let (Some(nav), Some(fees), Some(used)) = (view.nav, view.fees, &running.used) else {
        return missing(reasons);
    };
    let sizing_nav = scene.limits.sizing_nav(nav);
    let Some(with_fee) = worst_fee(fees) else { return missing(reasons) };
    let Ok(requested) = sizing_nav.percent(entry.size_pct) else { return missing(reasons) };
    let sizing = Sizing {
        scene,
        running,
        used,
        sound,
        entry,
        asset,
        nav: sizing_nav.get(),
        with_fee,
        requested: requested.get(),
    };
    let (Some(rooms), Some(least)) = (sizing.rooms(), smallest(scene, sound)) else {
        return missing(reasons);
    };
    let cap = rooms.iter().map(|room| room.notional).min().unwrap_or(Decimal::ZERO);
    let Some(size) = sizing.fit(cap.min(requested.get())) else { return missing(reasons) };
    if size.notional >= least {
        return Some(size);
    }
    let found = signal(size.notional.max(Decimal::ZERO));
    reasons.push(Reason::of(RiskCode::BelowMinOrder, signal(least), found));
    reasons.extend(rooms.iter().filter(|r| r.notional < least).map(|room| room.reason));
    None
}

/// 1 + the larger fee: whether an order rests or takes is decided later.
fn worst_fee(fees: Fees) -> Option<Decimal> {
    cap::with_fee(fees.taker_bps.max(fees.maker_bps))
}

/// The smallest order that stays above every minimum however it is priced up to the ask and
/// rounded: its size in base increments is worth the minimum at the bid already.
fn smallest(scene: &Scene<'_>, sound: &Sound<'_>) -> Option<Decimal> {
    let limits = &sound.product.limits;
    let value = scene.limits.min_order_usd().get().max(limits.quote_min.get());
    let qty = value.checked_div(sound.quote.bid.get())?.max(limits.base_min.get());
    let mut qty = ceil_to(qty, limits.base_increment)?;
    if qty.checked_mul(sound.quote.bid.get())? < value {
        qty = qty.checked_add(limits.base_increment)?;
    }
    ceil_to(qty.checked_mul(sound.quote.ask.get())?, limits.quote_increment)
}

impl Sizing<'_, '_> {
    /// What every limit leaves; `None` when a number does not fit.
    fn rooms(&self) -> Option<Vec<Room>> {
        let caps = &self.scene.policy.caps;
        let tier = self.entry.tier;
        let name = self.scene.view.clusters.of(&self.asset);
        let cluster = caps.clusters_pct.get(name).or_else(|| caps.clusters_pct.get(OTHER))?;
        let (position, total) = (caps.max_position_pct, caps.max_total_pct);
        let in_tier = *caps.tiers_pct.get(tier);
        Some(vec![
            self.order()?,
            self.share(RiskCode::PositionCap, position, self.used.asset(&self.asset))?,
            self.share(RiskCode::TierCap, in_tier, self.used.tier(tier))?,
            self.share(RiskCode::ClusterCap, *cluster, self.used.cluster(name))?,
            self.share(RiskCode::TotalCap, total, self.used.total)?,
            self.funds()?,
            self.depth()?,
            self.slippage()?,
        ])
    }

    fn order(&self) -> Option<Room> {
        let limits = &self.sound.product.limits;
        let at_most = limits.base_max.get().checked_mul(self.sound.quote.ask.get())?;
        let policy = self.scene.policy.orders.max_order_usd.get();
        let notional = policy.min(limits.quote_max.get()).min(at_most);
        let (limit, found) = (signal(notional), signal(self.requested));
        Some(Room { reason: Reason::of(RiskCode::OrderTooLarge, limit, found), notional })
    }

    /// A share of the sizing NAV, of which some is used. Fees count: they are at stake too.
    fn share(&self, code: RiskCode, pct: Pct, used: Decimal) -> Option<Room> {
        let notional = cap::share(self.nav, pct, used, self.with_fee)?;
        let would_be = used.checked_add(self.requested.checked_mul(self.with_fee)?)?;
        let share = would_be.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(self.nav);
        let limit = Some(signal(pct.get()));
        Some(Room { reason: Reason { code, limit, found: share.map(signal) }, notional })
    }

    /// The purse of the product's own quote currency. What is available excludes what holds have
    /// taken; live buys beyond what is held are not taken yet, and are subtracted here.
    fn funds(&self) -> Option<Room> {
        let quote = &self.sound.product.quote;
        let Orders { quote_preference, .. } = &self.scene.policy.orders;
        let purse = self.scene.view.purses.iter().find(|purse| purse.asset == *quote)?;
        let live = self.scene.view.exposure.reserved_in(quote)?;
        let unheld = live.checked_sub(purse.held.get())?.max(Decimal::ZERO);
        let spent = self.running.spent.get(quote).copied().unwrap_or_default();
        let free = purse.available.get().checked_sub(unheld)?.checked_sub(spent)?;
        let free = if quote_preference.contains(quote) { free } else { Decimal::ZERO };
        let wanted = self.requested.checked_mul(self.with_fee)?;
        let reason = Reason::of(RiskCode::InsufficientFunds, signal(free), signal(wanted));
        Some(Room { reason, notional: free.checked_div(self.with_fee)? })
    }

    /// The asks an order may take and the bids it would leave by: the thinner side decides.
    fn depth(&self) -> Option<Room> {
        let book = self.sound.book;
        let asks = book.ask_depth(DEPTH_BAND_BPS).ok()?;
        let bids = book.bid_depth(DEPTH_BAND_BPS).ok()?;
        let (side, multiple) = (asks.min(bids).get(), self.scene.policy.market.depth_multiple);
        let found = side.checked_div(self.requested).map(signal);
        let reason = Reason { code: RiskCode::Depth, limit: Some(f64::from(multiple)), found };
        Some(Room { reason, notional: side.checked_div(multiple.into())? })
    }

    /// Sizes are bounded in base units at the ask, so the room is the largest size at the ask.
    fn slippage(&self) -> Option<Room> {
        let Sound { book, quote, mid, .. } = self.sound;
        let budget = *self.scene.policy.market.slippage_bps.get(self.entry.tier);
        let most = mid.checked_mul(plus_bps(budget.into())?)?;
        let notional = largest_qty(&book.asks, most)?.checked_mul(quote.ask.get())?;
        let wanted = self.requested.checked_div(quote.ask.get())?;
        let found = average_price(&book.asks, wanted)
            .map(|average| (signal(average) / signal(*mid) - 1.0) * 1e4);
        let limit = Some(f64::from(budget));
        Some(Room { reason: Reason { code: RiskCode::Slippage, limit, found }, notional })
    }

    /// Rounds a size down to the increments.
    fn fit(&self, most: Decimal) -> Option<Size> {
        let limits = &self.sound.product.limits;
        let notional = floor_to(most, limits.quote_increment)?;
        let whole = floor_to(self.requested, limits.quote_increment)?;
        let at_ask = notional.checked_div(self.sound.quote.ask.get())?;
        let qty = floor_to(at_ask, limits.base_increment)?;
        let worst_case = notional.checked_mul(self.with_fee)?;
        let pct = if notional == whole {
            signal(self.entry.size_pct.get())
        } else {
            let share = notional.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(self.nav);
            share.map_or(0.0, signal)
        };
        Some(Size { notional, worst_case, qty, pct })
    }
}
