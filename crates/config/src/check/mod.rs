//! A marked tree against the schema of its file: every problem, and the values that are sound.

mod bounds;
mod scalar;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};

pub(crate) use bounds::Bounds;
pub(crate) use scalar::{allows, wanted};
pub(crate) use words::{allowed as allowed_words, either, nearest, unit};

use crate::env::Lookup;
use crate::schema::Keys;
use crate::secret::{self, shown_key};
use crate::tree::{self, Entry, Mark, Node};
use crate::{Kind, Problem};

/// Where a key and its value are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The key; an item of a list has none and is its own.
    pub(crate) key: Mark,
    /// Where a problem with the value points: a scalar itself, the key of anything larger.
    pub(crate) value: Mark,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Checked {
    /// What is wrong with it.
    pub(crate) problems: Vec<Problem>,
    /// The shipped values, and over them whatever the file says that is sound.
    pub(crate) values: Value,
    /// Every key of the file.
    pub(crate) spots: BTreeMap<String, Spot>,
    /// Keys whose value is not what the file says.
    pub(crate) unsound: Vec<String>,
    /// Lists of which only some items are sound, with the places of those in the file.
    pub(crate) kept: BTreeMap<String, Vec<usize>>,
}

/// What a file is held against.
#[derive(Clone, Copy)]
pub(crate) struct Against<'a> {
    /// How the file is called in messages.
    pub(crate) file: &'a Path,
    /// Its schema.
    pub(crate) schema: &'a Value,
    /// What is shipped.
    pub(crate) shipped: &'a Value,
    /// The keys of all files.
    pub(crate) keys: &'a Keys,
    /// The environment.
    pub(crate) env: Lookup<'a>,
}

/// Holds a tree against its schema.
pub(crate) fn check(root: &Node, against: Against<'_>) -> Checked {
    let mut walk = Walk { against, out: Checked::default() };
    let spot = Spot { key: Mark::START, value: Mark::START };
    let values = walk.node(root, against.schema, Some(against.shipped), "", spot);
    walk.out.values = values.unwrap_or_else(|| against.shipped.clone());
    walk.out
}

struct Walk<'a> {
    against: Against<'a>,
    out: Checked,
}

/// A mapping while it is read.
struct Members<'a> {
    first: BTreeMap<&'a str, Mark>,
    meant: BTreeSet<String>,
    values: Map<String, Value>,
}

