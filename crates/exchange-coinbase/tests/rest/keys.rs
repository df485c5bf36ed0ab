//! Keys: every form that works, and every way to be wrong with its own words.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exchange_coinbase::{Credentials, KeyError, KeyKind};

pub(crate) const NAME: &str = "organizations/0f0e/apiKeys/0a0b";

/// A throw-away key of `tests/keys`.
pub(crate) fn key(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(file);
    std::fs::read_to_string(path).unwrap()
}

fn wrong(secret: &str) -> KeyError {
    Credentials::from_text(NAME, secret).map(|key| key.kind()).unwrap_err()
}

#[test]
fn every_form_of_an_es256_key_loads() {
    let sec1 = key("p256_sec1.pem");
    let body: String = sec1.lines().filter(|line| !line.starts_with('-')).collect();
    let forms = [
        sec1.clone(),
        key("p256_pkcs8.pem"),
        key("p256_no_public.pem"),
        key("p256_with_parameters.pem"),
        sec1.replace('\n', "\r\n"),
        sec1.replace('\n', "\\n"),
        sec1.replace('\n', "\\r\\n"),
        sec1.trim_end().to_owned(),
        format!("\n  {sec1}\n\n"),
        format!("\u{feff}{sec1}"),
        format!("\"{}\"", sec1.trim_end().replace('\n', "\\n")),
        format!("'{}'", sec1.trim_end()),
        sec1.trim_end().replace('\n', " "),
        sec1.replace('\n', "\n\n"),
        sec1.replace('\n', "\n  "),
        format!("-----BEGIN EC PRIVATE KEY-----{body}-----END EC PRIVATE KEY-----"),
    ];
    for form in forms {
        let loaded = Credentials::from_text(&format!(" {NAME}\n"), &form);
        assert_eq!(loaded.map(|key| key.kind()), Ok(KeyKind::Es256), "{form}");
    }
}

#[test]
fn every_form_of_an_ed25519_key_loads() {
    let long = key("ed25519_base64.txt");
    let bytes = STANDARD.decode(long.trim()).unwrap();
    let wrapped = format!("{}\n{}", &long[..44], &long[44..]);
    let forms = [
        long.clone(),
        STANDARD.encode(&bytes[..32]),
        wrapped,
        key("ed25519_pkcs8.pem"),
        format!("\"{}\"", long.trim()),
        key("ed25519_pkcs8.pem").replace('\n', "\\n"),
    ];
    for form in forms {
        let loaded = Credentials::from_text("8bfc20d7-f7c6-4422-bf07-8243ca4169fe", &form);
        assert_eq!(loaded.map(|key| key.kind()), Ok(KeyKind::Ed25519), "{form}");
    }
}

