//! The one effective cap: the least of what every limit on size leaves.

use domain::planted::ignores;
use domain::{Pct, QuoteAmt, RiskCode};
use rust_decimal::Decimal;

use super::Scene;
use super::ask::{Ask, Step};
use super::market::Sound;
use super::num::{ceil_to, floor_to, plus_bps, signal};
use super::purse::Choice;
use super::sheet::{AtStake, Row, Sheet};
use super::slippage::{average_price, largest_qty};
use crate::cap;
use crate::gate::{Gate, Notes, Sense, Unit};

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

/// What is asked for, in money.
pub(super) struct Wish {
    /// The sizing NAV.
    nav: Decimal,
    /// 1 + the worst fee.
    with_fee: Decimal,
    /// Quote units without fees.
    notional: Decimal,
    /// The same with the worst fee.
    pub(super) worst_case: Decimal,
}

/// What one limit leaves for an order, quote units without fees.
struct Room {
    code: RiskCode,
    leaves: Decimal,
}

/// Everything the limits on size are computed from.
struct Sizing<'s, 'a> {
    scene: &'s Scene<'a>,
    sound: &'s Sound<'s>,
    ask: &'s Ask,
    wish: &'s Wish,
    purse: &'s Choice,
    stake: AtStake,
    cluster: Pct,
}

/// What is asked for; `None` without NAV and fee rates.
pub(super) fn wish(scene: &Scene<'_>, ask: &Ask) -> Option<Wish> {
    let (nav, with_fee) = (scene.limits.sizing_nav(scene.view.nav?), scene.with_fee?);
    let notional = match ask.step {
        Step::First { size_pct, .. } => {
            nav.get().checked_mul(size_pct.get())?.checked_mul(cap::PERCENT)?
        }
        Step::Next { notional, .. } => notional,
    };
    let worst_case = notional.checked_mul(with_fee)?;
    Some(Wish { nav: nav.get(), with_fee, notional, worst_case })
}

