//! The format of scenarios.

use serde::Deserialize;

/// A file of scenarios.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    pub(super) version: u32,
    pub(super) scenarios: Vec<Scenario>,
}

/// A named list of faults.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, as given to `--scenario`.
    pub name: String,
    /// What goes wrong, in one line.
    pub about: String,
    /// The public complaints that it stands for, as `repository#number`.
    #[serde(default)]
    pub seen: Vec<String>,
    /// What happens when; the first rule that fires for a request or a message decides.
    pub rules: Vec<Rule>,
}

/// One fault and when it happens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which requests or messages it looks at.
    #[serde(default)]
    pub on: On,
    /// Which of those it hits.
    #[serde(default)]
    pub when: When,
    /// What happens to them.
    pub fault: Fault,
}

/// Which requests or messages a rule looks at; what is absent matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct On {
    /// An HTTP method.
    pub method: Option<String>,
    /// A path below `/api/v3/brokerage`, or one that begins with `/v2`; `*` is any one segment.
    pub path: Option<String>,
    /// Text that must be in the query.
    pub query: Option<String>,
    /// A WebSocket message's channel, as in its envelope.
    pub channel: Option<String>,
    /// `snapshot` or `update`.
    pub event: Option<String>,
}

/// Which of the matching requests or messages a rule hits: all that are within every bound given.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The one with this number, from 1.
    pub nth: Option<u64>,
    /// This number and later ones, from 1.
    pub from: Option<u64>,
    /// This number and earlier ones.
    pub to: Option<u64>,
    /// A share of them, 0 to 1, drawn with `seed`.
    pub probability: Option<f64>,
    /// Which draw.
    #[serde(default)]
    pub seed: u64,
    /// Not before so many venue seconds after the start.
    pub after_secs: Option<i64>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The request takes effect and the connection closes without a reply.
    ReplyLost,
    /// The connection closes after so many bytes of the reply.
    CloseAt {
        /// Bytes that still arrive.
        byte: u64,
    },
    /// An error in place of the request: it has no effect.
    StatusBefore {
        /// HTTP status.
        status: u16,
    },
    /// An error in place of the reply: the request took effect.
    StatusAfter {
        /// HTTP status.
        status: u16,
    },
    /// An order is refused in the documented form, with status 200, and has no effect.
    Reject {
        /// A `NewOrderFailureReason`.
        reason: String,
    },
    /// 429 as documented, with its headers.
    RateLimited,
    /// 401 with a valid token.
    Unauthorized,
    /// The request takes effect at once and its reply comes late.
    Slow {
        /// How late.
        millis: u64,
    },
    /// The reply's text ends early, and its length says so.
    Truncate {
        /// The part that remains, 0 to 1.
        share: f64,
    },
    /// Something else in the reply or message.
    Change {
        /// Which values, as a JSON pointer; `*` is every element.
        pointer: String,
        /// The new value; absent removes the field.
        to: Option<serde_json::Value>,
    },
    /// Orders younger than this are in no reply but that to their own creation.
    ListingLag {
        /// How young, in venue seconds.
        secs: i64,
    },
    /// A page says that more follow, and gives no way to them.
    PartialPage {
        /// How it breaks.
        how: PageBreak,
        /// How many rows the page still has.
        rows: usize,
    },
    /// A reply or message with so many more bytes, in a field that nobody knows.
    Pad {
        /// How many.
        bytes: usize,
    },
    /// A WebSocket message comes twice, numbered anew.
    Duplicate,
    /// A WebSocket message comes after the next one of its channel.
    Reorder,
    /// A WebSocket message never comes, and its number is missing.
    Gap,
    /// A WebSocket message never comes, and the next one has its number.
    Withhold,
    /// The WebSocket stays open and nothing comes any more, heartbeats included.
    Silent,
    /// The WebSocket closes.
    Disconnect,
    /// An error frame in place of a subscription.
    Refuse {
        /// Its text.
        message: String,
    },
    /// A product's state from a venue time on; matches nothing, happens by itself.
    ProductState {
        /// Which.
        product: String,
        /// `online`, `limit_only`, `cancel_only`, `post_only`, `auction`, `offline`, `delisted`.
        state: String,
    },
    /// The venue's clock is shown wrong; happens by itself.
    ClockSkew {
        /// Seconds ahead; negative is behind.
        secs: i64,
    },
    /// Somebody else places an order with the first account's money; happens by itself.
    ForeignOrder {
        /// Which product.
        product: String,
        /// Quote units, bought at market.
        quote_size: String,
    },
    /// Other fee rates from a venue time on; happens by itself.
    Fees {
        /// Basis points.
        maker_bps: u32,
        /// Basis points.
        taker_bps: u32,
    },
}

/// How a page breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageBreak {
    /// More follow, and the cursor is empty.
    EmptyCursor,
    /// The first page comes with the cursor that was asked with, for ever.
    SameCursor,
    /// Nothing follows, says the page, though something does.
    SaysDone,
}
