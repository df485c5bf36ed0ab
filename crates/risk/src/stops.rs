//! Loss stops: two readings set a latch, and latches say what may still be done.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Asset, ControlState, Latch, Timestamp};

use crate::{Counters, KillExits, Limits};

/// How far apart the two NAVs are that set a latch, seconds.
pub const STOP_CONFIRM_SECS: i64 = 10;

/// Waits for the second reading: a stop trips on NAVs that are all at or beyond it and lie at
/// least [`STOP_CONFIRM_SECS`] apart. One better reading in between starts over; a reading without
/// a NAV says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopWatch {
    since: BTreeMap<Latch, Timestamp>,
}

impl StopWatch {
    /// Takes the stops that the NAV of a moment has reached; returns those that trip now.
    pub fn observe(&mut self, at: Timestamp, reached: &[Latch]) -> Vec<Latch> {
        self.since.retain(|latch, _| reached.contains(latch));
        let mut tripped = Vec::new();
        for latch in reached {
            let since = self.since.entry(*latch).or_insert(at);
            // A clock that stepped back starts the wait again.
            *since = (*since).min(at);
            if at >= since.plus_secs(STOP_CONFIRM_SECS) {
                tripped.push(*latch);
            }
        }
        tripped
    }
}

impl Limits {
    /// What latches allow: a halt, and a kill under `freeze`, leave only an operator's flatten; any
    /// other latch leaves reductions.
    pub fn control(&self, latches: &BTreeSet<Latch>) -> ControlState {
        let freeze = self.policy().control.kill_exits == KillExits::Freeze;
        if latches.contains(&Latch::Halt) || (freeze && latches.contains(&Latch::Kill)) {
            ControlState::Halted
        } else if latches.is_empty() {
            ControlState::Active
        } else {
            ControlState::ReduceOnly
        }
    }

    /// The asset whose entries executed so often that a person must look, if there is one.
    pub fn repeats<'a>(&self, counters: &'a Counters, now: Timestamp) -> Option<&'a Asset> {
        let messages = &self.policy().messages;
        if counters.executed().count() < messages.repeated_executions as usize {
            return None;
        }
        counters.executed().find(|asset| {
            let found = counters.executed_in(asset, messages.repeated_secs, now);
            found >= messages.repeated_executions
        })
    }
}
