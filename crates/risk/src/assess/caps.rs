//! The one effective cap: the least of what every limit on size leaves.

use domain::planted::ignores;
use domain::{BaseQty, Pct, QuoteAmt, RiskCode};
use rust_decimal::Decimal;

use super::Scene;
use super::ask::{Ask, Step};
use super::market::Sound;
use super::num::{plus_bps, signal};
use super::purse::Choice;
use super::sheet::{AtStake, Row, Sheet};
use super::slippage::{average_price, largest_qty};
use crate::cap;
use crate::exact::Exact;
use crate::gate::{Gate, Notes, Unit};

/// How far from its touch a side of the book counts as depth, basis points.
const DEPTH_BAND_BPS: u32 = 20;

/// An entry's size after the policy.
pub(super) struct Size {
    /// Quote units without fees.
    pub(super) notional: QuoteAmt,
    /// The same with the worst fee.
    pub(super) worst_case: QuoteAmt,
    /// Base units.
    pub(super) qty: BaseQty,
    /// Share of the sizing NAV, percent.
    pub(super) pct: f64,
}

/// What is asked for, in money.
pub(super) struct Wish {
    /// The sizing NAV.
    nav: Decimal,
    /// 1 + the worst fee.
    with_fee: Exact,
    /// Quote units without fees.
    notional: Exact,
    /// The same with the worst fee.
    pub(super) worst_case: Exact,
}

/// What one limit leaves for an order, quote units without fees.
struct Room {
    code: RiskCode,
    leaves: Exact,
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
    let (nav, with_fee) = (scene.limits.sizing_nav(scene.view.nav?).get(), scene.with_fee?);
    let notional = match ask.step {
        Step::First { size_pct, .. } => Exact::from(nav) * size_pct.get() * cap::PERCENT,
        Step::Next { notional, .. } => notional.into(),
    };
    Some(Wish { nav, with_fee, notional, worst_case: notional * with_fee })
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
    notes: &mut Notes<'_>,
) -> Option<Size> {
    if !sheet.valued {
        notes.missing("a mark for every position");
        return None;
    }
    let place = scene.view.clusters.place(row.asset());
    let stake = sheet.at_stake(row, place, ask.tier);
    let cluster = scene.policy.cluster_cap(scene.view.clusters.name(place));
    let sizing = Sizing { scene, sound, ask, wish, purse, stake, cluster };
    let Some((least, size)) = sizing.solve() else {
        notes.missing("numbers that fit exact decimals");
        return None;
    };
    let notional = size.notional.get();
    let enough = notional >= least;
    notes.tell(enough, || {
        let found = signal(notional.max(Decimal::ZERO));
        let key = "orders.min_order_usd";
        let gate = Gate::at_least(RiskCode::BelowMinOrder, key, signal(least), found);
        Gate { unit: Unit::Usd, ..gate }
    });
    if notes.is_ladder() || !enough {
        for room in sizing.rooms() {
            let passed = Exact::from(least).is_at_most(room.leaves);
            notes.tell(passed, || sizing.gate(&room));
        }
    }
    enough.then_some(size)
}

/// The smallest order that stays above every minimum however it is priced up to the ask and
/// rounded: its size in base increments is worth the minimum at the bid already.
fn smallest(scene: &Scene<'_>, sound: &Sound<'_>) -> Exact {
    let (limits, quote) = (&sound.product.limits, sound.quote);
    let value = Exact::from(scene.limits.min_order_usd().get().max(limits.quote_min.get()));
    let at_bid = value / quote.bid.get();
    let mut qty = at_bid.max(limits.base_min.get().into()).ceil_to(limits.base_increment);
    // A quotient of many digits may have been rounded down.
    if !value.is_at_most(qty * quote.bid.get()) {
        qty = qty + limits.base_increment;
    }
    (qty * quote.ask.get()).ceil_to(limits.quote_increment)
}

impl Sizing<'_, '_> {
    /// The smallest order, and the size; `None` when a number does not fit.
    fn solve(&self) -> Option<(Decimal, Size)> {
        smallest(self.scene, self.sound).get().zip(self.fit(self.cap()))
    }

    /// The least of what was asked for and what every limit leaves.
    fn cap(&self) -> Exact {
        let at_most = |most: Exact, code, room: Exact| {
            if ignores(code) { most } else { most.min(room) }
        };
        // Fees count against these: they are taken off the least of them.
        let mut gross = Exact::MOST;
        for (code, room) in self.gross() {
            gross = at_most(gross, code, room);
        }
        let net = (gross / self.wish.with_fee).min(self.wish.notional);
        let net = at_most(net, RiskCode::OrderTooLarge, self.order());
        let net = at_most(net, RiskCode::Depth, self.depth(Some(net)));
        at_most(net, RiskCode::Slippage, self.slippage(Some(net)))
    }

    /// What the limits leave that fees count against too, fees included.
    fn gross(&self) -> [(RiskCode, Exact); 5] {
        let AtStake { asset, cluster, tier, total } = self.stake;
        let caps = &self.scene.policy.caps;
        let in_tier = *caps.tiers_pct.get(self.ask.tier);
        let nav = self.wish.nav;
        [
            (RiskCode::PositionCap, cap::gross(nav, caps.max_position_pct, asset)),
            (RiskCode::TierCap, cap::gross(nav, in_tier, tier)),
            (RiskCode::ClusterCap, cap::gross(nav, self.cluster, cluster)),
            (RiskCode::TotalCap, cap::gross(nav, caps.max_total_pct, total)),
            (RiskCode::InsufficientFunds, self.purse.free.into()),
        ]
    }

