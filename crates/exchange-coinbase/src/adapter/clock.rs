//! The venue's time: measured now and then, counted with the monotonic clock in between.

use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Timestamp;

/// A streamed time may correct ours forward by so much; more is not believed.
const BELIEVED: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
struct Known {
    /// Monotonic time and the venue's at that moment.
    anchor: Option<(Duration, Timestamp)>,
    /// When the venue was last asked, with or without an answer.
    asked: Option<Duration>,
    /// The newest time that was given out.
    told: Option<Timestamp>,
}

/// The venue's clock as far as we know it. It never goes back.
#[derive(Debug, Default)]
pub(super) struct VenueClock(Mutex<Known>);

impl VenueClock {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The venue said `at` to a question asked at `sent` and answered at `received`: it showed that
    /// somewhere in between, on average in the middle.
    pub(super) fn measured(&self, sent: Duration, received: Duration, at: Timestamp) {
        let middle = sent + received.saturating_sub(sent) / 2;
        let mut known = self.lock();
        (known.anchor, known.asked) = (Some((middle, at)), Some(received));
    }

    /// The venue did not answer; it is not asked again at every turn.
    pub(super) fn unanswered(&self, mono: Duration) {
        self.lock().asked = Some(mono);
    }

    /// A message that the venue sent at `at` arrived: it cannot be earlier there.
    pub(super) fn at_least(&self, mono: Duration, at: Timestamp) {
        let mut known = self.lock();
        let Some(now) = known.now(mono) else { return };
        if at > now && at <= now + BELIEVED {
            known.anchor = Some((mono, at));
        }
    }

    /// The venue's time; `None` before it was ever measured.
    pub(super) fn now(&self, mono: Duration) -> Option<Timestamp> {
        let mut known = self.lock();
        let now = known.now(mono)?.max(known.told.unwrap_or(Timestamp::from_millis(i64::MIN)));
        known.told = Some(now);
        Some(now)
    }

    /// Whether it is so long ago that the venue was asked.
    pub(super) fn is_older(&self, mono: Duration, age: Duration) -> bool {
        self.lock().asked.is_none_or(|asked| mono.saturating_sub(asked) > age)
    }
}

impl Known {
    fn now(&self, mono: Duration) -> Option<Timestamp> {
        let (then, at) = self.anchor?;
        Some(at + mono.saturating_sub(then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn it_counts_from_the_middle_of_the_question_and_never_goes_back() {
        let clock = VenueClock::default();
        assert_eq!(clock.now(secs(1)), None);
        clock.measured(secs(10), secs(12), Timestamp::from_secs(1_000));
        assert_eq!(clock.now(secs(21)), Some(Timestamp::from_secs(1_010)));
        clock.measured(secs(22), secs(22), Timestamp::from_secs(1_005));
        assert_eq!(clock.now(secs(22)), Some(Timestamp::from_secs(1_010)));
        assert_eq!(clock.now(secs(30)), Some(Timestamp::from_secs(1_013)));
    }

    #[test]
    fn a_streamed_time_corrects_it_forward_and_not_by_much() {
        let clock = VenueClock::default();
        clock.measured(secs(0), secs(0), Timestamp::from_secs(1_000));
        clock.at_least(secs(5), Timestamp::from_secs(1_006));
        assert_eq!(clock.now(secs(5)), Some(Timestamp::from_secs(1_006)));
        clock.at_least(secs(5), Timestamp::from_secs(1_002));
        clock.at_least(secs(5), Timestamp::from_secs(9_999));
        assert_eq!(clock.now(secs(6)), Some(Timestamp::from_secs(1_007)));
    }
}
