//! The inside of a private key: which algorithm and curve, and whether its halves belong together.

use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use zeroize::Zeroizing;

use super::KeyError;
use super::pem::Block;

/// A key as its signer takes it: PKCS#8 in DER.
pub(super) enum Pkcs8 {
    /// ECDSA on P-256.
    Ec(Zeroizing<Vec<u8>>),
    /// Ed25519.
    Ed(Zeroizing<Vec<u8>>),
}

/// What stands before the seed in an Ed25519 key (RFC 8410, without the public half).
const ED_PREFIX: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Object identifiers in DER, by what they name.
const ED25519: &[u8] = &[6, 3, 0x2b, 0x65, 0x70];
const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const OTHER_CURVES: [(&[u8], &str); 4] = [
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x22], "P-384"),
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x23], "P-521"),
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x0a], "secp256k1"),
    (&[6, 5, 0x2b, 0x81, 4, 0, 0x21], "P-224"),
];
const OTHER_KINDS: [(&[u8], &str); 4] = [
    (&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "RSA"),
    (&[6, 3, 0x2b, 0x65, 0x6e], "X25519"),
    (&[6, 3, 0x2b, 0x65, 0x71], "Ed448"),
    (&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA"),
];

/// Reads the inside of a private PEM block.
pub(super) fn read(block: Block, der: &[u8]) -> Result<Pkcs8, KeyError> {
    // The identifiers stand in the first bytes; further on they could be chance.
    let head = der.get(..der.len().min(40)).unwrap_or_default();
    if block == Block::Pkcs8 {
        if has(head, ED25519) {
            return ed_from_pkcs8(der);
        }
        if let Some((_, kind)) = OTHER_KINDS.into_iter().find(|(id, _)| has(head, id)) {
            return Err(KeyError::WrongAlgorithm(kind));
        }
        if !has(head, EC) {
            return Err(KeyError::Damaged("its algorithm cannot be read"));
        }
    }
    let read = match block {
        Block::Sec1 => p256::SecretKey::from_sec1_der(der).map_err(|_| ()),
        Block::Pkcs8 => p256::SecretKey::from_pkcs8_der(der).map_err(|_| ()),
    };
    let key = read.map_err(|()| why_not(der))?;
    let pkcs8 = key.to_pkcs8_der().map_err(|_| KeyError::Damaged("it cannot be written again"))?;
    Ok(Pkcs8::Ec(Zeroizing::new(pkcs8.as_bytes().to_vec())))
}

/// An Ed25519 key from its seed.
pub(super) fn ed_from_seed(seed: &[u8; 32]) -> Pkcs8 {
    let mut der = Zeroizing::new(Vec::with_capacity(ED_PREFIX.len() + seed.len()));
    der.extend_from_slice(&ED_PREFIX);
    der.extend_from_slice(seed);
    Pkcs8::Ed(der)
}

/// The public half that came along with an Ed25519 key in PKCS#8, if one did (RFC 5958, `[1]`).
pub(super) fn ed_public_in(der: &[u8]) -> Option<[u8; 32]> {
    let at = der.len().checked_sub(35)?;
    let (mark, public) = der.get(at..)?.split_at_checked(3)?;
    if at > 16 && mark == [0x81, 0x21, 0] { public.try_into().ok() } else { None }
}

fn ed_from_pkcs8(der: &[u8]) -> Result<Pkcs8, KeyError> {
    let at = find(der, &[4, 0x22, 4, 0x20]).ok_or(KeyError::Damaged("it has no seed"))?;
    let seed = der.get(at + 4..at + 36).and_then(|seed| seed.try_into().ok());
    let Pkcs8::Ed(plain) = ed_from_seed(seed.ok_or(KeyError::Damaged("its seed is cut off"))?)
    else {
        return Err(KeyError::Damaged("it has no seed"));
    };
    // The public half, if any, is compared by the caller, who can derive the right one.
    Ok(Pkcs8::Ed(plain))
}

/// Why a key that should be on P-256 did not load.
fn why_not(der: &[u8]) -> KeyError {
    if let Some((_, curve)) = OTHER_CURVES.into_iter().find(|(id, _)| has(der, id)) {
        return KeyError::WrongCurve(curve);
    }
    let scalar = find(der, &[2, 1, 1, 4, 0x20])
        .and_then(|at| der.get(at + 5..at + 37))
        .and_then(|bytes| p256::SecretKey::from_slice(bytes).ok());
    match scalar {
        Some(_) if has(der, &[3, 0x42, 0]) => KeyError::MismatchedPublic,
        Some(_) => KeyError::Damaged("what follows the private number is unreadable"),
        None if has(der, P256) => KeyError::Damaged("its private number is unreadable"),
        None => KeyError::Damaged("it is not the structure of an EC key"),
    }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    find(bytes, part).is_some()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