/// The size that all limits leave; none where that is less than the smallest order.
#[expect(clippy::too_many_arguments, reason = "a size depends on all there is")]
pub(super) fn size(
    scene: &Scene<'_>,
    sheet: &Sheet,
    sound: &Sound<'_>,
    ask: &Ask,
    row: &Row,
    wish: &Wish,
    purse: &Choice,
    notes: &mut Notes,
) -> Option<Size> {
    let place = scene.view.clusters.place(row.asset());
    let stake = sheet.at_stake(row, place, ask.tier).filter(|_| sheet.valued);
    let Some(stake) = stake else {
        notes.missing("a mark for every position");
        return None;
    };
    let cluster = scene.policy.cluster_cap(scene.view.clusters.name(place));
    let sizing = Sizing { scene, sound, ask, wish, purse, stake, cluster };
    let Some((least, size)) = sizing.solve() else {
        notes.missing("numbers that fit exact decimals");
        return None;
    };
    let enough = size.notional >= least;
    notes.tell(enough, || {
        let found = signal(size.notional.max(Decimal::ZERO));
        let key = "orders.min_order_usd";
        let gate = Gate::at_least(RiskCode::BelowMinOrder, key, signal(least), found);
        Gate { unit: Unit::Usd, ..gate }
    });
    if notes.is_ladder() || !enough {
        for room in sizing.rooms().into_iter().flatten() {
            notes.tell(room.leaves >= least, || sizing.gate(&room));
        }
    }
    enough.then_some(size)
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
    /// The smallest order, and the size; `None` when a number does not fit.
    fn solve(&self) -> Option<(Decimal, Size)> {
        let least = smallest(self.scene, self.sound)?;
        Some((least, self.fit(self.cap()?)?))
    }

    /// The least of what was asked for and what every limit leaves.
    fn cap(&self) -> Option<Decimal> {
        let at_most = |most: Decimal, code, room: Decimal| {
            if ignores(code) { most } else { most.min(room) }
        };
        // Fees count against these: they are taken off the least of them.
        let mut gross = Decimal::MAX;
        for (code, room) in self.gross()? {
            gross = at_most(gross, code, room);
        }
        let net = gross.checked_div(self.wish.with_fee)?.min(self.wish.notional);
        let net = at_most(net, RiskCode::OrderTooLarge, self.order()?);
        let net = at_most(net, RiskCode::Depth, self.depth(Some(net))?);
        Some(at_most(net, RiskCode::Slippage, self.slippage(Some(net))?))
    }

    /// What the limits leave that fees count against too, fees included.
    fn gross(&self) -> Option<[(RiskCode, Decimal); 5]> {
        let AtStake { asset, cluster, tier, total } = self.stake;
        let caps = &self.scene.policy.caps;
        let in_tier = *caps.tiers_pct.get(self.ask.tier);
        let nav = self.wish.nav;
        Some([
            (RiskCode::PositionCap, cap::gross(nav, caps.max_position_pct, asset)?),
            (RiskCode::TierCap, cap::gross(nav, in_tier, tier)?),
            (RiskCode::ClusterCap, cap::gross(nav, self.cluster, cluster)?),
            (RiskCode::TotalCap, cap::gross(nav, caps.max_total_pct, total)?),
            (RiskCode::InsufficientFunds, self.purse.free),
        ])
    }

    /// What every limit leaves, one by one, for those who want to know.
    fn rooms(&self) -> Option<[Room; 8]> {
        let room = |code, leaves| Room { code, leaves };
        let net = |(code, gross): (RiskCode, Decimal)| {
            Some(Room { code, leaves: gross.checked_div(self.wish.with_fee)? })
        };
        let [position, tier, cluster, total, funds] = self.gross()?;
        Some([
            room(RiskCode::OrderTooLarge, self.order()?),
            net(position)?,
            net(tier)?,
            net(cluster)?,
            net(total)?,
            net(funds)?,
            room(RiskCode::Depth, self.depth(None)?),
            room(RiskCode::Slippage, self.slippage(None)?),
        ])
    }

    fn order(&self) -> Option<Decimal> {
        let (limits, ask) = (&self.sound.product.limits, self.sound.quote.ask.get());
        let most = match self.ask.step {
            Step::First { .. } => limits.base_max.get(),
            // What is left of the parent's approval bounds the size too.
            Step::Next { qty, .. } => limits.base_max.get().min(qty),
        };
        let policy = self.scene.policy.orders.max_order_usd.get();
        Some(policy.min(limits.quote_max.get()).min(most.checked_mul(ask)?))
    }

    /// The asks an order may take and the bids it would leave by: the thinner side decides. Exact
    /// below `enough`.
    fn depth(&self, enough: Option<Decimal>) -> Option<Decimal> {
        let multiple = self.multiple();
        let enough = enough.map_or(Some(Decimal::MAX), |net| net.checked_mul(multiple))?;
        self.side(enough)?.checked_div(multiple)
    }

    fn multiple(&self) -> Decimal {
        self.scene.policy.market.depth_multiple.into()
    }

    fn side(&self, enough: Decimal) -> Option<Decimal> {
        let enough = QuoteAmt::new(enough.max(Decimal::ZERO)).ok()?;
        let side = self.sound.book.thinner_depth(DEPTH_BAND_BPS, enough).ok()?;
        Some(side.get())
    }

    /// Sizes are bounded in base units at the ask, so the room is the largest size at the ask. Exact
    /// below `enough`.
    fn slippage(&self, enough: Option<Decimal>) -> Option<Decimal> {
        let Sound { book, quote, mid, .. } = self.sound;
        let most = mid.checked_mul(plus_bps(self.budget_bps()))?;
        let ask = quote.ask.get();
        let value = |qty: Decimal| qty.checked_mul(ask);
        let enough = |qty| value(qty).zip(enough).is_some_and(|(value, enough)| value >= enough);
        value(largest_qty(&book.asks, most, enough)?)
    }

    fn budget_bps(&self) -> u32 {
        *self.scene.policy.market.slippage_bps.get(self.ask.tier)
    }

    /// A limit and what the whole wish would make of it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "rooms have eight codes; the last is funds")]
    fn gate(&self, room: &Room) -> Gate {
        let (policy, stake) = (self.scene.policy, &self.stake);
        let caps = &policy.caps;
        let usd = |key, limit, found| Gate {
            unit: Unit::Usd,
            ..Gate::at_most(room.code, key, signal(limit), signal(found))
        };
        let share = |key, pct: Pct, used: Decimal| self.share_gate(room.code, key, pct, used);
        let gate = match room.code {
            RiskCode::OrderTooLarge => usd("orders.max_order_usd", room.leaves, self.wish.notional),
            RiskCode::PositionCap => {
                share("caps.max_position_pct", caps.max_position_pct, stake.asset)
            }
            RiskCode::TierCap => {
                share("caps.tiers_pct", *caps.tiers_pct.get(self.ask.tier), stake.tier)
            }
            RiskCode::ClusterCap => share("caps.clusters_pct", self.cluster, stake.cluster),
            RiskCode::TotalCap => share("caps.max_total_pct", caps.max_total_pct, stake.total),
            RiskCode::Depth => self.depth_gate(),
            RiskCode::Slippage => self.slippage_gate(),
            _ => usd("orders.quote_preference", self.purse.free, self.wish.worst_case),
        };
        Gate { leaves: Some(signal(room.leaves)), ..gate }
    }

    fn share_gate(&self, code: RiskCode, key: &'static str, pct: Pct, used: Decimal) -> Gate {
        let would_be = used.checked_add(self.wish.worst_case);
        let share = would_be
            .and_then(|value| value.checked_mul(Decimal::ONE_HUNDRED))
            .and_then(|value| value.checked_div(self.wish.nav));
        let gate = Gate::at_most(code, key, signal(pct.get()), 0.0);
        Gate { unit: Unit::Pct, found: share.map(signal), ..gate }
    }

    fn depth_gate(&self) -> Gate {
        let found = self
            .side(Decimal::MAX)
            .and_then(|side| side.checked_div(self.wish.notional))
            .map(signal);
        let multiple = f64::from(self.scene.policy.market.depth_multiple);
        let gate = Gate::at_least(RiskCode::Depth, "market.depth_multiple", multiple, 0.0);
        Gate { unit: Unit::Times, found, ..gate }
    }

    fn slippage_gate(&self) -> Gate {
        let (ask, mid) = (self.sound.quote.ask.get(), signal(self.sound.mid));
        let wanted = self.wish.notional.checked_div(ask);
        let found = wanted
            .and_then(|wanted| average_price(&self.sound.book.asks, wanted))
            .map(|average| (signal(average) / mid - 1.0) * 1e4);
        let (code, key) = (RiskCode::Slippage, "market.slippage_bps");
        let limit = Some(f64::from(self.budget_bps()));
        let (unit, sense) = (Unit::Bps, Sense::AtMost);
        Gate { code, key, unit, sense, limit, found, leaves: None, passed: false }
    }

    /// Rounds a size down to the increments.
    fn fit(&self, most: Decimal) -> Option<Size> {
        let limits = &self.sound.product.limits;
        let notional = floor_to(most, limits.quote_increment)?;
        let at_ask = notional.checked_div(self.sound.quote.ask.get())?;
        let qty = floor_to(at_ask, limits.base_increment)?;
        let worst_case = notional.checked_mul(self.wish.with_fee)?;
        Some(Size { notional, worst_case, qty, pct: self.pct(notional)? })
    }

    /// The share of the sizing NAV: as it was proposed, when nothing was cut.
    fn pct(&self, notional: Decimal) -> Option<f64> {
        let step = self.sound.product.limits.quote_increment;
        match self.ask.step {
            Step::First { size_pct, .. } if notional == floor_to(self.wish.notional, step)? => {
                Some(signal(size_pct.get()))
            }
            Step::First { .. } | Step::Next { .. } => {
                let share = notional.checked_mul(Decimal::ONE_HUNDRED)?;
                Some(share.checked_div(self.wish.nav).map_or(0.0, signal))
            }
        }
    }
}
