//! The reference of the four files: a JSON Schema for editors, and a page for people.

use serde_json::Value;

use crate::FILES;
use crate::check::{Bounds, allowed_words, allows, either, unit};
use crate::schema::{SHIPPED, schemas, shipped};
use crate::tree;

/// Names and texts of the generated files of `docs/reference/config`, two for each of [`FILES`].
pub fn reference() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let all = FILES.into_iter().zip(schemas()).zip(shipped()).zip(SHIPPED);
    for (((file, schema), shipped), text) in all {
        let stem = file.trim_end_matches(".yaml");
        out.push((format!("{stem}.schema.json"), format!("{schema:#}\n")));
        let order = tree::read(text).ok();
        out.push((format!("{stem}.md"), page(file, stem, &schema, &shipped, order.as_ref())));
    }
    out
}

/// Which crate reads a section.
fn reader(file: &str, section: &str) -> &'static str {
    match (file, section) {
        ("app.yaml", "execution" | "orders") => "execution",
        ("app.yaml", _) => "runner",
        ("policy.yaml", _) => "risk",
        ("universe.yaml", _) => "universe",
        (_, "regime") => "regime",
        (_, "triggers") => "triggers",
        _ => "rules",
    }
}

fn page(
    file: &str,
    stem: &str,
    schema: &Value,
    shipped: &Value,
    order: Option<&tree::Node>,
) -> String {
    let mut page = format!(
        "# {file}\n\n{}\n\nThis page and [{stem}.schema.json]({stem}.schema.json) are generated from \
         the types that read the file: `cargo xtask docs`. Every key must be there.\n",
        words(schema)
    );
    let keys = in_order(schema, order);
    let (sections, single): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|(_, inner, _)| is_section(inner));
    if !single.is_empty() {
        page.push_str("\n## Top level\n\n");
        page.push_str(&table(file));
        for (key, inner, _) in single {
            page.push_str(&row(key, key, inner, shipped.get(key), Some(reader(file, key))));
        }
    }
    for (section, inner, order) in sections {
        let (says, reader) = (words(inner), reader(file, section));
        page.extend(["\n## ", section, "\n\n", &says, " Read by `", reader, "`.\n\n", &table("")]);
        rows(&mut page, section, "", inner, shipped.get(section), order);
    }
    page
}

/// The head of a table; keys at the top of a file each have a reader.
fn table(file: &str) -> String {
    let (reader, line) = if file.is_empty() { ("", "") } else { (" read by |", "---|") };
    format!("| key | type | allowed | shipped | meaning |{reader}\n|---|---|---|---|---|{line}\n")
}

/// Members of a schema in the order of the shipped file.
fn in_order<'a>(
    schema: &'a Value,
    order: Option<&'a tree::Node>,
) -> Vec<(&'a str, &'a Value, Option<&'a tree::Node>)> {
    let entries = match order.map(|node| &node.value) {
        Some(tree::Value::Mapping(entries)) => entries.as_slice(),
        _ => &[],
    };
    let place = |key: &str| entries.iter().position(|entry| entry.key == key);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut all: Vec<_> = properties
        .into_iter()
        .flatten()
        .map(|(key, inner)| {
            let node = place(key).and_then(|at| entries.get(at)).map(|entry| &entry.node);
            (key.as_str(), inner, node)
        })
        .collect();
    all.sort_by_key(|(key, ..)| place(key).unwrap_or(usize::MAX));
    all
}

/// A mapping that is more than one value for each tier or regime.
fn is_section(schema: &Value) -> bool {
    schema.get("properties").is_some() && alike(schema).is_none()
}

/// The schema that all members of a mapping share, apart from their descriptions.
fn alike(schema: &Value) -> Option<Value> {
    let members = schema.get("properties").and_then(Value::as_object)?;
    let bare = |schema: &Value| {
        let mut bare = schema.clone();
        if let Some(object) = bare.as_object_mut() {
            object.remove("description");
        }
        bare
    };
    let first = bare(members.values().next()?);
    let scalars = first.get("properties").is_none() && !allows(&first, "array");
    let number = allows(&first, "number") || allows(&first, "integer");
    let several = members.len() > 2;
    (several && scalars && number && members.values().all(|m| bare(m) == first)).then_some(first)
}

fn rows(
    page: &mut String,
    section: &str,
    parent: &str,
    schema: &Value,
    shipped: Option<&Value>,
    order: Option<&tree::Node>,
) {
    for (key, inner, order) in in_order(schema, order) {
        let name = crate::check::joined(parent, key);
        let path = crate::check::joined(section, &name);
        let usual = shipped.and_then(|all| all.get(key));
        if is_section(inner) {
            rows(page, section, &name, inner, usual, order);
        } else {
            page.push_str(&row(&name, &path, inner, usual, None));
        }
    }
}