    /// What every limit leaves, one by one, for those who want to know.
    fn rooms(&self) -> [Room; 8] {
        let room = |code, leaves| Room { code, leaves };
        let net = |(code, gross): (RiskCode, Exact)| room(code, gross / self.wish.with_fee);
        let [position, tier, cluster, total, funds] = self.gross();
        [
            room(RiskCode::OrderTooLarge, self.order()),
            net(position),
            net(tier),
            net(cluster),
            net(total),
            net(funds),
            room(RiskCode::Depth, self.depth(None)),
            room(RiskCode::Slippage, self.slippage(None)),
        ]
    }

    fn order(&self) -> Exact {
        let (limits, ask) = (&self.sound.product.limits, self.sound.quote.ask.get());
        let most = match self.ask.step {
            Step::First { .. } => limits.base_max.get(),
            // What is left of the parent's approval bounds the size too.
            Step::Next { qty, .. } => limits.base_max.get().min(qty),
        };
        let policy = self.scene.policy.orders.max_order_usd.get();
        (Exact::from(most) * ask).min(policy.min(limits.quote_max.get()).into())
    }

    /// The asks an order may take and the bids it would leave by: the thinner side decides. Exact
    /// below `enough`.
    fn depth(&self, enough: Option<Exact>) -> Exact {
        let multiple = Decimal::from(self.scene.policy.market.depth_multiple);
        self.side(enough.map_or(Exact::MOST, |net| net * multiple)) / multiple
    }

    fn side(&self, enough: Exact) -> Exact {
        let side = enough
            .max(Exact::ZERO)
            .money()
            .map(|enough| self.sound.book.thinner_depth(DEPTH_BAND_BPS, enough));
        side.and_then(Result::ok).map(QuoteAmt::get).into()
    }

    /// Sizes are bounded in base units at the ask, so the room is the largest size at the ask. Exact
    /// below `enough`.
    fn slippage(&self, enough: Option<Exact>) -> Exact {
        let Sound { book, quote, mid, .. } = self.sound;
        let most = Exact::from(*mid) * plus_bps(self.budget_bps());
        let value = |qty: Exact| qty * quote.ask.get();
        let enough = |qty| enough.is_some_and(|enough| enough.is_at_most(value(qty)));
        value(largest_qty(&book.asks, most, enough))
    }

    fn budget_bps(&self) -> u32 {
        *self.scene.policy.market.slippage_bps.get(self.ask.tier)
    }

    /// A limit and what the whole wish would make of it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "rooms have eight codes; the last is funds")]
    fn gate(&self, room: &Room) -> Gate {
        let (policy, stake) = (self.scene.policy, &self.stake);
        let caps = &policy.caps;
        let usd = |key, limit: Exact, found: Exact| Gate {
            unit: Unit::Usd,
            limit: limit.signal(),
            found: found.signal(),
            ..Gate::at_most(room.code, key, 0.0, 0.0)
        };
        let share = |key, pct: Pct, used: Exact| self.share_gate(room.code, key, pct, used);
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
            _ => usd("orders.quote_preference", self.purse.free.into(), self.wish.worst_case),
        };
        Gate { leaves: room.leaves.signal(), ..gate }
    }

    fn share_gate(&self, code: RiskCode, key: &'static str, pct: Pct, used: Exact) -> Gate {
        let share = (used + self.wish.worst_case) * Exact::HUNDRED / self.wish.nav;
        let gate = Gate::at_most(code, key, signal(pct.get()), 0.0);
        Gate { unit: Unit::Pct, found: share.signal(), ..gate }
    }

    fn depth_gate(&self) -> Gate {
        let found = (self.side(Exact::MOST) / self.wish.notional).signal();
        let multiple = f64::from(self.scene.policy.market.depth_multiple);
        let gate = Gate::at_least(RiskCode::Depth, "market.depth_multiple", multiple, 0.0);
        Gate { unit: Unit::Times, found, ..gate }
    }

    fn slippage_gate(&self) -> Gate {
        let (ask, mid) = (self.sound.quote.ask.get(), signal(self.sound.mid));
        let average = average_price(&self.sound.book.asks, self.wish.notional / ask);
        let found = average.signal().map(|average| (average / mid - 1.0) * 1e4);
        let limit = f64::from(self.budget_bps());
        let gate = Gate::at_most(RiskCode::Slippage, "market.slippage_bps", limit, 0.0);
        Gate { unit: Unit::Bps, found, ..gate }
    }

    /// Rounds a size down to the increments.
    fn fit(&self, most: Exact) -> Option<Size> {
        let limits = &self.sound.product.limits;
        let notional = most.floor_to(limits.quote_increment);
        let qty = (notional / self.sound.quote.ask.get()).floor_to(limits.base_increment);
        let worst_case = notional * self.wish.with_fee;
        let sizes = notional.money().zip(worst_case.money()).zip(qty.size());
        sizes.map(|((notional, worst_case), qty)| Size {
            notional,
            worst_case,
            qty,
            pct: self.pct(notional.get()),
        })
    }

    /// The share of the sizing NAV: as it was proposed, when nothing was cut.
    fn pct(&self, notional: Decimal) -> f64 {
        let step = self.sound.product.limits.quote_increment;
        let whole = self.wish.notional.floor_to(step) == Exact::from(notional);
        match self.ask.step {
            Step::First { size_pct, .. } if whole => signal(size_pct.get()),
            Step::First { .. } | Step::Next { .. } => {
                let share = Exact::from(notional) * Exact::HUNDRED / self.wish.nav;
                share.signal().unwrap_or(0.0)
            }
        }
    }
}
