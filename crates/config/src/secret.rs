//! What must never be in a file: keys and values that are, or look like, secrets.

/// Longer values are cut when they are shown.
const SHOWN: usize = 60;
/// Shorter runs of letters and digits are no key.
const LEAST_RUN: usize = 32;

/// Words that the name of a secret has.
const NAMES: [&str; 9] = [
    "secret",
    "password",
    "passwd",
    "passphrase",
    "privatekey",
    "apikey",
    "token",
    "credential",
    "mnemonic",
];

/// Where secrets belong.
pub(crate) const WHERE: &str = "no file of the configuration may hold a secret; put it in a file \
                                of its own with mode 0600 and name that in CB_API_SECRET_FILE";

/// Whether a key sounds like one.
pub(crate) fn sounds(key: &str) -> bool {
    let letters = |c: &char| c.is_ascii_alphanumeric();
    let flat: String = key.chars().filter(letters).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|name| flat.contains(name))
}

/// Whether a value looks like one: a PEM block, the name of a Coinbase key, or a long run of
/// letters and digits that no language has.
pub(crate) fn looks(value: &str) -> bool {
    let pem = value.contains("-----BEGIN");
    let named = value.contains("organizations/") && value.contains("/apiKeys/");
    let of_a_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '=' | '_');
    pem || named || value.split(|c| !of_a_key(c)).any(random)
}

/// Hex digits, or upper case, lower case and digits mixed, with the entropy of neither words nor
/// repetition.
fn random(run: &str) -> bool {
    if run.len() < LEAST_RUN {
        return false;
    }
    let has = |of: fn(&u8) -> bool| run.as_bytes().iter().any(of);
    let digits = has(u8::is_ascii_digit);
    let letters = has(u8::is_ascii_alphabetic);
    let hex = run.bytes().all(|b| b.is_ascii_hexdigit());
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    digits && letters && (hex || mixed) && bits(run) >= 3.0
}

/// Shannon's entropy of a text, bits for each byte.
fn bits(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let all = text.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}

/// A value as a message may show it: on one line, cut, and never when it looks like a secret.
pub(crate) fn shown(value: &str) -> String {
    if looks(value) {
        return "a value that is not shown".to_owned();
    }
    let cut: String = value.chars().take(SHOWN).collect();
    let more = if cut.len() < value.len() { "..." } else { "" };
    format!("{}{more}", cut.escape_debug())
}

/// A key as a message may show it.
pub(crate) fn shown_key(key: &str) -> String {
    if looks(key) { "(not shown)".to_owned() } else { shown(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_not_what_people_write() {
        for secret in [
            "-----BEGIN EC PRIVATE KEY-----",
            "organizations/0a1b/apiKeys/9f8e",
            "3f9a7c5e1b2d4f60718293a4b5c6d7e8",
            "MHcCAQEEIJ8x2kQvP0sYb7d1WqZtR4mNfU5oLcXh",
            "x Zm9vYmFyQmF6MTIzNDU2Nzg5MFF3ZXJ0eVVJT1BB y",
        ] {
            assert!(looks(secret), "{secret}");
            assert!(!shown(secret).contains(&secret[..8]), "{secret}");
        }
        for harmless in [
            "BTC-USD",
            "/var/lib/trader/data/2026/records-of-the-year/and/more/of/them",
            "0a1b2c3d-0000-4000-8000-0123456789ab",
            "https://www.coindesk.com/markets/2026/01/05/a-long-title-that-says-it-all",
            "a_very_long_identifier_that_only_has_words_1",
            "11111111111111111111111111111111111111111",
            "100000000000000000000000000000000000000000.5",
        ] {
            assert!(!looks(harmless), "{harmless}");
        }
    }

    #[test]
    fn names_of_secrets_are_heard_however_they_are_written() {
        for name in ["api_secret", "apiKey", "PRIVATE-KEY", "coinbase_token", "Pass.Phrase"] {
            assert!(sounds(name), "{name}");
        }
        for name in ["max_total_pct", "key", "api", "mode", "passes"] {
            assert!(!sounds(name), "{name}");
        }
    }
}
