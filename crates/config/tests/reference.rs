//! The generated reference is the one in the repository, and the schema uses only what is checked.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/config")
}

#[test]
fn the_reference_in_docs_is_the_generated_one() {
    for (name, text) in config::reference() {
        let found = fs::read_to_string(place().join(&name)).unwrap_or_default();
        assert!(found == text, "docs/reference/config/{name} differs; run: cargo xtask docs");
    }
    let known: BTreeSet<_> = config::reference().into_iter().map(|(name, _)| name).collect();
    for entry in fs::read_dir(place()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(known.contains(&name), "docs/reference/config/{name} is not generated");
    }
}

#[test]
fn each_shipped_file_names_its_schema_on_the_first_line() {
    for file in config::FILES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config").join(file);
        let text = fs::read_to_string(path).unwrap();
        let schema = file.replace(".yaml", ".schema.json");
        let line = format!("# yaml-language-server: $schema=../docs/reference/config/{schema}");
        assert_eq!(text.lines().next(), Some(line.as_str()));
    }
}

/// Keywords that the check reads, and those that say nothing about a value.
const CHECKED: [&str; 12] = [
    "type",
    "required",
    "minItems",
    "uniqueItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "const",
    "enum",
    "format",
    "x-env",
];
const SILENT: [&str; 3] = ["$schema", "title", "description"];

/// Formats that one of our readers decides, or that are the width of a number.
const FORMATS: [&str; 14] = [
    "decimal",
    "asset",
    "product",
    "cluster",
    "date-time",
    "path",
    "rest-address",
    "market-address",
    "user-address",
    "double",
    "uint",
    "uint8",
    "uint32",
    "uint64",
];

fn walk(schema: &Value, path: &str) {
    for (keyword, value) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "properties" => {
                for (key, inner) in value.as_object().unwrap() {
                    walk(inner, &format!("{path}.{key}"));
                }
            }
            "additionalProperties" if value.is_object() => walk(value, path),
            "additionalProperties" => assert_eq!(value, false, "{path}: unknown keys are refused"),
            "items" | "propertyNames" => walk(value, path),
            "oneOf" => {
                for variant in value.as_array().unwrap() {
                    assert!(variant["const"].is_string(), "{path}: words only");
                }
            }
            // A pattern repeats for editors what a format of ours decides; so does a path's length.
            "pattern" => assert!(schema["format"].is_string(), "{path}: a pattern alone"),
            "minLength" => assert_eq!(schema["format"], "path", "{path}: a length alone"),
            "format" => assert!(FORMATS.contains(&value.as_str().unwrap()), "{path}: {value}"),
            other => assert!(
                CHECKED.contains(&other) || SILENT.contains(&other),
                "{path}: nothing checks {other}"
            ),
        }
    }
}

#[test]
fn the_schema_says_nothing_that_is_not_checked() {
    for (file, schema) in config::FILES.into_iter().zip(config::schemas()) {
        walk(&schema, file);
    }
}

fn described(schema: &Value, path: &str) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (key, inner) in properties.into_iter().flatten() {
        let path = format!("{path}.{key}");
        let text = inner["description"].as_str().unwrap_or_default();
        assert!(text.len() >= 5 && !text.starts_with("See "), "{path}: {text:?}");
        described(inner, &path);
    }
}

#[test]
fn every_key_has_a_description() {
    for (file, schema) in config::FILES.into_iter().zip(config::schemas()) {
        described(&schema, file);
    }
}
