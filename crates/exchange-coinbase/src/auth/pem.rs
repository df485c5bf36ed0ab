//! PEM as it arrives: with real or escaped newlines, CRLF, blanks, or all on one line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::KeyError;

/// What the private block of a PEM says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// `EC PRIVATE KEY`.
    Sec1,
    /// `PRIVATE KEY`.
    Pkcs8,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Whether the text is meant as a PEM.
pub(super) fn looks_like_pem(text: &str) -> bool {
    text.contains("-----BEGIN") || text.contains("-----END")
}

/// Undoes what environment files, shells and JSON do to a secret: escaped newlines, quotes around
/// it, carriage returns, a byte order mark and blanks at the ends.
pub(super) fn straighten(text: &str) -> Zeroizing<String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let text = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') | None => {}
                Some('t') => out.push(' '),
                Some(other) => out.push(other),
            },
            '\r' => {}
            other => out.push(other),
        }
    }
    let kept = out.trim().len();
    let lead = out.len() - out.trim_start().len();
    out.drain(..lead);
    out.truncate(kept);
    out
}

/// The private block of a straightened PEM. Other blocks before it (`EC PARAMETERS`) are skipped.
pub(super) fn decode(text: &str) -> Result<(Block, Zeroizing<Vec<u8>>), KeyError> {
    let mut rest = text;
    loop {
        let at = rest.find(BEGIN).ok_or(KeyError::TruncatedPem)?;
        let after = rest.get(at + BEGIN.len()..).unwrap_or_default();
        let (label, body) = after.split_once(DASHES).ok_or(KeyError::TruncatedPem)?;
        let (body, tail) = body.split_once(END).ok_or(KeyError::TruncatedPem)?;
        let (end, tail) = tail.split_once(DASHES).ok_or(KeyError::TruncatedPem)?;
        if label != end {
            return Err(KeyError::MixedPem { begin: short(label), end: short(end) });
        }
        if label == "EC PARAMETERS" {
            rest = tail;
            continue;
        }
        return Ok((block(label, body)?, base64_body(body)?));
    }
}

fn block(label: &str, body: &str) -> Result<Block, KeyError> {
    if label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    match label {
        "EC PRIVATE KEY" => Ok(Block::Sec1),
        "PRIVATE KEY" => Ok(Block::Pkcs8),
        "RSA PRIVATE KEY" => Err(KeyError::WrongAlgorithm("RSA")),
        "DSA PRIVATE KEY" => Err(KeyError::WrongAlgorithm("DSA")),
        "CERTIFICATE" => Err(KeyError::Certificate),
        label if label.ends_with("PUBLIC KEY") => Err(KeyError::PublicKey),
        other => Err(KeyError::WrongPem(short(other))),
    }
}

fn base64_body(body: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut compact = Zeroizing::new(String::with_capacity(body.len()));
    compact.extend(body.chars().filter(|c| !c.is_whitespace()));
    if compact.is_empty() {
        return Err(KeyError::Empty("PEM's inside"));
    }
    STANDARD.decode(compact.as_bytes()).map(Zeroizing::new).map_err(|_| KeyError::DamagedPem)
}

/// A label is shown only as far as it can be one; what follows could be the secret itself.
fn short(label: &str) -> String {
    if label.len() <= 40
        && label.bytes().all(|b| b.is_ascii_uppercase() || b == b' ' || b.is_ascii_digit())
    {
        label.to_owned()
    } else {
        "an unreadable label".to_owned()
    }
}
