//! The comparison of the records with the venue: a pure difference of two views, each finding with
//! its grade. It changes nothing: what is missing in the records was added by [`Orders::look`], and
//! lots are never overwritten.

use std::collections::{BTreeMap, BTreeSet};

use domain::planted::{Fault, planted};
use domain::{
    Asset, Fact, Finding, FindingCode, Grade, Price, Purse, ReconciledFact, Timestamp, Usd,
};
pub use risk::Portfolio;
use rust_decimal::Decimal;

use crate::unseen::{Unseen, may_be_ours};
use crate::{Look, OrderState, Orders};

/// What the records say, after the facts of the look were taken.
#[derive(Debug, Clone, Copy)]
pub struct Records<'a> {
    /// Own orders.
    pub orders: &'a Orders,
    /// What the look added to the records.
    pub news: &'a [Fact],
    /// Base units of all lots of each asset; negative where more was sold than bought.
    pub positions: &'a BTreeMap<Asset, Decimal>,
    /// Quote units that each purse must hold, free and held back together.
    pub cash: &'a BTreeMap<Asset, Decimal>,
}

/// What the venue shows. `None` is what could not be read completely.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Orders and fills.
    pub look: Option<&'a Look>,
    /// Balances, coins included.
    pub purses: Option<&'a [Purse]>,
    /// Whether the key is the recorded account's.
    pub account: bool,
}

/// By what differences are graded.
#[derive(Debug, Clone, Copy)]
pub struct Grading<'a> {
    /// Whose portfolio it is.
    pub portfolio: Portfolio,
    /// Whether a comparison of this process was complete before.
    pub later_run: bool,
    /// The account's worth, when it is known.
    pub nav: Option<Usd>,
    /// Dollars that one unit of an asset is worth, where it is known; dollar currencies are at par.
    pub marks: &'a BTreeMap<Asset, Price>,
    /// Increases up to so many dollars are booked as income.
    pub income_left: Usd,
    /// Differences worth less than so many dollars are rounding.
    pub dust: Usd,
}

/// An unexplained decrease above so many percent of NAV halts.
const HALT_PCT: i64 = 1;

/// Compares the records with what the venue shows.
pub fn reconcile(
    records: &Records<'_>,
    shown: &Shown<'_>,
    grading: &Grading<'_>,
    at: Timestamp,
) -> ReconciledFact {
    let mut found = Vec::new();
    if !shown.account {
        push(
            &mut found,
            Grade::Halt,
            FindingCode::WrongAccount,
            "account",
            "another",
            "the recorded",
        );
    }
    for (what, there) in [("orders", shown.look.is_some()), ("balances", shown.purses.is_some())] {
        if !there {
            let grade = if grading.later_run { Grade::Degraded } else { Grade::Info };
            push(&mut found, grade, FindingCode::Incomplete, what, "a part", "all of it");
        }
    }
    news(records, &mut found);
    own_orders(records, shown.look, &mut found);
    if let Some(look) = shown.look {
        foreign(records, look, grading, &mut found);
    }
    for (asset, qty) in records.positions.iter().filter(|(_, qty)| qty.is_sign_negative()) {
        let (found_text, none) = (qty.to_string(), "0 or more");
        push(&mut found, Grade::Halt, FindingCode::NegativeLot, asset.as_str(), &found_text, none);
    }
    if let Some(purses) = shown.purses {
        balances(records, shown.look, purses, grading, &mut found);
    }
    found.sort_by(|a, b| b.grade.cmp(&a.grade).then_with(|| a.cmp(b)));
    let complete = shown.account && shown.look.is_some() && shown.purses.is_some();
    ReconciledFact { at, complete, findings: found }
}

fn push(
    to: &mut Vec<Finding>,
    grade: Grade,
    code: FindingCode,
    subject: &str,
    found: &str,
    expected: &str,
) {
    let (subject, found) = (subject.to_owned(), found.to_owned());
    to.push(Finding { grade, code, subject, found, expected: expected.to_owned() });
}

/// What was missing in the records and is there now.
fn news(records: &Records<'_>, to: &mut Vec<Finding>) {
    for fact in records.news {
        if let Fact::Fill(fill) = fact {
            let subject = format!("intent {}", fill.intent.0);
            push(to, Grade::Info, FindingCode::MissingFill, &subject, &fill.entry_id, "on record");
        }
    }
}

