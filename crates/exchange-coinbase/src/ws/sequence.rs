//! The numbers of a connection's messages.

/// What a message's number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is the next one.
    Next,
    /// It was seen already, or comes late after a gap that was noticed: it says nothing new.
    Old,
    /// Messages are missing before it.
    Gap {
        /// The number that was due.
        due: u64,
    },
}

/// Follows the numbers of one connection: from 0, one more for every message of any channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequence {
    due: u64,
}

impl Sequence {
    /// Takes a message's number. After a gap it goes on behind the message that showed it.
    pub fn take(&mut self, number: u64) -> Step {
        let due = self.due;
        if number < due {
            return Step::Old;
        }
        self.due = number.saturating_add(1);
        if number == due { Step::Next } else { Step::Gap { due } }
    }
}
