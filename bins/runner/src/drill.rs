//! `runner halt --drill`: a kill in earnest, with the times of what it does, read off the records.

use core::time::Duration;
use std::io::Write;

use domain::{Fact, IntentId, Latch, Side, Timestamp};
use execution::OrderState;
use serde_json::json;

use crate::Failure;
use crate::cli::Format;
use crate::clock::Stopwatch;
use crate::orders::folded;
use crate::style::{BAD, GOOD, paint};

/// What was seen up to now, each time since the command began.
pub(crate) struct Drill {
    watch: Stopwatch,
    /// How many facts there were when the command began.
    before: usize,
    /// Entries that were known to be at the venue when the kill was put on record.
    known: Vec<IntentId>,
    detected: Option<Duration>,
    cancels: Option<Duration>,
    closed: Option<Duration>,
    latched_at: Option<Timestamp>,
    last_entry: Option<Timestamp>,
    entries_after: usize,
    unknown: usize,
}

impl Drill {
    /// Begins now, with so many facts on record.
    pub(crate) fn begin(before: usize) -> Self {
        Self {
            watch: Stopwatch::start(),
            before,
            known: Vec::new(),
            detected: None,
            cancels: None,
            closed: None,
            latched_at: None,
            last_entry: None,
            entries_after: 0,
            unknown: 0,
        }
    }

    /// How long it takes by now.
    pub(crate) fn elapsed(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Takes what is on record now.
    pub(crate) fn observe(&mut self, facts: &[Fact]) {
        let is_kill = |fact: &Fact| matches!(fact, Fact::Latched { latch: Latch::Kill, .. });
        let fresh = facts.iter().enumerate().skip(self.before);
        let Some((kill, fact)) = fresh.into_iter().find(|(_, fact)| is_kill(fact)) else { return };
        let (earlier, later) = facts.split_at(kill);
        let elapsed = self.watch.elapsed();
        if self.detected.is_none() {
            self.detected = Some(elapsed);
            self.latched_at = Some(fact.at());
            let known = folded(earlier);
            let known = known.live().filter(|(_, o)| o.is_entry() && o.state().is_at_venue());
            self.known = known.map(|(intent, _)| intent).collect();
        }
        let orders = folded(facts);
        let over = |intent: &IntentId| orders.get(*intent).is_none_or(|o| !o.state().is_live());
        let asked = |intent: &IntentId| {
            later.iter().any(|fact| matches!(fact, Fact::Cancel { intent: of, .. } if of == intent))
        };
        if self.known.iter().all(|intent| asked(intent) || over(intent)) {
            self.cancels.get_or_insert(elapsed);
        }
        if self.known.iter().all(over) {
            self.closed.get_or_insert(elapsed);
        }
        let entry = |fact: &&Fact| matches!(fact, Fact::Intent(sent) if sent.side == Side::Buy);
        self.entries_after = later.iter().filter(entry).count();
        self.last_entry = facts.iter().rev().find(entry).map(Fact::at);
        let unknown = |state: OrderState| {
            matches!(state, OrderState::Unknown | OrderState::Committed | OrderState::Planned)
        };
        let live = orders.live().filter(|(_, o)| o.is_entry() && unknown(o.state()));
        self.unknown = live.count();
    }

    /// Whether nothing is left to wait for.
    pub(crate) const fn is_over(&self) -> bool {
        self.closed.is_some() && self.unknown == 0
    }

    /// Whether all of it was seen, and nothing was bought after the kill.
    pub(crate) const fn is_passed(&self) -> bool {
        self.is_over() && self.entries_after == 0
    }

    /// Prints the times.
    pub(crate) fn show(&self, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
        let millis = |time: Option<Duration>| time.map(|time| time.as_millis());
        let before_kill = self.latched_at.zip(self.last_entry);
        let before_kill = before_kill.map(|(kill, entry)| kill.millis() - entry.millis());
        if format == Format::Json {
            let value = json!({
                "schema": 1, "passed": self.is_passed(),
                "detected_ms": millis(self.detected), "cancels_ms": millis(self.cancels),
                "closed_ms": millis(self.closed), "known_orders": self.known.len(),
                "entries_after": self.entries_after, "unknown_orders": self.unknown,
                "last_entry_ms_before_kill": before_kill,
            });
            writeln!(out, "{value}")?;
            return Ok(());
        }
        let known = self.known.len();
        let time = |time: Option<Duration>| {
            time.map_or_else(|| paint(BAD, "not yet"), |t| format!("{} ms", t.as_millis()))
        };
        let last = before_kill.map_or_else(
            || "none on record".to_owned(),
            |ms| format!("{ms} ms before the kill was on record"),
        );
        writeln!(out, "  detected, on record    {}", time(self.detected))?;
        writeln!(out, "  last entry submitted   {last}; {} after it", self.entries_after)?;
        writeln!(out, "  cancels sent           {}, {known} orders", time(self.cancels))?;
        writeln!(out, "  all known closed       {}", time(self.closed))?;
        writeln!(out, "  unknown orders left    {}", self.unknown)?;
        let passed = if self.is_passed() { paint(GOOD, "passed") } else { paint(BAD, "failed") };
        writeln!(out, "{passed}; the kill stays: `runner resume kill --reason WHY` ends it")?;
        Ok(())
    }
}
