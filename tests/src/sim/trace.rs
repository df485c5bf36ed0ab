//! What happened in a run, as one number, and in words where somebody asked for them.

use core::fmt::{self, Write as _};

use domain::Timestamp;

/// A running digest (FNV-1a, 64 bits) of everything that happened, in the order of it.
#[derive(Debug)]
pub(crate) struct Trace {
    digest: u64,
    story: Option<Vec<String>>,
}

struct Digest<'a>(&'a mut u64);

impl fmt::Write for Digest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.0 = (*self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Ok(())
    }
}

impl Trace {
    pub(crate) fn new(seed: u64, story: bool) -> Self {
        let digest = 0xcbf2_9ce4_8422_2325 ^ seed;
        Self { digest, story: story.then(Vec::new) }
    }

    pub(crate) fn note(&mut self, at: Timestamp, what: &fmt::Arguments<'_>) {
        // Writing to a number does not fail.
        let _never = writeln!(Digest(&mut self.digest), "{} {what}", at.millis());
        if let Some(story) = &mut self.story {
            story.push(format!("{at} {what}"));
        }
    }

    pub(crate) const fn digest(&self) -> u64 {
        self.digest
    }

    pub(crate) fn story(self) -> Vec<String> {
        self.story.unwrap_or_default()
    }
}
