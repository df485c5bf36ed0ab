//! From a text to a tree, or to the first thing that makes it none.
//!
//! Anchors, aliases, tags and further documents are refused: no file needs them, and without them a
//! small text is a small tree.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::{Entry, Mark, Node, Scalar, Value};

/// Deeper nesting than this is a mistake.
const DEEPEST: usize = 16;
/// More values than this are a mistake.
const MOST: usize = 20_000;

/// Why a text is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where.
    pub(crate) at: Mark,
    /// What, and what would be right.
    pub(crate) what: String,
}

/// A mapping or list that has begun, and what will be its key where it has one.
struct Open {
    node: Node,
    key: Option<(String, Mark)>,
}

/// Builds the tree, one event at a time.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    values: usize,
}

/// Reads one document.
///
/// # Errors
/// The first [`Fault`].
pub(crate) fn read(text: &str) -> Result<Node, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let what = format!("{}; the rest of the file was not read", error.info());
            Fault { at: mark(*error.marker()), what }
        })?;
        builder.take(event, mark(span.start))?;
    }
    let empty = "is empty; start from the shipped file";
    builder.root.ok_or_else(|| Fault { at: Mark::START, what: empty.to_owned() })
}

/// The parser counts columns from 0.
fn mark(at: Marker) -> Mark {
    Mark { line: at.line().max(1), column: at.col().saturating_add(1) }
}

fn fault(at: Mark, what: &str) -> Fault {
    Fault { at, what: what.to_owned() }
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Mark) -> Result<(), Fault> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.documents += 1;
                let second = "a second document begins here; a file is one document";
                if self.documents > 1 { Err(fault(at, second)) } else { Ok(()) }
            }
            Event::Alias(_) => {
                Err(fault(at, "an alias is not understood here; write the value out"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                plain_node(at, anchor, tag.is_some())?;
                let quoted = style != ScalarStyle::Plain;
                self.scalar(at, Scalar::new(text.into_owned(), quoted))
            }
            Event::SequenceStart(anchor, tag) => {
                plain_node(at, anchor, tag.is_some())?;
                self.begin(at, Value::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                plain_node(at, anchor, tag.is_some())?;
                self.begin(at, Value::Mapping(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(done) => self.put(at, done.node),
                None => Err(fault(at, "something ends here that never began")),
            },
        }
    }

    fn begin(&mut self, at: Mark, value: Value) -> Result<(), Fault> {
        if self.wants_key() {
            return Err(fault(at, "a key must be a word, not a list or a mapping"));
        }
        if self.open.len() >= DEEPEST {
            return Err(fault(at, "is nested deeper than any key of ours"));
        }
        self.open.push(Open { node: Node { at, value }, key: None });
        Ok(())
    }

    fn scalar(&mut self, at: Mark, scalar: Scalar) -> Result<(), Fault> {
        if self.wants_key()
            && let Some(open) = self.open.last_mut()
        {
            open.key = Some((scalar.text, at));
            return Ok(());
        }
        self.put(at, Node { at, value: Value::Scalar(scalar) })
    }

    /// Whether the next node is a key.
    fn wants_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| open.key.is_none() && matches!(open.node.value, Value::Mapping(_)))
    }

    /// Puts a finished node where it belongs.
    fn put(&mut self, at: Mark, node: Node) -> Result<(), Fault> {
        self.values += 1;
        if self.values > MOST {
            return Err(fault(at, "the file has more values than any of ours needs"));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::Mapping(entries), Some((key, at))) => entries.push(Entry { key, at, node }),
            (Value::List(items), _) => items.push(node),
            (Value::Mapping(_) | Value::Scalar(_), _) => {
                return Err(fault(at, "a value has no key"));
            }
        }
        Ok(())
    }
}

fn plain_node(at: Mark, anchor: usize, tagged: bool) -> Result<(), Fault> {
    if anchor != 0 {
        return Err(fault(at, "an anchor (&) is not understood here; write the value out"));
    }
    if tagged {
        return Err(fault(at, "a tag (!) is not understood here; leave it out"));
    }
    Ok(())
}