impl Walk<'_> {
    fn say(&mut self, kind: Kind, at: Mark, path: &str, what: impl Into<String>) {
        self.out.problems.push(Problem {
            kind,
            file: self.against.file.to_owned(),
            at: Some((at.line, at.column)),
            key: (!path.is_empty()).then(|| path.to_owned()),
            what: what.into(),
        });
    }

    /// The value of a node, or nothing when it is not sound; mappings fill up with what is shipped.
    fn node(
        &mut self,
        node: &Node,
        schema: &Value,
        shipped: Option<&Value>,
        path: &str,
        spot: Spot,
    ) -> Option<Value> {
        let value = match &node.value {
            tree::Value::Scalar(scalar) => {
                let checked = scalar::check(scalar, schema, path, self.against.env);
                checked.map_err(|(kind, what)| self.say(kind, spot.value, path, what)).ok()
            }
            tree::Value::Mapping(entries) if allows(schema, "object") => {
                self.mapping(entries, schema, shipped, path, spot)
            }
            tree::Value::List(items) if allows(schema, "array") => {
                self.list(items, schema, path, spot)
            }
            tree::Value::Mapping(_) | tree::Value::List(_) => {
                let list = matches!(node.value, tree::Value::List(_));
                let is = if list { "a list" } else { "a mapping of keys to values" };
                let what = format!("is {is}; give {}", wanted(schema, path));
                self.say(Kind::Type, spot.value, path, what);
                self.secrets(node, path);
                None
            }
        };
        if value.is_none() {
            self.out.unsound.push(path.to_owned());
        }
        value
    }

    fn list(&mut self, items: &[Node], schema: &Value, path: &str, spot: Spot) -> Option<Value> {
        let mut sound = true;
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
        if (items.len() as u64) < least {
            self.say(Kind::Range, spot.value, path, format!("is empty; give at least {least}"));
            sound = false;
        }
        let once = schema.get("uniqueItems").and_then(Value::as_bool) == Some(true);
        let inner = schema.get("items").unwrap_or(&Value::Null);
        let mut first = BTreeMap::new();
        let (mut values, mut places) = (Vec::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let spot = Spot { key: item.at, value: item.at };
            self.out.spots.insert(path.clone(), spot);
            let mut value = self.node(item, inner, None, &path, spot);
            if let (true, Some(Value::String(text))) = (once, &value)
                && let Some(before) = first.insert(text.clone(), item.at)
            {
                let what =
                    format!("{} is already on line {}; keep one", secret::shown(text), before.line);
                self.say(Kind::Duplicate, item.at, &path, what);
                self.out.unsound.push(path);
                value = None;
            }
            if let Some(value) = value {
                values.push(value);
                places.push(at);
            }
        }
        if places.len() < items.len() {
            self.out.kept.insert(path.to_owned(), places);
        }
        sound.then_some(Value::Array(values))
    }

    fn mapping(
        &mut self,
        entries: &[Entry],
        schema: &Value,
        shipped: Option<&Value>,
        path: &str,
        spot: Spot,
    ) -> Option<Value> {
        let mut members =
            Members { first: BTreeMap::new(), meant: BTreeSet::new(), values: Map::new() };
        for entry in entries {
            self.entry(entry, schema, shipped, path, &mut members);
        }
        let complete = self.missing(schema, shipped, path, spot, &mut members);
        complete.then_some(Value::Object(members.values))
    }

    fn entry<'a>(
        &mut self,
        entry: &'a Entry,
        schema: &Value,
        shipped: Option<&Value>,
        parent: &str,
        members: &mut Members<'a>,
    ) {
        let path = joined(parent, &shown_key(&entry.key));
        if let Some(before) = members.first.get(entry.key.as_str()) {
            let what = format!("is already on line {}; keep one", before.line);
            self.say(Kind::Duplicate, entry.at, &path, what);
            self.secrets(&entry.node, &path);
            self.out.unsound.push(path);
            return;
        }
        members.first.insert(&entry.key, entry.at);
        let named = schema.get("properties").and_then(|p| p.get(&entry.key));
        let free = schema.get("additionalProperties").filter(|each| each.is_object());
        let Some(inner) = named.or(free) else {
            self.unknown(entry, schema, parent, &path, members);
            return;
        };
        let names = schema.get("propertyNames").filter(|_| named.is_none());
        if let Some(Err((kind, what))) = names.map(|form| scalar::name(&entry.key, form)) {
            self.say(kind, entry.at, &path, what);
            self.out.unsound.push(path);
            return;
        }
        let is_scalar = matches!(entry.node.value, tree::Value::Scalar(_));
        let value = if is_scalar { entry.node.at } else { entry.at };
        let spot = Spot { key: entry.at, value };
        self.out.spots.insert(path.clone(), spot);
        let usual = shipped.and_then(|all| all.get(&entry.key));
        let value = self.node(&entry.node, inner, usual, &path, spot);
        if let Some(value) = value.or_else(|| usual.cloned()) {
            members.values.insert(entry.key.clone(), value);
        }
    }

    fn unknown(
        &mut self,
        entry: &Entry,
        schema: &Value,
        parent: &str,
        path: &str,
        members: &mut Members<'_>,
    ) {
        if secret::sounds(&entry.key) || secret::looks(&entry.key) {
            let what = format!("sounds like a secret; {}", secret::WHERE);
            self.say(Kind::Secret, entry.at, path, what);
            return;
        }
        let names = schema.get("properties").and_then(Value::as_object);
        let near = names.and_then(|all| words::nearest(&entry.key, all.keys().map(String::as_str)));
        let hint = if let Some(near) = near {
            members.meant.insert(near.to_owned());
            format!("; did you mean {near}?")
        } else if let Some(place) = self.against.keys.place(&entry.key, self.against.file, parent) {
            format!("; {place}")
        } else if let Some(all) = names {
            let all: Vec<_> = all.keys().map(String::as_str).collect();
            format!("; here are {}", all.join(", "))
        } else {
            String::new()
        };
        let what = format!("is not a key that anything reads{hint}");
        self.say(Kind::Unknown, entry.at, path, what);
        self.secrets(&entry.node, path);
    }

    /// Fills up with what is shipped; whether nothing is left open.
    fn missing(
        &mut self,
        schema: &Value,
        shipped: Option<&Value>,
        path: &str,
        spot: Spot,
        members: &mut Members<'_>,
    ) -> bool {
        let required = schema.get("required").and_then(Value::as_array);
        let mut complete = true;
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            let usual = shipped.and_then(|all| all.get(key));
            if !members.first.contains_key(key) {
                let path = joined(path, key);
                if !members.meant.contains(key) {
                    let inner = schema.pointer(&format!("/properties/{key}"));
                    let what = absent(inner.unwrap_or(&Value::Null), usual, &path);
                    self.say(Kind::Missing, spot.key, &path, what);
                }
                self.out.unsound.push(path);
            }
            if !members.values.contains_key(key) {
                match usual {
                    Some(usual) => {
                        members.values.insert(key.to_owned(), usual.clone());
                    }
                    None => complete = false,
                }
            }
        }
        complete
    }

    /// Secrets are looked for even where nothing else is.
    fn secrets(&mut self, node: &Node, path: &str) {
        match &node.value {
            tree::Value::Scalar(scalar) if secret::looks(&scalar.text) => {
                let what = format!("looks like a secret; {}", secret::WHERE);
                self.say(Kind::Secret, node.at, path, what);
            }
            tree::Value::Scalar(_) => {}
            tree::Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.secrets(item, &format!("{path}[{at}]"));
                }
            }
            tree::Value::Mapping(entries) => {
                for entry in entries {
                    let path = joined(path, &shown_key(&entry.key));
                    if secret::sounds(&entry.key) || secret::looks(&entry.key) {
                        let what = format!("sounds like a secret; {}", secret::WHERE);
                        self.say(Kind::Secret, entry.at, &path, what);
                    } else {
                        self.secrets(&entry.node, &path);
                    }
                }
            }
        }
    }
}

/// What a missing key would be.
fn absent(schema: &Value, usual: Option<&Value>, path: &str) -> String {
    let says = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let first = says.split_inclusive(". ").next().unwrap_or_default();
    let first = first.replace('\n', " ").trim().trim_end_matches('.').to_owned();
    let first = if first.is_empty() { first } else { format!(": {first}") };
    let usual = usual.map(Value::to_string).filter(|usual| usual.len() <= 60);
    let usual = usual.map(|usual| format!(" (shipped: {usual})")).unwrap_or_default();
    format!("is missing; give {}{first}{usual}", wanted(schema, path))
}

/// A key within its parent.
pub(crate) fn joined(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}