/// Own orders: open as is known, unknown, or otherwise at the venue than in the records.
fn own_orders(records: &Records<'_>, look: Option<&Look>, to: &mut Vec<Finding>) {
    let listed: BTreeMap<_, _> = look
        .iter()
        .flat_map(|look| &look.orders)
        .filter_map(|seen| Some((records.orders.own(seen)?.sent().intent, seen)))
        .collect();
    // What is over and settled, and not shown, has nothing to differ by.
    let busy = records.orders.busy().map(|(intent, _)| intent);
    let looked_at: BTreeSet<_> = busy.chain(listed.keys().copied()).collect();
    for (intent, order) in
        looked_at.iter().filter_map(|intent| Some((*intent, records.orders.get(*intent)?)))
    {
        let subject = || format!("intent {}", intent.0);
        let (state, seen) = (order.state(), listed.get(&intent));
        if state == OrderState::Unknown {
            let shown = if seen.is_some() { "there" } else { "not there" };
            push(to, Grade::Degraded, FindingCode::UnknownOrder, &subject(), shown, state.as_str());
        }
        if order.has_reappeared() && state.is_live() {
            push(to, Grade::Degraded, FindingCode::Reappeared, &subject(), "there", state.as_str());
        }
        let covers = |look: &&Look| order.created.is_some_and(|created| look.from <= created);
        match seen {
            Some(seen) => {
                let other = seen.differs_from(order.sent());
                let over = state.is_over() && !seen.status.is_end();
                let ended = state.is_at_venue() && seen.status.is_end();
                let more = seen.filled > order.filled();
                if let Some(field) = other {
                    let expected = format!("the {field} that was sent");
                    let code = FindingCode::StatusMismatch;
                    push(to, Grade::Degraded, code, &subject(), "another", &expected);
                } else if over || ended || more {
                    let shown = format!("{}, {} filled", seen.status.as_str(), seen.filled);
                    let known = format!("{}, {} filled", state.as_str(), order.filled());
                    let code = FindingCode::StatusMismatch;
                    push(to, Grade::Degraded, code, &subject(), &shown, &known);
                } else if state.is_at_venue() {
                    let known = state.as_str();
                    push(to, Grade::Info, FindingCode::OpenOrder, &subject(), known, known);
                }
            }
            None if state.is_at_venue() && look.as_ref().is_some_and(covers) => {
                let code = FindingCode::StatusMismatch;
                push(to, Grade::Degraded, code, &subject(), "not there", state.as_str());
            }
            None => {}
        }
    }
}

/// What is not ours.
fn foreign(records: &Records<'_>, look: &Look, grading: &Grading<'_>, to: &mut Vec<Finding>) {
    if planted(Fault::ForeignUnseen) {
        return;
    }
    let grade = match grading.portfolio {
        Portfolio::Dedicated => Grade::Halt,
        Portfolio::Shared => Grade::Info,
    };
    for seen in look.orders.iter().filter(|seen| records.orders.own(seen).is_none()) {
        let (subject, found) = (&seen.venue_order_id, &seen.product);
        push(to, grade, FindingCode::ForeignOrder, subject, found, "none");
    }
    for fill in &look.fills {
        match records.orders.own_fill(fill) {
            None => {
                let (subject, found) = (&fill.entry_id, &fill.product);
                let ours = may_be_ours(records.orders, fill) && !planted(Fault::OwnIsForeign);
                let grade = if ours { Grade::Degraded } else { grade };
                push(to, grade, FindingCode::ForeignFill, subject, found, "none");
            }
            Some(order) if fill.kind.is_none() => {
                let subject = format!("intent {}", order.sent().intent.0);
                let code = FindingCode::StatusMismatch;
                let expected = "a fill of a known kind";
                push(to, Grade::Degraded, code, &subject, &fill.entry_id, expected);
            }
            Some(_) => {}
        }
    }
}

