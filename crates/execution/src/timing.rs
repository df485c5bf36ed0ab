//! How long what is waited for.

use core::time::Duration;

/// Spans of the life of orders. All are counted by the clock that never steps back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A resting entry is cancelled after so long; before the venue ends it by itself.
    pub cancel_entry: Duration,
    /// So often a resting entry is priced again.
    pub reprices: u32,
    /// Whether the rest of an entry takes from the book, within its collar, at last.
    pub take: bool,
    /// No next step of an entry so long after its first order.
    pub entry: Duration,
    /// A cancel that came to nothing is asked for again after so long.
    pub cancel_again: Duration,
    /// An order at the venue is asked about so often.
    pub ask: Duration,
    /// Everything is listed so often while an order is unknown.
    pub list: Duration,
    /// For so long a request for an order can be admitted by the venue after it was signed.
    pub credential_life: Duration,
    /// So late a listing may be.
    pub listing_lag: Duration,
    /// The two listings that prove an absence are so far apart.
    pub between_listings: Duration,
    /// An order that is unknown for so long needs a person.
    pub unknown_for: Duration,
    /// A lot that nobody watches over for so long needs a person.
    pub unprotected_for: Duration,
    /// The longest wait between tries to sell.
    pub exit_backoff: Duration,
    /// The longest wait between tries to have the venue protect a lot.
    pub bracket_backoff: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            cancel_entry: Duration::from_secs(15),
            reprices: 1,
            take: false,
            entry: Duration::from_secs(90),
            cancel_again: Duration::from_secs(5),
            ask: Duration::from_secs(10),
            list: Duration::from_secs(5),
            credential_life: Duration::from_secs(10),
            listing_lag: Duration::from_secs(15),
            between_listings: Duration::from_secs(5),
            unknown_for: Duration::from_mins(10),
            unprotected_for: Duration::from_secs(10),
            exit_backoff: Duration::from_secs(30),
            bracket_backoff: Duration::from_mins(15),
        }
    }
}

impl Timing {
    /// What the clocks of two machines may disagree by.
    pub const CLOCKS: Duration = Duration::from_secs(2);
    /// An order is looked for among those made so long before it was sent, seconds.
    pub const LOOK_BACK_SECS: i64 = 300;

    /// No listing that was asked for earlier than this after sending, or after the start of the
    /// process, says anything about an absence.
    pub fn may_still_arrive(&self) -> Duration {
        self.credential_life + Self::CLOCKS + self.listing_lag
    }

    /// How long to wait after so many tries to sell in a row that sold nothing: 1, 2, 4 s and so
    /// on, up to [`Self::exit_backoff`]. It never stops trying.
    pub fn exit_wait(&self, failures: u32) -> Duration {
        doubled(failures).min(self.exit_backoff)
    }

    /// The same of tries to have the venue protect a lot, up to [`Self::bracket_backoff`].
    pub fn bracket_wait(&self, failures: u32) -> Duration {
        doubled(failures).min(self.bracket_backoff)
    }
}

/// Nothing, 1, 2, 4 s and so on.
fn doubled(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else { return Duration::ZERO };
    Duration::from_secs(1_u64.checked_shl(doublings).unwrap_or(u64::MAX))
}
