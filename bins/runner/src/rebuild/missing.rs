//! What the venue has of this account's orders and the records do not: a pure difference. It adds,
//! and takes nothing away.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Asset, BootId, ClientOrderId, Ending, ExitPlan, Fact, FillKind, IntentFact, IntentId,
    NamesFact, OrderEnd, Price, ProductId, QuoteAmt, Side, SubmitFact, SubmitOutcome, Tier,
    Timestamp, VenueStatus,
};
use exchange::{VenueFill, VenueOrder};
use execution::ClientNames;
use rust_decimal::Decimal;

/// So many numbers beyond those on record are looked for: what was sent after a backup.
const BEYOND: u64 = 2_000;

/// Orders that an operator says were the bot's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// All that nobody else is known to have sent.
    pub(crate) all: bool,
    /// These, by the venue's id.
    pub(crate) ids: BTreeSet<String>,
}

/// What the venue cannot say of an order that is not on record.
pub(crate) struct Terms<'a> {
    /// How a lot is left whose plan is lost.
    pub(crate) plan: ExitPlan,
    /// The tier of a product.
    pub(crate) tier: &'a dyn Fn(&ProductId) -> Tier,
    /// A process that never was: by its names no order at the venue is taken for another.
    pub(crate) boot: BootId,
}

/// An order that the records lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    /// The number it gets.
    pub(crate) intent: IntentId,
    /// As the venue has it.
    pub(crate) order: VenueOrder,
}

/// The difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Missing {
    /// What is to be appended, in this order.
    pub(crate) facts: Vec<Fact>,
    /// Orders that are not on record.
    pub(crate) orders: Vec<Lost>,
    /// Orders that nothing on record names: another program's, or those of a process that came
    /// after the records.
    pub(crate) strangers: Vec<VenueOrder>,
    /// Fills of no order that is listed or on record.
    pub(crate) stray: Vec<VenueFill>,
    /// What keeps the difference from being appended, in words.
    pub(crate) unfit: Vec<String>,
}

impl Missing {
    /// The fills among the facts.
    pub(crate) fn fills(&self) -> impl Iterator<Item = &domain::Fill> {
        self.facts
            .iter()
            .filter_map(|fact| if let Fact::Fill(fill) = fact { Some(&**fill) } else { None })
    }
}

/// What is on record, by every name that the venue may use.
#[derive(Default)]
struct Known<'a> {
    intents: BTreeMap<IntentId, &'a IntentFact>,
    by_venue: BTreeMap<&'a str, IntentId>,
    by_client: BTreeMap<ClientOrderId, IntentId>,
    fills: BTreeSet<&'a str>,
    /// Each process with the first number that it named.
    processes: Vec<(NamesFact, u64)>,
    newest: u64,
}

impl<'a> Known<'a> {
    fn of(facts: &'a [Fact]) -> Self {
        let (mut known, mut names) = (Self::default(), ClientNames::default());
        for fact in facts {
            names.apply(fact);
            if let Fact::Named(named) = fact {
                known.processes.push((*named, known.newest + 1));
            } else if let Fact::Intent(sent) = fact {
                known.newest = known.newest.max(sent.intent.0);
                known.intents.insert(sent.intent, sent);
                known.by_client.extend(names.of(sent.intent).map(|name| (name, sent.intent)));
            } else if let Fact::Adopted(adoption) = fact {
                known.newest = known.newest.max(adoption.lot.0.0);
            } else if let Fact::Submitted(answer) = fact
                && let SubmitOutcome::Accepted { venue_order_id } = &answer.outcome
            {
                known.by_venue.insert(venue_order_id, answer.intent);
            } else if let Fact::Seen(report) = fact {
                known.by_venue.insert(&report.venue_order_id, report.intent);
            } else if let Fact::Fill(fill) = fact {
                known.fills.insert(&fill.entry_id);
            }
        }
        known
    }

    /// The order on record that the venue shows.
    fn order(&self, seen: &VenueOrder) -> Option<IntentId> {
        let named = seen.client_order_id.parse().ok().map(ClientOrderId);
        let by_name = named.and_then(|name| self.by_client.get(&name));
        by_name.or_else(|| self.by_venue.get(seen.venue_order_id.as_str())).copied()
    }

    /// The names that the processes on record gave, or would have given, to orders that are not.
    fn names(&self) -> BTreeSet<ClientOrderId> {
        let most = self.newest.saturating_add(BEYOND);
        let names = self.processes.iter().flat_map(|(named, first)| {
            (*first..=most).map(|number| named.client_order_id(IntentId(number)))
        });
        names.filter(|name| !self.by_client.contains_key(name)).collect()
    }
}

