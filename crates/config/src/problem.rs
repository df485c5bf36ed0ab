//! What is wrong with a configuration, one entry a finding.

use core::fmt;
use std::path::PathBuf;

/// Findings beyond this many are counted, not printed.
const PRINTED: usize = 200;

/// What sort of finding it is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The file cannot be read.
    File,
    /// The text is not one plain YAML document.
    Syntax,
    /// A key that nobody reads.
    Unknown,
    /// A key, or an entry of a list, that is there twice.
    Duplicate,
    /// A key that is not there.
    Missing,
    /// A value of another type.
    Type,
    /// A word that is none of those allowed.
    Word,
    /// A text of another form: a product, an asset, a moment, a number.
    Form,
    /// A number, or the length of a list, outside its range.
    Range,
    /// Values that cannot both be meant.
    Contradiction,
    /// A name that another file does not have.
    Reference,
    /// A secret, which no file may hold.
    Secret,
    /// `${NAME}` where it is not expanded, or names nothing.
    Env,
}

impl Kind {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Syntax => "syntax",
            Self::Unknown => "unknown",
            Self::Duplicate => "duplicate",
            Self::Missing => "missing",
            Self::Type => "type",
            Self::Word => "word",
            Self::Form => "form",
            Self::Range => "range",
            Self::Contradiction => "contradiction",
            Self::Reference => "reference",
            Self::Secret => "secret",
            Self::Env => "env",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort.
    pub kind: Kind,
    /// The file, as given.
    pub file: PathBuf,
    /// Line and column, from 1, where known.
    pub at: Option<(usize, usize)>,
    /// The dotted key, where known: `caps.clusters_pct.MEME`, `events[1].until`.
    pub key: Option<String>,
    /// The value as written, what is wrong with it and what would be right. A secret is not shown.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        match &self.key {
            Some(key) => write!(f, ": {key}: {}", self.what),
            None => write!(f, ": {}", self.what),
        }
    }
}

/// The configuration cannot be used: every problem of every file, sorted by file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {}:\n{}", count(.0), lines(.0))]
pub struct ConfigError(pub Vec<Problem>);

fn count(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    }
}

fn lines(problems: &[Problem]) -> String {
    let mut lines: Vec<_> = problems.iter().take(PRINTED).map(|p| format!("  {p}")).collect();
    if let Some(more) = problems.len().checked_sub(PRINTED).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines.join("\n")
}
