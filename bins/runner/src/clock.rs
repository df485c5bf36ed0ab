//! The one place that reads the machine's clock: to measure stages and to date what an operator
//! says, never to decide.

use core::time::Duration;
use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use domain::Timestamp;
use engine::{Probe, StageName};

/// Measures stages in milliseconds of monotonic time.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    last: Instant,
    began: Instant,
    stages: BTreeMap<String, f64>,
}

impl Stopwatch {
    /// Starts now.
    pub(crate) fn start() -> Self {
        let now = read();
        Self { last: now, began: now, stages: BTreeMap::new() }
    }

    /// Ends a part that is no stage of the engine.
    pub(crate) fn lap(&mut self, name: &'static str) {
        let now = read();
        let millis = now.duration_since(self.last).as_secs_f64() * 1e3;
        *self.stages.entry(name.to_owned()).or_default() += (millis * 1e3).round() / 1e3;
        self.last = now;
    }

    /// Since it was started.
    pub(crate) fn elapsed(&self) -> Duration {
        read().duration_since(self.began)
    }

    /// Milliseconds by stage.
    pub(crate) const fn stages(&self) -> &BTreeMap<String, f64> {
        &self.stages
    }
}

impl Probe for Stopwatch {
    fn ended(&mut self, stage: StageName) {
        self.lap(stage.as_str());
    }
}

#[expect(clippy::disallowed_methods, reason = "durations for stage_ms; no decision reads them")]
fn read() -> Instant {
    Instant::now()
}

/// The machine's UTC time.
#[expect(clippy::disallowed_methods, reason = "dates what an operator says")]
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