/// Balances against lots and purses. What an order is just filling cannot be compared: the next
/// comparison will.
fn balances(
    records: &Records<'_>,
    look: Option<&Look>,
    purses: &[Purse],
    grading: &Grading<'_>,
    to: &mut Vec<Finding>,
) {
    let (moving, unseen) = (moving(records, look), Unseen::of(records.orders, look, purses));
    let mut held: BTreeMap<Asset, Decimal> = BTreeMap::new();
    for purse in purses {
        let sum = purse.available.get().saturating_add(purse.held.get());
        *held.entry(purse.asset).or_default() += sum;
    }
    let of = |map: &BTreeMap<Asset, Decimal>, asset: &Asset| map.get(asset).copied();
    let assets: BTreeSet<Asset> =
        held.keys().chain(records.positions.keys()).chain(records.cash.keys()).copied().collect();
    for asset in assets.into_iter().filter(|asset| !moving.contains(asset)) {
        let there = of(&held, &asset).unwrap_or_default();
        let cash = of(records.cash, &asset);
        let expected = cash.or_else(|| of(records.positions, &asset)).unwrap_or_default();
        let coin = cash.is_none();
        let change = there.saturating_sub(expected);
        let own = unseen.explains(asset, change) && !planted(Fault::OwnIsForeign);
        let difference = Difference { asset, change, none: expected.is_zero(), coin, own };
        if let Some((grade, code)) = difference.grade(grading) {
            push(to, grade, code, asset.as_str(), &there.to_string(), &expected.to_string());
        }
    }
}

/// Assets and currencies of orders that fill while we look.
fn moving(records: &Records<'_>, look: Option<&Look>) -> BTreeSet<Asset> {
    let mut moving = BTreeSet::new();
    let fills = look.map_or(&[][..], |look| &look.fills);
    let unread = fills.iter().filter(|fill| fill.kind.is_none());
    let unread = unread.filter_map(|fill| records.orders.own_fill(fill));
    for order in records.orders.busy().map(|(_, order)| order).chain(unread) {
        let owed = !order.owed().is_zero();
        let unread = fills.iter().any(|fill| {
            order.venue_order_id() == Some(&fill.venue_order_id) && fill.kind.is_none()
        });
        if owed || unread || order.state() == OrderState::Committed {
            moving.insert(order.sent().asset);
            moving.extend(order.sent().product.quote().parse::<Asset>());
        }
    }
    moving
}

struct Difference {
    asset: Asset,
    /// Units that are there and not expected; negative where they are missing.
    change: Decimal,
    /// None is expected.
    none: bool,
    /// It is no currency that pays for orders.
    coin: bool,
    /// Own orders may have done it: whose doing it is, the next comparison knows.
    own: bool,
}

impl Difference {
    fn grade(&self, grading: &Grading<'_>) -> Option<(Grade, FindingCode)> {
        let change = self.change;
        let worth = self.worth(grading);
        if change.is_zero() || worth.is_some_and(|usd| usd.abs() < grading.dust.get()) {
            return None;
        }
        if change > Decimal::ZERO {
            if worth.is_some_and(|usd| usd <= grading.income_left.get()) {
                return Some((Grade::Info, FindingCode::Reward));
            }
            let foreign = self.coin && self.none && !self.own;
            return Some(match (foreign, grading.portfolio) {
                (true, Portfolio::Dedicated) => (Grade::Halt, FindingCode::ForeignCoins),
                (true, Portfolio::Shared) => (Grade::Info, FindingCode::ForeignCoins),
                (false, Portfolio::Shared) if self.coin => (Grade::Info, FindingCode::ForeignCoins),
                (false, _) => (Grade::Degraded, FindingCode::UnexplainedIncrease),
            });
        }
        let limit = |nav: Usd| nav.get().saturating_mul(Decimal::new(HALT_PCT, 2));
        let above = |(usd, nav): (Decimal, Usd)| usd.abs() > limit(nav);
        let large = !self.own && worth.zip(grading.nav).is_some_and(above);
        Some(match (large, self.coin) {
            (true, _) => (Grade::Halt, FindingCode::UnexplainedDecrease),
            (false, true) => (Grade::Degraded, FindingCode::BalanceBelowLedger),
            (false, false) => (Grade::Degraded, FindingCode::UnexplainedDecrease),
        })
    }

    /// Dollars; `None` when nobody knows what the asset is worth.
    fn worth(&self, grading: &Grading<'_>) -> Option<Decimal> {
        if self.asset.is_dollars() {
            return Some(self.change);
        }
        self.change.checked_mul(grading.marks.get(&self.asset)?.get())
    }
}