#[test]
fn each_wrong_secret_is_told_apart() {
    let sec1 = key("p256_sec1.pem");
    let half = sec1.lines().next().unwrap().to_owned() + "\nMHcCAQEE";
    let cases: Vec<(&str, String, KeyError)> = vec![
        ("empty", String::new(), KeyError::Empty("secret")),
        ("blanks", " \n\t".to_owned(), KeyError::Empty("secret")),
        ("cut off", half, KeyError::TruncatedPem),
        ("no BEGIN", sec1.lines().skip(1).collect::<Vec<_>>().join("\n"), KeyError::TruncatedPem),
        ("public", key("p256_public.pem"), KeyError::PublicKey),
        ("certificate", key("certificate.pem"), KeyError::Certificate),
        ("encrypted PKCS#8", key("p256_encrypted.pem"), KeyError::Encrypted),
        ("encrypted SEC1", key("p256_sec1_encrypted.pem"), KeyError::Encrypted),
        ("P-384 SEC1", key("p384_sec1.pem"), KeyError::WrongCurve("P-384")),
        ("P-384 PKCS#8", key("p384_pkcs8.pem"), KeyError::WrongCurve("P-384")),
        ("secp256k1", key("k256_sec1.pem"), KeyError::WrongCurve("secp256k1")),
        ("RSA", key("rsa_pkcs8.pem"), KeyError::WrongAlgorithm("RSA")),
        ("X25519", key("x25519_pkcs8.pem"), KeyError::WrongAlgorithm("X25519")),
        ("old RSA", pem("RSA PRIVATE KEY", b"x"), KeyError::WrongAlgorithm("RSA")),
        (
            "SSH",
            pem("OPENSSH PRIVATE KEY", b"x"),
            KeyError::WrongPem("OPENSSH PRIVATE KEY".to_owned()),
        ),
        ("no base64 inside", sec1.replacen("MHc", "M!c", 1), KeyError::DamagedPem),
        ("nothing inside", pem("EC PRIVATE KEY", b""), KeyError::Empty("PEM's inside")),
        (
            "mixed",
            sec1.replace("END EC PRIVATE KEY", "END PRIVATE KEY"),
            KeyError::MixedPem {
                begin: "EC PRIVATE KEY".to_owned(),
                end: "PRIVATE KEY".to_owned(),
            },
        ),
        (
            "no key inside",
            pem("EC PRIVATE KEY", b"hello, hello, hello"),
            KeyError::Damaged("it is not the structure of an EC key"),
        ),
        (
            "no algorithm inside",
            pem("PRIVATE KEY", b"hello"),
            KeyError::Damaged("its algorithm cannot be read"),
        ),
        ("neither", "it is my secret!".to_owned(), KeyError::Unrecognised),
        ("48 bytes", STANDARD.encode([7; 48]), KeyError::WrongLength(48)),
        ("3 bytes", STANDARD.encode([7; 3]), KeyError::WrongLength(3)),
        ("Ed25519 halves of two keys", STANDARD.encode([7; 64]), KeyError::MismatchedPublic),
    ];
    for (what, secret, expected) in cases {
        assert_eq!(wrong(&secret), expected, "{what}");
    }
}

#[test]
fn a_public_half_of_another_key_is_found_in_an_es256_key() {
    let other = p256::SecretKey::from_slice(&[3; 32]).unwrap();
    let ours = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let mut der = ours.to_sec1_der().unwrap().to_vec();
    let theirs = other.to_sec1_der().unwrap();
    let at = der.len() - 64;
    der[at..].copy_from_slice(&theirs[at..]);
    assert_eq!(wrong(&pem("EC PRIVATE KEY", &der)), KeyError::MismatchedPublic);
}

/// Every byte of a good key changed: it is refused, or still a key (bits that carry no meaning, or
/// another valid number without its public half); it never panics.
#[test]
fn a_key_with_any_byte_changed_is_refused_or_signs() {
    for (label, file) in [
        ("EC PRIVATE KEY", "p256_sec1.pem"),
        ("PRIVATE KEY", "p256_pkcs8.pem"),
        ("PRIVATE KEY", "ed25519_pkcs8.pem"),
    ] {
        let text = key(file);
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        for at in 0..der.len() {
            let mut changed = der.clone();
            changed[at] ^= 0x55;
            drop(Credentials::from_text(NAME, &pem(label, &changed)));
            drop(Credentials::from_text(NAME, &pem(label, &der[..at])));
        }
    }
}

#[test]
fn names_and_legacy_keys_are_told_apart() {
    let pem = key("p256_sec1.pem");
    let from = |name: &str, secret: &str| Credentials::from_text(name, secret).map(|k| k.kind());
    assert_eq!(from("", &pem), Err(KeyError::Empty("key's name")));
    for secret in [pem.as_str(), &key("ed25519_base64.txt"), r#"{"name":"x"}"#] {
        assert_eq!(from(secret, &pem), Err(KeyError::SecretAsName));
        let path = Credentials::from_file(Path::new(secret)).map(drop);
        assert_eq!(path, Err(KeyError::NotAPath), "and it is not shown");
    }
    assert_eq!(from("a b", &pem), Err(KeyError::BadName(1)));
    let (key, secret) = ("AbCdEfGh12345678", "aBcDeFgHiJkLmNoPqRsTuVwXyZ123456");
    assert_eq!(from(key, secret), Err(KeyError::LegacyKey));
    assert_eq!(Credentials::legacy(key, secret).map(|k| k.kind()), Ok(KeyKind::LegacyHmac));
    assert_eq!(Credentials::legacy(key, &pem).map(|k| k.kind()), Err(KeyError::CdpKey));
    assert_eq!(Credentials::legacy(NAME, secret).map(|k| k.kind()), Err(KeyError::CdpKey));
    assert_eq!(Credentials::legacy("", secret).map(|k| k.kind()), Err(KeyError::Empty("key")));
    assert_eq!(Credentials::legacy(key, " ").map(|k| k.kind()), Err(KeyError::Empty("secret")));
}

