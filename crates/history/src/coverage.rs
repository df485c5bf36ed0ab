//! What was asked about: a span without bars in which nobody traded is no gap.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use domain::{Granularity, ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::HistoryError;
use crate::file::replace;

/// The file's name in a product's folder.
const NAME: &str = "coverage.json";

/// A span of time: from its first moment to the first after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

/// For which spans a product's candles were asked for and answered completely.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<String, Vec<Span>>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    spans: BTreeMap<String, Vec<Span>>,
}

/// The one layout there is.
const SCHEMA: u32 = 1;

impl Coverage {
    /// Where a product's file is.
    pub fn place(dir: &Path, product: &ProductId) -> PathBuf {
        dir.join(product.as_str()).join(NAME)
    }

    /// What the file of a product says; nothing when there is none.
    ///
    /// # Errors
    /// [`HistoryError::Unreadable`] naming the file.
    pub fn read(dir: &Path, product: &ProductId) -> Result<Self, HistoryError> {
        let path = Self::place(dir, product);
        let unreadable = |why: String| HistoryError::Unreadable { file: path.clone(), why };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let file: File = serde_json::from_str(&text).map_err(|e| unreadable(e.to_string()))?;
        if file.schema != SCHEMA {
            return Err(unreadable(format!("its schema is {}, not {SCHEMA}", file.schema)));
        }
        let mut read = Self::default();
        for (granularity, spans) in file.spans {
            let known: Granularity = granularity
                .parse()
                .map_err(|()| unreadable(format!("{granularity:?} is no length of candles")))?;
            for span in spans {
                if span.from >= span.to {
                    return Err(unreadable(format!("a span ends at {} before it begins", span.to)));
                }
                read.add(known, span);
            }
        }
        Ok(read)
    }

    /// Writes it to the product's folder, whole or not at all.
    ///
    /// # Errors
    /// [`HistoryError::Unwritable`] naming the file.
    pub fn write(&self, dir: &Path, product: &ProductId) -> Result<(), HistoryError> {
        let file = File { schema: SCHEMA, spans: self.0.clone() };
        replace(&Self::place(dir, product), |out| {
            let text = serde_json::to_string_pretty(&file).map_err(|e| e.to_string())?;
            writeln!(out, "{text}").map_err(|e| e.to_string())
        })
    }

    /// Adds a span; spans that touch become one.
    pub fn add(&mut self, granularity: Granularity, span: Span) {
        let spans = self.0.entry(granularity.as_str().to_owned()).or_default();
        spans.push(span);
        spans.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans.drain(..) {
            match merged.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                Some(_) | None => merged.push(span),
            }
        }
        *spans = merged;
    }

    /// The spans of a length of candles, sorted, apart.
    pub fn spans(&self, granularity: Granularity) -> &[Span] {
        self.0.get(granularity.as_str()).map_or(&[], Vec::as_slice)
    }

    /// The parts of a span that are missing, oldest first.
    pub fn missing(&self, granularity: Granularity, wanted: Span) -> Vec<Span> {
        let mut missing = Vec::new();
        let mut from = wanted.from;
        for span in self.spans(granularity) {
            if span.to <= from {
                continue;
            }
            if span.from >= wanted.to {
                break;
            }
            if span.from > from {
                missing.push(Span { from, to: span.from });
            }
            from = span.to;
        }
        if from < wanted.to {
            missing.push(Span { from, to: wanted.to });
        }
        missing
    }

    /// All spans of all lengths.
    pub fn all(&self) -> impl Iterator<Item = Span> {
        self.0.values().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn span(from: i64, to: i64) -> Span {
        Span { from: Timestamp::from_secs(from), to: Timestamp::from_secs(to) }
    }

    #[test]
    fn spans_that_touch_become_one_and_what_is_missing_is_what_lies_between() {
        let mut coverage = Coverage::default();
        for (from, to) in [(100, 200), (300, 400), (200, 250), (390, 500)] {
            coverage.add(Granularity::M5, span(from, to));
        }
        assert_eq!(coverage.spans(Granularity::M5), [span(100, 250), span(300, 500)]);
        assert_eq!(coverage.spans(Granularity::H1), []);
        let cases = [
            (span(0, 600), vec![span(0, 100), span(250, 300), span(500, 600)]),
            (span(120, 240), vec![]),
            (span(240, 310), vec![span(250, 300)]),
            (span(500, 501), vec![span(500, 501)]),
        ];
        for (wanted, missing) in cases {
            assert_eq!(coverage.missing(Granularity::M5, wanted), missing, "{wanted:?}");
        }
    }

    #[test]
    fn it_is_read_as_it_was_written_and_nonsense_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let product: ProductId = "BTC-USD".parse().unwrap();
        assert_eq!(Coverage::read(dir.path(), &product).unwrap(), Coverage::default());
        let mut coverage = Coverage::default();
        coverage.add(Granularity::M5, span(0, 300));
        coverage.add(Granularity::H1, span(3600, 7200));
        coverage.write(dir.path(), &product).unwrap();
        assert_eq!(Coverage::read(dir.path(), &product).unwrap(), coverage);
        let from = "1970-01-01T01:00:00Z";
        for (text, says) in [
            ("{".to_owned(), "EOF"),
            (r#"{"schema":2,"spans":{}}"#.to_owned(), "schema is 2"),
            (r#"{"schema":1,"spans":{"7m":[]}}"#.to_owned(), "\"7m\""),
            (
                format!(r#"{{"schema":1,"spans":{{"5m":[{{"from":"{from}","to":"{from}"}}]}}}}"#),
                "ends",
            ),
        ] {
            std::fs::write(Coverage::place(dir.path(), &product), text).unwrap();
            let error = Coverage::read(dir.path(), &product).unwrap_err().to_string();
            assert!(error.contains("coverage.json") && error.contains(says), "{error}");
        }
    }
}