fn row(
    name: &str,
    path: &str,
    schema: &Value,
    shipped: Option<&Value>,
    reader: Option<&str>,
) -> String {
    let members = alike(schema).map(|shared| {
        let names = schema.get("properties").and_then(Value::as_object);
        let names: Vec<_> = names.into_iter().flat_map(|all| all.keys().cloned()).collect();
        (shared, names.join(", "))
    });
    let (kind, allowed) = match &members {
        Some((shared, names)) => {
            (format!("{} for each of {names}", kind(shared, path)), allowed(shared))
        }
        None => (kind(schema, path), allowed(schema)),
    };
    let shipped = shipped.map_or_else(String::new, shown);
    let reader = reader.map(|reader| format!(" `{reader}` |")).unwrap_or_default();
    let cells = [format!("`{name}`"), kind, allowed, shipped, words(schema)];
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |{reader}\n", cells.join(" | "))
}

/// The type, and what it counts in.
fn kind(schema: &Value, path: &str) -> String {
    let format = schema.get("format").and_then(Value::as_str);
    let mut text = if schema.get("oneOf").is_some() || schema.get("enum").is_some() {
        "word".to_owned()
    } else if allows(schema, "array") {
        let inner = schema.get("items").unwrap_or(&Value::Null);
        let each = if inner.get("properties").is_some() { members(inner) } else { kind(inner, "") };
        format!("list: {each}")
    } else if let Some(each) = schema.get("additionalProperties").filter(|each| each.is_object()) {
        format!("for each name: {}", kind(each, path))
    } else if format == Some("decimal") {
        "exact number".to_owned()
    } else if allows(schema, "integer") {
        "whole number".to_owned()
    } else if allows(schema, "number") {
        "number".to_owned()
    } else if allows(schema, "boolean") {
        "true or false".to_owned()
    } else {
        match format {
            Some("asset") => "currency",
            Some("product") => "product",
            Some("date-time") => "moment",
            Some("path") => "path",
            Some("rest-address" | "market-address" | "user-address") => "address",
            _ => "text",
        }
        .to_owned()
    };
    let number = allows(schema, "number") || allows(schema, "integer");
    if let Some(unit) = unit(path).filter(|_| number) {
        text.extend([", ", unit]);
    }
    if allows(schema, "null") {
        text.push_str(", or null");
    }
    text
}

/// The keys of a mapping in a list.
fn members(schema: &Value) -> String {
    let all = schema.get("properties").and_then(Value::as_object);
    let each = all.into_iter().flatten().map(|(key, inner)| {
        let kind = allowed_words(inner).map_or_else(|| kind(inner, key), |all| either(&all));
        format!("`{key}` ({kind})")
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The range, or the words with their meanings.
fn allowed(schema: &Value) -> String {
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        let one = |variant: &Value| {
            let word = variant.get("const").and_then(Value::as_str).unwrap_or_default();
            format!("`{word}`: {}", words(variant))
        };
        return variants.iter().map(one).collect::<Vec<_>>().join(" ");
    }
    if schema.get("x-env").is_some() {
        return "may name variables: `${NAME}`".to_owned();
    }
    let inner = schema.get("additionalProperties").filter(|each| each.is_object());
    let mut parts: Vec<String> = Bounds::of(inner.unwrap_or(schema)).words().into_iter().collect();
    if let Some(least) = schema.get("minItems") {
        parts.push(format!("at least {least}"));
    }
    if schema.get("uniqueItems").is_some() {
        parts.push("each once".to_owned());
    }
    if let Some(items) = schema.get("items").filter(|items| items.get("oneOf").is_some()) {
        parts.push(allowed(items));
    }
    parts.join("; ")
}

/// A shipped value as a file would say it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Array(all) if all.len() > 4 => format!("{} names", all.len()),
        Value::Object(all) if all.values().any(Value::is_array) => {
            let names: Vec<_> = all.keys().map(String::as_str).collect();
            format!("`{}`", names.join("`, `"))
        }
        Value::Object(_) => flow(value).replace(':', ": "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => flow(value),
    }
}

fn flow(value: &Value) -> String {
    format!("`{}`", value.to_string().replace('"', "").replace(',', ", "))
}

/// A description as prose: on one line, links to code as code.
fn words(schema: &Value) -> String {
    let says = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut text = String::with_capacity(says.len());
    let mut rest = says;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((label, tail)) = after.split_once(']') else { break };
        text.push_str(before);
        text.push_str(label);
        rest = match tail.strip_prefix('(').and_then(|link| link.split_once(')')) {
            Some((_, tail)) => tail,
            None => tail,
        };
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
