//! Coinbase's key file: JSON with `name` (or `id`) and `privateKey`.

use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::KeyError;
use super::pem::looks_like_pem;

/// The largest key file that is read.
const LIMIT: u64 = 64 * 1024;

/// Raw, so that no copy of the secret is left in a buffer of the JSON reader.
#[derive(Deserialize)]
struct KeyFile<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "privateKey")]
    private_key: Option<&'a RawValue>,
}

/// Reads a key file that only its owner can read.
pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let unreadable = |error: std::io::Error| KeyError::Unreadable {
        path: path.to_owned(),
        cause: error.to_string(),
    };
    // Looked at before it is opened: opening a pipe would wait for somebody to write to it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(KeyError::NotAFile { path: path.to_owned() });
    }
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let meta = file.metadata().map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = meta.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyError::TooOpen { path: path.to_owned(), mode });
        }
    }
    if meta.len() >= LIMIT {
        return Err(KeyError::TooLarge { path: path.to_owned(), bytes: meta.len(), limit: LIMIT });
    }
    // Room for all of it at once, so that no half of it is left behind when the buffer grows.
    let room = usize::try_from(LIMIT).unwrap_or(usize::MAX);
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(LIMIT).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Name and secret of a key file, the secret still to be straightened.
pub(super) fn parse(text: &str) -> Result<(String, Zeroizing<String>), KeyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(KeyError::Empty("key file"));
    }
    if text.starts_with("-----") && looks_like_pem(text) {
        return Err(KeyError::BarePem);
    }
    let file: KeyFile<'_> = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            KeyError::NotAnObject
        } else {
            KeyError::NotJson { line: error.line(), column: error.column() }
        }
    })?;
    if !text.starts_with('{') {
        return Err(KeyError::NotAnObject);
    }
    let name = match (present(file.name), present(file.id)) {
        (Some(name), _) => json_text(name, "name")?,
        (None, Some(id)) => json_text(id, "id")?,
        (None, None) => return Err(KeyError::MissingName),
    };
    let secret = present(file.private_key).ok_or(KeyError::MissingSecret)?;
    Ok((name.to_string(), json_text(secret, "privateKey")?))
}

fn present(value: Option<&RawValue>) -> Option<&RawValue> {
    value.filter(|raw| raw.get() != "null")
}

/// A JSON text without its quotes and escapes.
fn json_text(raw: &RawValue, field: &'static str) -> Result<Zeroizing<String>, KeyError> {
    let wrong = || KeyError::NotText(field);
    let inner = raw.get().strip_prefix('"').and_then(|t| t.strip_suffix('"')).ok_or_else(wrong)?;
    let mut out = Zeroizing::new(String::with_capacity(inner.len()));
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let hex: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                out.push(code.ok_or_else(wrong)?);
            }
            Some(c @ ('"' | '\\' | '/')) => out.push(c),
            _ => return Err(wrong()),
        }
    }
    Ok(out)
}
