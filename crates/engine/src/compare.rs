//! The records beside the venue: at the start, every few minutes, and after each reconnect.

use core::time::Duration;
use std::collections::BTreeMap;

use domain::planted::{Fault, planted};
use domain::{
    Amount, Asset, Fact, Flow, Grade, Latch, Price, Purse, ReconciledFact, Timestamp, Usd,
};
use execution::{Grading, Look, Records, Shown, reconcile};
use rust_decimal::Decimal;
use state::Holds;

use crate::event::Effects;
use crate::{Engine, EngineError};

/// Differences worth less than so many thousandths of a dollar are rounding.
const DUST_MILLIS: i64 = 10;

/// A balance that nothing explains is a flow when it is seen again so long after: one that is older
/// than the fills beside it explains itself by then.
const SEEN_AGAIN: Duration = Duration::from_secs(15);

/// And so long where orders rest that protect lots: they may do so for days, and what they fill is in
/// the lists before that.
const SEEN_AGAIN_BESIDE_BRACKETS: Duration = Duration::from_mins(1);

/// Changes that nothing explains, and since when they are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suspicion {
    since: Duration,
    changes: Vec<(Asset, Amount)>,
}

/// What the books come to, added up again only after something was booked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Booked {
    /// Facts that may have moved money or coins.
    bookings: u64,
    /// Up to which of them the rest was added up.
    through: u64,
    cash: Vec<(Asset, Decimal)>,
    /// Purses in which everything is explained.
    explained: Option<Vec<Purse>>,
    /// Purses in which a complete comparison found nothing.
    agreed: Option<Vec<Purse>>,
    /// Whether both are the same.
    alike: bool,
}

impl Booked {
    /// Takes note of a fact.
    pub(crate) const fn apply(&mut self, fact: &Fact) {
        if matches!(
            fact,
            Fact::Intent(_)
                | Fact::Fill(_)
                | Fact::Flow(_)
                | Fact::FlowConfirmed(_)
                | Fact::Adopted(_)
        ) {
            self.bookings += 1;
        }
    }

    /// How many of them there were: with the same number, lots and books are the same.
    pub(crate) const fn bookings(&self) -> u64 {
        self.bookings
    }

    /// Forgets what was added up before the newest booking.
    fn renew(&mut self) {
        if self.through != self.bookings {
            self.through = self.bookings;
            self.cash.clear();
            (self.explained, self.agreed, self.alike) = (None, None, false);
        }
    }
}

/// How records and venue compared last in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// They were not compared completely yet.
    NotCompared,
    /// They were, and something is to be seen to.
    Differs,
    /// They agree: something may be bought.
    Agrees,
}

impl Agreement {
    fn after(self, found: &ReconciledFact) -> Self {
        match self {
            Self::NotCompared if !found.complete => Self::NotCompared,
            _ if found.is_clean() => Self::Agrees,
            Self::NotCompared | Self::Differs | Self::Agrees => Self::Differs,
        }
    }
}

impl Engine {
    /// Takes in what is new, and latches what a person must see.
    pub(crate) fn compare(
        &mut self,
        at: Timestamp,
        look: Option<&Look>,
        purses: Option<&[Purse]>,
        account: bool,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let news = look.map(|look| self.orders.look(look)).unwrap_or_default();
        self.emit_all(news.clone(), effects)?;
        let found = if account && self.is_as_it_was(&news, look, purses) {
            self.suspicion = None;
            ReconciledFact { at, complete: true, findings: Vec::new() }
        } else {
            let marks = self.marks_of_now();
            if let Some(purses) = purses.filter(|_| account) {
                self.opening(at, purses, &marks, effects)?;
            }
            let found = self.differences(at, &news, look, purses, account, &marks)?;
            self.flows(at, purses, &found, &marks, effects)?;
            let agreed = found.complete && found.findings.is_empty();
            self.booked.agreed = purses.filter(|_| agreed).map(<[Purse]>::to_vec);
            self.booked.alike = self.booked.agreed == self.booked.explained;
            found
        };
        self.agreement = self.agreement.after(&found);
        let grade = found.grade();
        let latched = self.state.latches(at);
        let worst = found.findings.first().map_or_else(String::new, |finding| {
            format!("{} {}: {}", finding.code.as_str(), finding.subject, finding.found)
        });
        let clean = found.is_clean();
        self.emit(Fact::Reconciled(found), effects)?;
        let latch = match grade {
            Some(Grade::Halt) => Some(Latch::Halt),
            Some(Grade::Degraded) => Some(Latch::Reconciliation),
            Some(Grade::Info) | None => None,
        };
        if let Some(latch) = latch.filter(|latch| !latched.contains(latch)) {
            self.emit(Fact::Latched { at, latch, reason: worst }, effects)?;
        }
        if clean && latched.contains(&Latch::Reconciliation) {
            let reason = "records and venue agree".to_owned();
            self.emit(Fact::Resumed { at, latch: Latch::Reconciliation, reason }, effects)?;
        }
        Ok(())
    }

    /// Whether the venue shows nothing but the balances that were explained and found right before,
    /// while nothing was booked since and no order may move them.
    fn is_as_it_was(
        &mut self,
        news: &[Fact],
        look: Option<&Look>,
        purses: Option<&[Purse]>,
    ) -> bool {
        self.booked.renew();
        let (Booked { agreed, explained, alike, .. }, shown) = (&self.booked, purses.is_some());
        let still = look.is_some_and(|look| look.orders.is_empty() && look.fills.is_empty());
        news.is_empty()
            && still
            && shown
            && agreed.as_deref() == purses
            && (*alike || explained.as_deref() == purses)
            && self.orders.busy().next().is_none()
    }

