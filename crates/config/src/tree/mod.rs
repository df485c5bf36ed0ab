//! A YAML file as a tree that remembers where everything was written.

mod read;
mod scalar;

pub(crate) use read::read;
pub(crate) use scalar::{Meaning, Scalar};

/// A place in a file; line and column count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    /// The line.
    pub(crate) line: usize,
    /// The column, in characters.
    pub(crate) column: usize,
}

impl Mark {
    /// The first character.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Its first character.
    pub(crate) at: Mark,
    /// What it is.
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Keys in the order of the file; a key that is written twice is here twice.
    Mapping(Vec<Entry>),
    /// Items.
    List(Vec<Node>),
    /// One word, number or text.
    Scalar(Scalar),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The key as written, without quotes.
    pub(crate) key: String,
    /// Where the key starts.
    pub(crate) at: Mark,
    /// Its value.
    pub(crate) node: Node,
}
