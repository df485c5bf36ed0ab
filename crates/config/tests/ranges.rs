//! A range of the schema is the range of `problems()`, so that an embedder who never sees the
//! schema is held to the same: at each bound a value passes, just beyond it both refuse.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

type Found = Vec<(String, String)>;
type Judge = fn(Value) -> Option<Found>;

fn judge<T: DeserializeOwned>(value: Value, problems: fn(&T) -> Found) -> Option<Found> {
    serde_json::from_value::<T>(value).ok().map(|typed| problems(&typed))
}

/// The parts of the files whose types are used without `config` too.
const PARTS: [(usize, &str, Judge); 7] = [
    (0, "execution", |v| judge(v, execution::ExecutionTerms::problems)),
    (1, "", |v| judge(v, risk::Policy::problems)),
    (2, "", |v| judge(v, universe::Policy::problems)),
    (3, "regime", |v| judge(v, regime::Params::problems)),
    (3, "triggers", |v| judge(v, triggers::Params::problems)),
    (3, "rules", |v| judge(v, rules::Params::problems)),
    (3, "exits", |v| judge(v, rules::ExitParams::problems)),
];

fn shipped(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config").join(file);
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn leaves(schema: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    for (key, inner) in schema["properties"].as_object().unwrap() {
        let path = format!("{path}/{key}");
        if inner["properties"].is_object() {
            leaves(inner, &path, found);
        } else {
            found.push((path, inner.clone()));
        }
    }
}

/// Values within a schema's bounds, and values just beyond.
fn bounds(schema: &Value) -> (Vec<f64>, Vec<f64>) {
    let step = if schema["type"] == "integer" { 1.0 } else { 0.000_001 };
    let (mut within, mut beyond) = (Vec::new(), Vec::new());
    for (keyword, outwards, included) in [
        ("minimum", -1.0, true),
        ("exclusiveMinimum", -1.0, false),
        ("maximum", 1.0, true),
        ("exclusiveMaximum", 1.0, false),
    ] {
        let Some(bound) = schema[keyword].as_f64() else { continue };
        if included {
            within.push(bound);
            beyond.push(bound + outwards * step);
        } else {
            within.push(bound - outwards * step);
            beyond.push(bound);
        }
    }
    let at_least = schema["minimum"].as_f64().unwrap_or(f64::MIN);
    let above = schema["exclusiveMinimum"].as_f64().unwrap_or(f64::MIN);
    within.retain(|value| *value >= at_least && *value > above);
    (within, beyond)
}

#[expect(clippy::cast_possible_truncation, reason = "bounds of whole numbers are whole")]
fn number(value: f64, schema: &Value) -> Value {
    if schema["type"] == "integer" { json!(value as i64) } else { json!(value) }
}

/// Whether a sentence is about two keys: `daily_stop_pct`, or `T2's`.
fn names_another(what: &str) -> bool {
    what.contains('_') || what.contains("'s ")
}

#[test]
fn the_schema_and_the_types_agree_on_every_bound() {
    let schemas = config::schemas();
    let (mut passed, mut refused, mut wrong) = (0, 0, Vec::new());
    for (file, section, judge) in PARTS {
        let (name, schema) = (config::FILES[file], &schemas[file]);
        let (values, schema) = match section {
            "" => (shipped(name), schema.clone()),
            _ => (shipped(name)[section].clone(), schema["properties"][section].clone()),
        };
        let mut found = Vec::new();
        leaves(&schema, "", &mut found);
        assert_eq!(judge(values.clone()), Some(Vec::new()), "{name} {section} as shipped");
        for (path, schema) in found {
            let key = path.trim_start_matches('/').replace('/', ".");
            let (within, beyond) = bounds(&schema);
            let with = |value: f64| {
                let mut changed = values.clone();
                *changed.pointer_mut(&path).unwrap() = number(value, &schema);
                judge(changed)
            };
            for value in within {
                // Another key may forbid what the range allows: then it is named.
                let problems = with(value).unwrap();
                let alone = problems.iter().find(|(at, what)| *at == key && !names_another(what));
                let bounce = alone.filter(|(_, what)| what.contains("bounce"));
                if alone != bounce {
                    wrong.push(format!("{name} {key}: {value} is within the schema's range"));
                }
                passed += 1;
            }
            for value in beyond {
                let problems = with(value);
                let named = problems.is_none_or(|all| all.iter().any(|(at, _)| *at == key));
                if !named {
                    wrong.push(format!("{name} {key}: {value} is beyond the schema's range"));
                }
                refused += 1;
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(passed > 150 && refused > 150, "{passed} {refused}");
}
