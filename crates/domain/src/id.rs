//! Names of things. Short ones are stored in place, so that they copy without allocating.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that cannot be the id it was given for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {what}: {rule}")]
pub struct IdError {
    /// The kind of id.
    pub what: &'static str,
    /// What was found.
    pub text: String,
    /// What would be right.
    pub rule: &'static str,
}

/// Up to `N` bytes (a multiple of 16) of upper-case ASCII, digits, `-`, `.` and `_`, in place,
/// filled up with zeros. Ordered as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Inline<const N: usize>([u8; N]);

impl<const N: usize> Ord for Inline<N> {
    /// Whole words at a time: sorted catalogs are walked in every cycle, and a call to `memcmp` for
    /// each pair would cost more than all else there.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let (words, others) = (self.0.as_chunks::<16>().0, other.0.as_chunks::<16>().0);
        for (word, other) in words.iter().zip(others) {
            let order = u128::from_be_bytes(*word).cmp(&u128::from_be_bytes(*other));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }
}

impl<const N: usize> PartialOrd for Inline<N> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Inline<N> {
    fn new(text: &str, what: &'static str, rule: &'static str) -> Result<Self, IdError> {
        let fits = !text.is_empty() && text.len() <= N && text.bytes().all(is_id_byte);
        let mut bytes = [0; N];
        match bytes.get_mut(..text.len()) {
            Some(head) if fits => head.copy_from_slice(text.as_bytes()),
            _ => {
                return Err(IdError { what, text: text.chars().take(64).collect(), rule });
            }
        }
        Ok(Self(bytes))
    }

    /// Bytes before the zeros, a word at a time.
    #[inline]
    fn len(&self) -> usize {
        let used = |word: &[u8; 16]| 16 - u128::from_be_bytes(*word).trailing_zeros() as usize / 8;
        self.0.as_chunks::<16>().0.iter().map(used).sum()
    }

    fn as_str(&self) -> &str {
        self.0.get(..self.len()).and_then(|head| core::str::from_utf8(head).ok()).unwrap_or("")
    }
}

const fn is_id_byte(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_')
}

macro_rules! inline_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Inline<$len>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

inline_id!(
    /// A currency, such as `BTC` or `USD`.
    Asset, 16, "an asset", "1 to 16 upper-case letters or digits, such as BTC"
);
inline_id!(
    /// A market, such as `BTC-USD`: base and quote currency. Ordered by its text.
    ProductId, 32, "a product", "BASE-QUOTE in upper case, such as BTC-USD"
);

impl Asset {
    /// Whether it is money that counts as dollars: `USD` or `USDC`.
    #[inline]
    pub fn is_dollars(&self) -> bool {
        const USD: [u8; 16] = *b"USD\0\0\0\0\0\0\0\0\0\0\0\0\0";
        const USDC: [u8; 16] = *b"USDC\0\0\0\0\0\0\0\0\0\0\0\0";
        self.0.0 == USD || self.0.0 == USDC
    }
}

impl FromStr for Asset {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let rule = "1 to 16 upper-case letters or digits, such as BTC";
        if text.contains('-') {
            return Err(IdError { what: "an asset", text: text.to_owned(), rule });
        }
        Inline::new(text, "an asset", rule).map(Self)
    }
}

impl FromStr for ProductId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let rule = "BASE-QUOTE in upper case, such as BTC-USD";
        let wrong = || IdError { what: "a product", text: text.chars().take(64).collect(), rule };
        let (base, quote) = text.rsplit_once('-').ok_or_else(wrong)?;
        if base.is_empty() || base.len() > 16 || quote.is_empty() || quote.len() > 15 {
            return Err(wrong());
        }
        Inline::new(text, "a product", rule).map(Self)
    }
}

impl ProductId {
    /// The base currency: what a BUY buys.
    pub fn base(&self) -> &str {
        self.as_str().rsplit_once('-').map_or("", |(base, _)| base)
    }

    /// The quote currency: what a BUY pays with.
    pub fn quote(&self) -> &str {
        self.as_str().rsplit_once('-').map_or("", |(_, quote)| quote)
    }

    /// The same as an asset, which it always is.
    pub fn quote_asset(&self) -> Asset {
        let text = self.0.0.get(..self.0.len()).unwrap_or_default();
        let quote = text.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(quote) {
            *to = *from;
        }
        Asset(Inline(bytes))
    }
}

/// The number of an intent within one journal: dense, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IntentId(pub u64);

/// The number of a verdict within one process: no two assessments have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VerdictId(pub u64);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub uuid::Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map(Self).map_err(de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// The identity of a cycle: a uuid5 of configuration, venue, account, as-of and ordinal. The
    /// default is nil: no cycle.
    CycleId
);
uuid_id!(
    /// The identity of a journal: random when it was begun.
    JournalId
);
uuid_id!(
    /// The identity of a process that writes a journal: random at each boot.
    BootId
);
uuid_id!(
    /// The name of an order that we give the venue.
    ClientOrderId
);

/// What the namespace of client order ids is made from.
const ORDERS: &[u8] = b"https://247trader.invalid/orders";

impl ClientOrderId {
    /// The name of an intent: `uuid5(namespace, journal | boot | number)`. Neither a new nor a
    /// restored journal ever says a name again, since the boot is new (O-02).
    pub fn of(journal: JournalId, boot: BootId, intent: IntentId) -> Self {
        let namespace = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, ORDERS);
        let name = format!("{journal}|{boot}|{}", intent.0);
        Self(uuid::Uuid::new_v5(&namespace, name.as_bytes()))
    }
}

/// The SHA-256 of the policy in force, as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyHash(pub String);
