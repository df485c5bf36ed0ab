//! Everything that decides what the results of a search are.

use core::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::Value;

use crate::axis::Axis;
use crate::split::Split;

/// The layout of the files.
pub const SCHEMA: u32 = 2;

/// What is searched, and on what. Two searches with the same plan have the same results, whatever
/// machine, shard or thread played them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What the caller's runs depend on besides: configuration, data, fees.
    pub inputs: Value,
    /// What is tried.
    pub axes: Vec<Axis>,
    /// How many combinations are drawn, and from which seed; none for a grid.
    pub draws: Option<Draws>,
    /// Where choices are made and shown.
    pub splits: Vec<Split>,
    /// Candidates, those that are refused among them.
    pub candidates: usize,
}

/// A search at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Draws {
    /// How many combinations.
    pub many: usize,
    /// Of the generator.
    pub seed: u64,
}

impl Plan {
    /// The keys of the axes.
    pub fn keys(&self) -> Vec<String> {
        self.axes.iter().map(|axis| axis.key.clone()).collect()
    }
}

/// A part of the candidates: every n-th of them, from the i-th on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    at: usize,
    of: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { at: 0, of: 1 }
    }
}

impl Shard {
    /// Whether a candidate, by its place in the list, is part of it.
    pub const fn has(self, place: usize) -> bool {
        place % self.of == self.at
    }

    /// Whether it is everything.
    pub const fn is_whole(self) -> bool {
        self.of == 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at + 1, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(at, of)| Some((at.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((at, of)) if (1..=of).contains(&at) => Ok(Self { at: at - 1, of }),
            Some(_) | None => Err("give i/n with i from 1 to n, such as 2/8".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_part_the_candidates_without_rest_or_overlap() {
        for of in 1..=5 {
            for place in 0..23 {
                let shards = (1..=of).map(|at| format!("{at}/{of}").parse::<Shard>().unwrap());
                assert_eq!(shards.filter(|shard| shard.has(place)).count(), 1);
            }
        }
        for text in ["0/3", "4/3", "1/0", "1", "a/b", ""] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