    /// What a currency comes to by the books.
    fn booked(&mut self, asset: &Asset) -> Result<Decimal, domain::NumError> {
        self.booked.renew();
        if let Some((_, cash)) = self.booked.cash.iter().find(|(known, _)| known == asset) {
            return Ok(*cash);
        }
        let cash = self.state.booked(asset)?.get();
        self.booked.cash.push((*asset, cash));
        Ok(cash)
    }

    fn differences(
        &mut self,
        at: Timestamp,
        news: &[Fact],
        look: Option<&Look>,
        purses: Option<&[Purse]>,
        account: bool,
        marks: &BTreeMap<Asset, Price>,
    ) -> Result<ReconciledFact, EngineError> {
        let number = |error: domain::NumError| EngineError::Fact(error.to_string());
        let (mut positions, mut cash) = (BTreeMap::new(), BTreeMap::new());
        for purse in purses.unwrap_or_default().iter().filter(|purse| purse.asset.is_dollars()) {
            cash.insert(purse.asset, self.booked(&purse.asset).map_err(number)?);
        }
        let ledger = self.state.ledger();
        let coins = purses.unwrap_or_default().iter().map(|purse| purse.asset);
        let coins = coins.filter(|asset| !asset.is_dollars());
        for asset in ledger.lots().map(|lot| lot.asset).chain(coins) {
            positions.insert(asset, ledger.net(&asset).map_err(number)?.get());
        }
        let records = Records { orders: &self.orders, news, positions: &positions, cash: &cash };
        let shown = Shown { look, purses, account };
        let grading = Grading {
            portfolio: self.settings.custody.portfolio,
            later_run: self.agreement != Agreement::NotCompared,
            nav: self.cycle.nav,
            marks,
            income_left: self.state.flows().income_left(at, self.settings.custody.auto_reward),
            dust: Usd::new(Decimal::new(DUST_MILLIS, 3)).map_err(number)?,
        };
        Ok(reconcile(&records, &shown, &grading, at))
    }

    /// What is there when the records begin is nobody's gain.
    fn opening(
        &mut self,
        at: Timestamp,
        purses: &[Purse],
        marks: &BTreeMap<Asset, Price>,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        if self.state.flows().all().next().is_some() {
            return Ok(());
        }
        self.see_flows(at, purses, marks, effects)
    }

    /// Differences that are no error of the records are flows, put on record once, when they are
    /// seen again.
    fn flows(
        &mut self,
        at: Timestamp,
        purses: Option<&[Purse]>,
        found: &ReconciledFact,
        marks: &BTreeMap<Asset, Price>,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let Some(purses) = purses.filter(|_| found.complete) else { return Ok(()) };
        // While an order moves, or nobody knows whether it does, or a fill of it is still to be told,
        // nothing can be told from balances.
        let owes = |order: &execution::Order| !order.owed().is_zero() && !planted(Fault::HastyFlow);
        let mut rest = false;
        for (_, order) in self.orders.busy().filter(|(_, o)| o.state().is_live() || owes(o)) {
            if !order.is_quiet() {
                return Ok(());
            }
            rest = true;
        }
        let again = if rest { SEEN_AGAIN_BESIDE_BRACKETS } else { SEEN_AGAIN };
        let changes: Vec<_> = self
            .unexplained(at, purses, marks)?
            .into_iter()
            .map(|flow| (flow.asset, flow.change))
            .collect();
        let since = match self.suspicion.take().filter(|before| before.changes == changes) {
            Some(before) => before.since,
            None => self.mono,
        };
        if changes.is_empty() || self.mono >= since + again || planted(Fault::HastyFlow) {
            return self.see_flows(at, purses, marks, effects);
        }
        self.suspicion = Some(Suspicion { since, changes });
        Ok(())
    }

    fn see_flows(
        &mut self,
        at: Timestamp,
        purses: &[Purse],
        marks: &BTreeMap<Asset, Price>,
        effects: &mut Effects,
    ) -> Result<(), EngineError> {
        let flows = self.unexplained(at, purses, marks)?;
        self.emit_all(flows.into_iter().map(Fact::Flow).collect(), effects)
    }

    fn unexplained(
        &mut self,
        at: Timestamp,
        purses: &[Purse],
        marks: &BTreeMap<Asset, Price>,
    ) -> Result<Vec<Flow>, EngineError> {
        let number = |error: domain::NumError| EngineError::Fact(error.to_string());
        self.booked.renew();
        if self.booked.explained.as_deref() == Some(purses) {
            return Ok(Vec::new());
        }
        let mut holds = Vec::new();
        for purse in purses {
            let total = purse.available.plus(purse.held).map_err(number)?;
            holds.push(Holds {
                asset: purse.asset,
                total: Amount::new(total.get()).map_err(number)?,
                mark: marks.get(&purse.asset).copied(),
                pays: purse.asset.is_dollars(),
            });
        }
        let reward = self.settings.custody.auto_reward;
        let flows = self.state.unexplained(at, &holds, reward).map_err(number)?;
        self.booked.explained = flows.is_empty().then(|| purses.to_vec());
        self.booked.alike = false;
        Ok(flows)
    }

    /// Bids of now, by base currency.
    fn marks_of_now(&self) -> BTreeMap<Asset, Price> {
        let markets = self.markets.products.iter();
        let sound = |m: &domain::ProductMarket| m.quote.filter(|quote| quote.fault().is_none());
        markets.filter_map(|m| Some((m.product.base, sound(m)?.bid))).collect()
    }
}
