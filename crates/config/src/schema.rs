//! What the four files may say, generated from the types that read them.

use std::path::Path;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::{App, FILES, Strategy};

/// The shipped files, part of the program: defaults to show, and to judge the rest of a broken file
/// with.
pub(crate) const SHIPPED: [&str; 4] = [
    include_str!("../../../config/app.yaml"),
    include_str!("../../../config/policy.yaml"),
    include_str!("../../../config/universe.yaml"),
    include_str!("../../../config/strategy.yaml"),
];

/// The JSON Schema of each file, in the order of [`FILES`]. It has no references: every key carries
/// its own range and description.
pub fn schemas() -> [Value; 4] {
    let [app, policy, universe, strategy] = FILES;
    [
        of::<App>(app),
        of::<risk::Policy>(policy),
        of::<universe::Policy>(universe),
        of::<Strategy>(strategy),
    ]
}

/// The shipped values of each file, as JSON; null for one that cannot be read, which a test denies.
pub(crate) fn shipped() -> [Value; 4] {
    SHIPPED.map(|text| serde_yaml::from_str(text).unwrap_or(Value::Null))
}

fn of<T: JsonSchema>(file: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    require_all(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from(file));
    }
    schema
}

/// A file says everything: a key that may be null is written as `null`.
fn require_all(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(require_all);
        let names: Vec<_> = properties.keys().cloned().map(Value::String).collect();
        object.insert("required".to_owned(), Value::Array(names));
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(found) = object.get_mut(inner) {
            require_all(found);
        }
    }
}

/// Every key of every file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys(Vec<(&'static str, String)>);

impl Keys {
    pub(crate) fn of(schemas: &[Value; 4]) -> Self {
        let mut all = Vec::new();
        for (file, schema) in FILES.into_iter().zip(schemas) {
            each_key(schema, "", &mut |path, _| all.push((file, path.to_owned())));
        }
        Self(all)
    }

    /// Where a key that is unknown here would belong.
    pub(crate) fn place(&self, key: &str, file: &Path, parent: &str) -> Option<String> {
        let here = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let same = |path: &str| path.rsplit('.').next() == Some(key);
        let parent_of = |path: &str| path.rsplit_once('.').map(|(up, _)| up.to_owned());
        let mut found = self.0.iter().filter(|(_, path)| same(path));
        let (name, path) =
            found.clone().find(|(name, _)| *name == here).or_else(|| found.next())?;
        match (parent_of(path), *name == here) {
            (up, true) if up.as_deref().unwrap_or_default() == parent => None,
            (Some(up), true) => Some(format!("it belongs in {up}")),
            (None, true) => Some("it belongs at the top of the file".to_owned()),
            (_, false) => Some(format!("{name} has it: {path}")),
        }
    }
}

/// Calls back for every key of a schema with its dotted path; items of a list are `[]`.
pub(crate) fn each_key(schema: &Value, path: &str, found: &mut impl FnMut(&str, &Value)) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (key, inner) in properties.into_iter().flatten() {
        let path = crate::check::joined(path, key);
        found(&path, inner);
        each_key(inner, &path, found);
    }
    if let Some(items) = schema.get("items") {
        each_key(items, &format!("{path}[]"), found);
    }
}
