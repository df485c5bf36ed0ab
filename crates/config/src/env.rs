//! Values that may name environment variables.

use std::borrow::Cow;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Where variables are looked up.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A path in which `${NAME}` stands for an environment variable and `$${` for `${`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnvPath(PathBuf);

impl EnvPath {
    /// A path that names no variable.
    pub fn literal(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The same with its variables replaced.
    pub(crate) fn expanded(&self, lookup: Lookup<'_>) -> Result<Self, String> {
        expand(&self.0.to_string_lossy(), lookup).map(|text| Self(text.into()))
    }
}

impl Deref for EnvPath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for EnvPath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl JsonSchema for EnvPath {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EnvPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "format": "path", "x-env": true })
    }
}

/// The text with every `${NAME}` replaced.
///
/// # Errors
/// What is wrong with the first that cannot be.
pub(crate) fn expand(text: &str, lookup: Lookup<'_>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(escaped) = before.strip_suffix('$') {
            out.push_str(escaped);
            out.push_str("${");
            rest = after;
            continue;
        }
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            return Err("has a ${ without its }; write $${ for the two characters".to_owned());
        };
        if !is_name(name) {
            return Err("names no variable between ${ and }; write it like ${HOME}".to_owned());
        }
        match lookup(name).filter(|value| !value.is_empty()) {
            Some(value) => out.push_str(&value),
            None => return Err(format!("names {name}, which is not set in the environment")),
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.chars().next().is_some_and(|c| !c.is_ascii_digit()) && name.chars().all(word)
}

/// The process's own environment.
#[expect(clippy::disallowed_methods, reason = "this is the configuration reading the environment")]
pub(crate) fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_and_nothing_else() {
        let lookup = |name: &str| match name {
            "HOME" => Some("/home/a".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let cases = [
            ("data", Ok("data")),
            ("${HOME}/data", Ok("/home/a/data")),
            ("${HOME}${HOME}", Ok("/home/a/home/a")),
            ("$HOME/$", Ok("$HOME/$")),
            ("$${HOME}/${HOME}", Ok("${HOME}//home/a")),
            ("${NONE}", Err("NONE")),
            ("${EMPTY}", Err("EMPTY")),
            ("${", Err("without its }")),
            ("${1A}", Err("like ${HOME}")),
            ("${A B}", Err("like ${HOME}")),
        ];
        for (text, expected) in cases {
            match (expand(text, &lookup), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
                (Err(why), Err(part)) => assert!(why.contains(part), "{text}: {why}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }
}