#[test]
fn key_files_in_all_their_dialects_load() {
    let secret = serde_json::to_string(&key("p256_sec1.pem")).unwrap();
    let ed = serde_json::to_string(key("ed25519_base64.txt").trim()).unwrap();
    let files = [
        format!(r#"{{"name":"{NAME}","privateKey":{secret}}}"#),
        format!(r#"{{"id":"8bfc20d7","privateKey":{ed}}}"#),
        format!(r#"{{"name":null,"id":"8bfc20d7","privateKey":{ed}}}"#),
        format!(
            r#" {{"name":"{}","principal":"x","keyType":"TRADING_KEY","scopes":["rat#view"],"privateKey":{secret},"enabled":true}} "#,
            NAME.replace('/', "\\/")
        ),
        format!("\u{feff}{{\"name\":\"{NAME}\",\"privateKey\":{secret}}}"),
        format!(r#"{{"name":"\u006frg","privateKey":{secret}}}"#),
    ];
    for file in files {
        assert!(Credentials::from_json(&file).is_ok(), "{file}");
    }
}

#[test]
fn each_wrong_key_file_is_told_apart() {
    let secret = serde_json::to_string(&key("p256_sec1.pem")).unwrap();
    let cases = [
        (String::new(), KeyError::Empty("key file")),
        ("name=x".to_owned(), KeyError::NotJson { line: 1, column: 2 }),
        ("{\"name\":".to_owned(), KeyError::NotJson { line: 1, column: 8 }),
        ("[1]".to_owned(), KeyError::NotAnObject),
        ("\"text\"".to_owned(), KeyError::NotAnObject),
        (key("p256_sec1.pem"), KeyError::BarePem),
        (format!(r#"{{"privateKey":{secret}}}"#), KeyError::MissingName),
        (r#"{"name":"x"}"#.to_owned(), KeyError::MissingSecret),
        (r#"{"name":"x","privateKey":null}"#.to_owned(), KeyError::MissingSecret),
        (r#"{"name":"x","privateKey":7}"#.to_owned(), KeyError::NotText("privateKey")),
        (format!(r#"{{"name":[],"privateKey":{secret}}}"#), KeyError::NotText("name")),
        (r#"{"name":"x","privateKey":""}"#.to_owned(), KeyError::Empty("secret")),
    ];
    for (file, expected) in cases {
        assert_eq!(
            Credentials::from_json(&file).map(|k| k.kind()).unwrap_err(),
            expected,
            "{file}"
        );
    }
}

#[cfg(unix)]
#[test]
fn only_a_private_regular_file_is_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let secret = serde_json::to_string(&key("p256_sec1.pem")).unwrap();
    std::fs::write(&path, format!(r#"{{"name":"{NAME}","privateKey":{secret}}}"#)).unwrap();
    let load = |path: &Path| Credentials::from_file(path).map(|key| key.kind());
    for mode in [0o644, 0o640, 0o660, 0o606, 0o601] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load(&path), Err(KeyError::TooOpen { path: path.clone(), mode }));
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(load(&path), Ok(KeyKind::Es256));
    assert_eq!(load(folder.path()), Err(KeyError::NotAFile { path: folder.path().to_owned() }));
    let absent: PathBuf = folder.path().join("absent.json");
    assert!(matches!(load(&absent), Err(KeyError::Unreadable { .. })));
    let large = folder.path().join("large.json");
    std::fs::write(&large, vec![b' '; 70_000]).unwrap();
    std::fs::set_permissions(&large, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(load(&large), Err(KeyError::TooLarge { bytes: 70_000, .. })));
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}