/// What the records lack of what the venue shows. Both lists are complete from one moment on, and
/// the fills were asked for after the orders.
pub(crate) fn missing(
    facts: &[Fact],
    (orders, fills): (&[VenueOrder], &[VenueFill]),
    claims: &Claims,
    terms: &Terms<'_>,
    at: Timestamp,
) -> Missing {
    let known = Known::of(facts);
    let (names, mut found) = (known.names(), Missing::default());
    let mut by_order: BTreeMap<&str, Vec<&VenueFill>> = BTreeMap::new();
    for fill in fills.iter().filter(|fill| !known.fills.contains(fill.entry_id.as_str())) {
        by_order.entry(&fill.venue_order_id).or_default().push(fill);
    }
    for of_order in by_order.values_mut() {
        of_order.sort_by(|a, b| (a.at, &a.entry_id).cmp(&(b.at, &b.entry_id)));
    }
    let mut lost = Vec::new();
    let mut own: BTreeMap<&str, IntentId> = known.by_venue.clone();
    for order in orders {
        let named = order.client_order_id.parse().ok().map(ClientOrderId);
        let claimed = claims.all || claims.ids.contains(&order.venue_order_id);
        if let Some(intent) = known.order(order) {
            own.insert(&order.venue_order_id, intent);
        } else if claimed || named.is_some_and(|name| names.contains(&name)) {
            lost.push(order);
        } else {
            by_order.remove(order.venue_order_id.as_str());
            found.strangers.push(order.clone());
        }
    }
    for (id, intent) in own {
        let Some(sent) = known.intents.get(&intent) else { continue };
        let more = by_order.remove(id).unwrap_or_default();
        book(sent, &more, &mut found);
    }
    lost.sort_by(|a, b| (a.created, &a.venue_order_id).cmp(&(b.created, &b.venue_order_id)));
    if let Some((named, _)) = known.processes.last().filter(|_| !lost.is_empty()) {
        found.facts.push(Fact::Named(NamesFact { at, journal: named.journal, boot: terms.boot }));
    } else if !lost.is_empty() {
        let why = "no process on record named orders: these are not the records of this account";
        found.unfit.push(why.to_owned());
    }
    for (number, order) in (known.newest + 1..).zip(lost) {
        let fills = by_order.remove(order.venue_order_id.as_str()).unwrap_or_default();
        recover(IntentId(number), order, &fills, terms, &mut found);
    }
    found.stray = by_order.into_values().flatten().cloned().collect();
    found
}

/// Fills of an order as facts.
fn book(sent: &IntentFact, fills: &[&VenueFill], to: &mut Missing) {
    for fill in fills {
        match fill.fact(sent) {
            Some(fact) => to.facts.push(Fact::Fill(Box::new(fact))),
            None => to.unfit.push(format!(
                "fill {} of order {} is of a kind that nobody knows",
                fill.entry_id, fill.venue_order_id
            )),
        }
    }
}

/// An order that is not on record, from what the venue says of it.
fn recover(
    intent: IntentId,
    order: &VenueOrder,
    fills: &[&VenueFill],
    terms: &Terms<'_>,
    to: &mut Missing,
) {
    let sent = match sent(intent, order, fills, terms) {
        Ok(sent) => sent,
        Err(why) => return to.unfit.push(format!("order {}: {why}", order.venue_order_id)),
    };
    let how = match order.status {
        VenueStatus::Filled => Ending::Filled,
        VenueStatus::Cancelled => Ending::Cancelled,
        VenueStatus::Expired => Ending::Expired,
        VenueStatus::Failed => Ending::Failed,
        VenueStatus::Pending
        | VenueStatus::Open
        | VenueStatus::Unknown
        | VenueStatus::Queued
        | VenueStatus::CancelQueued
        | VenueStatus::EditQueued => {
            return to.unfit.push(format!(
                "order {} is {}: cancel it at the venue, or wait until it is over",
                order.venue_order_id,
                order.status.as_str()
            ));
        }
    };
    let (created, venue_order_id) = (order.created, order.venue_order_id.clone());
    let outcome = SubmitOutcome::Accepted { venue_order_id };
    to.facts.push(Fact::Intent(Box::new(sent.clone())));
    to.facts.push(Fact::Submitted(SubmitFact { at: created, intent, outcome }));
    let before = to.facts.len();
    book(&sent, fills, to);
    let told = filled(to.facts.get(before..).unwrap_or_default());
    if told != order.filled.get() {
        to.unfit.push(format!(
            "order {} filled {}, and the fills that are told come to {told}",
            order.venue_order_id, order.filled
        ));
    }
    let last = fills.iter().map(|fill| fill.at).max();
    let at = order.updated.into_iter().chain(last).fold(created, Ord::max);
    let end = OrderEnd { at, intent, filled: order.filled, how: Some(how) };
    to.facts.push(Fact::OrderEnd(end));
    to.orders.push(Lost { intent, order: order.clone() });
}

/// What fills of one order come to, as far as they add. What was taken back or replaced is for the
/// ledger, and the sums below tell whether it came out right.
fn filled(facts: &[Fact]) -> Decimal {
    let adds = facts.iter().filter_map(|fact| {
        let Fact::Fill(fill) = fact else { return None };
        matches!(fill.kind, FillKind::Fill | FillKind::Synthetic).then(|| fill.qty.get())
    });
    adds.fold(Decimal::ZERO, Decimal::saturating_add).normalize()
}

fn sent(
    intent: IntentId,
    order: &VenueOrder,
    fills: &[&VenueFill],
    terms: &Terms<'_>,
) -> Result<IntentFact, String> {
    let product: ProductId =
        order.product.parse().map_err(|error: domain::IdError| error.to_string())?;
    let asset: Asset = product.base().parse().map_err(|e: domain::IdError| e.to_string())?;
    let prices = fills.iter().map(|fill| fill.price);
    // Without a limit, no fill was worse than the worst.
    let worst: Option<Price> = match order.side {
        Side::Buy => prices.max(),
        Side::Sell => prices.min(),
    };
    let limit = order.limit.or(worst).ok_or("it has neither a limit nor a fill")?;
    let qty = order.qty.unwrap_or(order.filled);
    let worst_case = match order.side {
        Side::Sell => QuoteAmt::ZERO,
        Side::Buy => {
            let value = limit.times(qty).map_err(|error| error.to_string())?;
            value.plus(order.fees.unwrap_or(QuoteAmt::ZERO)).map_err(|error| error.to_string())?
        }
    };
    Ok(IntentFact {
        at: order.created,
        intent,
        product,
        asset,
        tier: (terms.tier)(&product),
        side: order.side,
        qty,
        limit,
        worst_case,
        plan: (order.side == Side::Buy).then_some(terms.plan),
        grant: None,
        parent: None,
        time_in_force: None,
    })
}
