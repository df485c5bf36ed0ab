//! Faults within a reply's body.

use serde_json::Value;

use super::rules::PageBreak;

/// Sets, or without a value removes, what a JSON pointer names; `*` is every element. Whether
/// anything was there.
pub(crate) fn change_json(body: &mut Value, pointer: &str, to: Option<&Value>) -> bool {
    let path: Vec<&str> = pointer.split('/').skip(1).collect();
    change(body, &path, to)
}

fn change(body: &mut Value, path: &[&str], to: Option<&Value>) -> bool {
    let Some((key, rest)) = path.split_first() else {
        return false;
    };
    if *key == "*" {
        let Value::Array(rows) = body else {
            return false;
        };
        return match (rest.is_empty(), to) {
            (true, Some(value)) => rows.iter_mut().map(|row| *row = value.clone()).count() > 0,
            (true, None) => !std::mem::take(rows).is_empty(),
            (false, _) => {
                let changed = rows.iter_mut().filter_map(|row| change(row, rest, to).then_some(()));
                changed.count() > 0
            }
        };
    }
    if !rest.is_empty() {
        let inner = match body {
            Value::Object(fields) => fields.get_mut(*key),
            Value::Array(rows) => key.parse().ok().and_then(|at: usize| rows.get_mut(at)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        return inner.is_some_and(|inner| change(inner, rest, to));
    }
    match (body, to) {
        (Value::Object(fields), Some(value)) => {
            fields.insert((*key).to_owned(), value.clone());
            true
        }
        (Value::Object(fields), None) => fields.remove(*key).is_some(),
        (Value::Array(rows), value) => {
            let Some(at) = key.parse().ok().filter(|at: &usize| *at < rows.len()) else {
                return false;
            };
            if let Some(value) = value {
                if let Some(row) = rows.get_mut(at) {
                    *row = value.clone();
                }
            } else {
                rows.remove(at);
            }
            true
        }
        _ => false,
    }
}

/// Cuts a page's rows and breaks its way to the next one.
pub(crate) fn fill_page(body: &mut Value, how: PageBreak, rows: usize, asked: &str) {
    let Value::Object(fields) = body else {
        return;
    };
    for value in fields.values_mut() {
        if let Value::Array(list) = value {
            list.truncate(rows);
        }
    }
    let (has_next, cursor) = match how {
        PageBreak::EmptyCursor => (true, ""),
        PageBreak::SameCursor => (true, if asked.is_empty() { "1" } else { asked }),
        PageBreak::SaysDone => (false, ""),
    };
    for (key, value) in [("has_next", Value::Bool(has_next)), ("cursor", Value::from(cursor))] {
        if let Some(field) = fields.get_mut(key) {
            *field = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_reach_fields_elements_and_all_elements() {
        let body = json!({"a": [{"b": 1}, {"b": 2}], "c": "x"});
        let cases = [
            ("/c", None, json!({"a": [{"b": 1}, {"b": 2}]}), true),
            ("/a/*/b", Some(json!("z")), json!({"a": [{"b": "z"}, {"b": "z"}], "c": "x"}), true),
            ("/a/1/b", None, json!({"a": [{"b": 1}, {}], "c": "x"}), true),
            ("/a/0", None, json!({"a": [{"b": 2}], "c": "x"}), true),
            ("/a/*", None, json!({"a": [], "c": "x"}), true),
            ("/no/where", Some(json!(1)), body.clone(), false),
        ];
        for (pointer, to, expected, there) in cases {
            let mut changed = body.clone();
            assert_eq!(change_json(&mut changed, pointer, to.as_ref()), there, "{pointer}");
            assert_eq!(changed, expected, "{pointer}");
        }
    }
}
