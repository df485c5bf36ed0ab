//! The word that was meant.

use serde_json::Value;

/// Longer words are no slip of the finger.
const LONGEST: usize = 64;

/// The candidate that is nearest, if one is near: a third of the letters may differ.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let low = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (strsim::osa_distance(&low, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// `A`, `A or B`, `A, B or C`.
pub(crate) fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The words that a schema allows, where it allows words only.
pub(crate) fn allowed(schema: &Value) -> Option<Vec<&str>> {
    if let Some(one) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![one]);
    }
    let of = |value: &'_ Value| value.as_array().map(Vec::len);
    if let Some(listed) = schema.get("enum").filter(|e| of(e).is_some()) {
        return listed.as_array().map(|all| all.iter().filter_map(Value::as_str).collect());
    }
    let variants = schema.get("oneOf").and_then(Value::as_array)?;
    let words = variants.iter().filter_map(|v| v.get("const").and_then(Value::as_str));
    Some(words.collect())
}

/// What a value counts in, by the suffix of the nearest key that has one.
pub(crate) fn unit(path: &str) -> Option<&'static str> {
    const UNITS: [(&str, &str); 9] = [
        ("_pct", "percent points"),
        ("_bps", "basis points"),
        ("_usd", "dollars"),
        ("_usd_per_day", "dollars"),
        ("_secs", "seconds"),
        ("_minutes", "minutes"),
        ("_hours", "hours"),
        ("_days", "days"),
        ("_atrs", "ATRs"),
    ];
    let of = |key: &str| UNITS.iter().find(|(suffix, _)| key.ends_with(suffix)).map(|u| u.1);
    path.rsplit(['.', '[', ']']).find_map(of)
}
