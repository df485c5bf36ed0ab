//! What was checked, how close it came, and what was broken.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde::Serialize;

use crate::num::Num;

/// Something that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Each boot has the whole text of its policy, and it is the one the hash names.
    PolicyText,
    /// Each grant was given under the policy in force, with a life of at most two seconds, on
    /// facts that were the newest.
    Grant,
    /// A grant says again what the policy approved, once, and pacing counts it.
    Approval,
    /// Each intent spends one grant, once, while it holds.
    Intent,
    /// Intents are numbered without a gap.
    IntentNumbers,
    /// No intent leaves the bounds of its grant.
    GrantBounds,
    /// Worst cases are quantity × limit × (1 + fee).
    WorstCase,
    /// Fills belong to an intent and stay within it.
    Fill,
    /// An order that is over has all the fills that it is said to have.
    MissingFill,
    /// The venue's answers belong to intents, one each.
    Answer,
    /// A recorded NAV is the account's money and its positions at their marks.
    Nav,
    /// No entries while anything is latched.
    Latch,
    /// No LIVE entries without permission.
    ModeGate,
    /// No entries in unknown weather.
    RegimeUnknown,
    /// Loss of the day.
    DailyStop,
    /// Loss of the week.
    WeeklyStop,
    /// Loss from the peak.
    MaxDrawdown,
    /// Exposure in all.
    TotalCap,
    /// Exposure of one asset.
    PositionCap,
    /// Exposure of one cluster.
    ClusterCap,
    /// Exposure of one tier.
    TierCap,
    /// Positions at the same time.
    MaxOpenPositions,
    /// Positions opened in one cycle.
    NewPositionsPerCycle,
    /// The largest order.
    OrderTooLarge,
    /// The smallest order.
    BelowMinOrder,
    /// Multiples of the increments.
    Increments,
    /// The purse that pays.
    InsufficientFunds,
    /// Entries in 24 hours.
    TradesPerDay,
    /// Entries in an hour.
    TradesPerHour,
    /// Entry orders in a day and in an hour.
    Attempts,
    /// Between two entries.
    Spacing,
    /// Between two entries of one asset.
    SymbolSpacing,
    /// An asset's pause after a sale.
    SymbolCooldown,
    /// Adds to a position in a day.
    AddsLimit,
    /// A pause after losses in a row.
    LossStreak,
    /// An event is used once.
    TriggerUsed,
    /// A product's status.
    ProductStatus,
    /// Books that cannot be priced by.
    BadBook,
    /// The age of quote and book.
    StaleQuote,
    /// The age of candles.
    StaleCandles,
    /// The spread.
    Spread,
    /// The thinner side of the book.
    Depth,
    /// The average price of taking it.
    Slippage,
    /// The furthest price.
    Collar,
    /// A jump within five minutes.
    PriceJump,
    /// Conviction.
    MinConviction,
    /// Stops and targets.
    StopBounds,
    /// A pause after errors of the venue.
    ApiErrors,
    /// A pause after it asked for fewer requests.
    RateLimited,
    /// Refused orders.
    RejectStorm,
    /// Orders whose outcome nobody knows.
    TooManyUnknown,
    /// Messages in a minute.
    MessageRate,
    /// An own sale of the same asset.
    SelfTrade,
    /// The same order a moment ago.
    Duplicate,
    /// Executed entries of one asset.
    ExecutionThrottle,
    /// A sale is no larger than what is held and not being sold.
    ExceedsHolding,
    /// A sale is priced by something fresh, and not further below it than the ladder goes.
    ExitPrice,
    /// No exits while they are frozen.
    ExitControl,
}

/// One row of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// How often it was checked.
    pub checked: u64,
    /// How often it did not hold, or could not be checked for want of a fact.
    pub violations: u64,
    /// The most of a limit that was used, basis points of it (10000: all); `None` for what has no
    /// size.
    pub worst_use_bps: Option<i128>,
}

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The number of the fact that shows it.
    pub fact: u64,
    /// When.
    pub at: Timestamp,
    /// What it breaks.
    pub check: Check,
    /// About what: an order, a product, a boot.
    pub subject: String,
    /// What was found, and what would be right.
    pub what: String,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// How many facts were read.
    pub facts: u64,
    /// How many grants were judged.
    pub grants: u64,
    /// How many intents were judged.
    pub intents: u64,
    /// Row by row.
    pub checks: BTreeMap<Check, Tally>,
    /// The first violations, in order; the rows count them all.
    pub violations: Vec<Violation>,
}

impl Report {
    /// How many violations there are.
    pub fn violation_count(&self) -> u64 {
        self.checks.values().map(|tally| tally.violations).sum()
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.violation_count() == 0
    }
}

/// So many violations are told one by one.
const MOST_TOLD: usize = 1000;

/// Where checks write to: the report and what the fact under review is.
#[derive(Debug)]
pub(crate) struct Pen<'a> {
    pub(crate) report: &'a mut Report,
    pub(crate) fact: u64,
    pub(crate) at: Timestamp,
    /// Whether this fact is judged, or only folded because it comes before what was asked for.
    pub(crate) judged: bool,
}

impl Pen<'_> {
    /// A yes or no.
    pub(crate) fn holds(
        &mut self,
        check: Check,
        holds: bool,
        subject: &str,
        what: impl FnOnce() -> String,
    ) {
        self.row(check, holds, None, subject, what);
    }

    /// Something found that may be at most a limit; `None` is a number that is missing or does not
    /// fit, and breaks it.
    pub(crate) fn at_most(
        &mut self,
        check: Check,
        found: Option<Num>,
        limit: Option<Num>,
        subject: &str,
    ) {
        let (Some(found), Some(limit)) = (found, limit) else {
            return self.missing(check, subject, "a number that it needs");
        };
        let used = found.used_of(limit);
        self.row(check, found <= limit, used, subject, || format!("{found} is above {limit}"));
    }

    /// Something found that must be at least a limit.
    pub(crate) fn at_least(
        &mut self,
        check: Check,
        found: Option<Num>,
        limit: Option<Num>,
        subject: &str,
    ) {
        let (Some(found), Some(limit)) = (found, limit) else {
            return self.missing(check, subject, "a number that it needs");
        };
        let used = limit.used_of(found).or((found == limit).then_some(10_000));
        self.row(check, found >= limit, used, subject, || format!("{found} is below {limit}"));
    }

    /// A fact that a check needs is not on record.
    pub(crate) fn missing(&mut self, check: Check, subject: &str, what: &str) {
        self.row(check, false, None, subject, || format!("{what} is not on record"));
    }

    pub(crate) fn row(
        &mut self,
        check: Check,
        holds: bool,
        used: Option<i128>,
        subject: &str,
        what: impl FnOnce() -> String,
    ) {
        if !self.judged {
            return;
        }
        let tally = self.report.checks.entry(check).or_default();
        tally.checked += 1;
        tally.worst_use_bps = tally.worst_use_bps.max(used);
        if holds {
            return;
        }
        tally.violations += 1;
        if self.report.violations.len() < MOST_TOLD {
            let (fact, at, subject) = (self.fact, self.at, subject.to_owned());
            self.report.violations.push(Violation { fact, at, check, subject, what: what() });
        }
    }
}
