//! What the reply to an order post proves (O-05).

use domain::ProductId;
use serde::Deserialize;

use super::reasons::proves_refusal;
use crate::rest::error::clean;
use crate::rest::{Phase, Reply, RestError, TransportFailure, VenueError};
use crate::wire::{Object, Side};

/// What an acceptance must repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected<'a> {
    /// The client's id.
    pub client_order_id: &'a str,
    /// The product, or one that shares its book.
    pub product_id: ProductId,
    /// The side.
    pub side: Side,
}

/// What became of an order post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceOutcome {
    /// The venue has it. It can still fail or be cancelled: this is the gateway's word.
    Accepted(Placed),
    /// It is proved that the venue does not have it and will not.
    Refused(Refusal),
    /// Neither is proved. Whoever asked must look, and must not send again.
    Unknown(Doubt),
}

/// An accepted order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The venue's id.
    pub order_id: String,
    /// The client's id, as the venue repeated it.
    pub client_order_id: String,
    /// The product, as the venue repeated it.
    pub product_id: String,
    /// The id of the attached bracket, when the venue gave one.
    pub attached_order_id: Option<String>,
}

/// The proof that an order does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The client did not try.
    #[error("it was not sent: {0}")]
    NotTried(RestError),
    /// There was no connection.
    #[error("it was not sent: {0}")]
    NeverSent(TransportFailure),
    /// The venue rejected it.
    #[error("the venue rejected it: {0}")]
    Rejected(Rejection),
    /// The venue could not read it.
    #[error("the venue could not read it: {} {}", .0.code, .0.message)]
    Invalid(VenueError),
    /// The venue did not accept the key.
    #[error("the venue did not accept the key (401)")]
    Unauthorised,
    /// The key may not do this.
    #[error("the key may not do this: {} {}", .0.code, .0.message)]
    Forbidden(VenueError),
}

/// Why the venue rejected an order: all the reasons that it gave, the telling one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The reasons, such as `INSUFFICIENT_FUND`; those that say nothing are left out.
    pub reasons: Vec<String>,
    /// In words.
    pub message: String,
}

impl core::fmt::Display for Rejection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}", self.reasons.join(", "), self.message)
    }
}

/// Why nothing is proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// No reply.
    #[error("no reply: {0}")]
    NoReply(TransportFailure),
    /// The reply did not end.
    #[error("the reply with status {status} broke off: {failure}")]
    BrokenReply {
        /// Its status.
        status: u16,
        /// What stopped it.
        failure: TransportFailure,
    },
    /// A status that proves nothing.
    #[error("status {status} proves nothing: {} {}", error.code, error.message)]
    Status {
        /// The status.
        status: u16,
        /// What the venue said.
        error: VenueError,
    },
    /// A success that cannot be read.
    #[error("the reply with status {status} cannot be read: {cause}")]
    Unreadable {
        /// The status.
        status: u16,
        /// Where and why.
        cause: String,
    },
    /// A success about another order.
    #[error("the reply is about another order: its {field} is {found:?}")]
    OtherOrder {
        /// What differs.
        field: &'static str,
        /// What came.
        found: String,
    },
    /// A reply that says two things.
    #[error("the reply contradicts itself: {0}")]
    Contradiction(&'static str),
    /// A refusal without a reason that is listed.
    #[error("the venue says no without a reason that proves it: {0}")]
    NoReason(Rejection),
    /// The venue knows the id already.
    #[error("the venue already has an order with this id")]
    Duplicate,
}

#[derive(Deserialize)]
pub(in crate::rest) struct PlaceReply {
    success: bool,
    #[serde(default)]
    success_response: Option<Object<SuccessPart>>,
    #[serde(default)]
    error_response: Option<Object<ErrorPart>>,
}

#[derive(Deserialize)]
struct SuccessPart {
    #[serde(default)]
    order_id: String,
    #[serde(default)]
    product_id: String,
    #[serde(default)]
    side: Option<Side>,
    #[serde(default)]
    client_order_id: String,
    #[serde(default)]
    attached_order_id: Option<String>,
}

#[derive(Deserialize)]
struct ErrorPart {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    error_details: Option<String>,
    #[serde(default)]
    preview_failure_reason: Option<String>,
    #[serde(default)]
    new_order_failure_reason: Option<String>,
}

/// Decides what an attempt at placing an order proves (O-05).
///
/// The rule: `Accepted` and `Refused` need proof, and everything else is `Unknown`. What counts as
/// proof, and why:
///
/// | what came back | outcome | because |
/// |---|---|---|
/// | our own budget had no turn, the key did not sign | Refused, not tried | no connection was opened |
/// | no connection (name, route, refusal, TLS) | Refused, never sent | each order post opens a connection of its own, so not one byte of it had a way out |
/// | a time limit or a break while waiting | Unknown | the request may have arrived |
/// | a reply that breaks off, is too large, or is not the JSON that is due | Unknown | its head says nothing about the order |
/// | 2xx, `success: true`, an order id, and our client id, side and product in it | Accepted | the venue repeats what only this request said |
/// | 2xx, `success: true`, but another client id, side or product, no order id, or an error beside it | Unknown | it is not the answer to this request, or contradicts itself |
/// | 2xx, `success: false`, a listed reason, and no order id | Refused, rejected | the venue's documented way to refuse: the order was not created |
/// | 2xx, `success: false` without a listed reason | Unknown | `UNKNOWN_…` and new names may stand for a fault inside the venue |
/// | `DUPLICATE_CLIENT_ORDER_ID`, in any of its places | Unknown | an order with this id exists |
/// | 400 with the code `INVALID_ARGUMENT`, or `unknown` about a syntax error or a field that does not parse | Refused, invalid | the gateway turns these into requests of the order service only after they parse |
/// | 401 with the edge's plain `Unauthorized` | Refused, unauthorised | without an identity there is no account in which an order could be; the edge answers before it routes |
/// | 401 otherwise | Unknown | something else than that edge answered |
/// | 403 with the code `PERMISSION_DENIED` | Refused, forbidden | scopes are checked against the token before the request is passed on |
/// | 403 otherwise (a firewall's page) | Unknown | nothing says at which point it was stopped |
/// | 404, 405 | Unknown | reading back a new order can answer 404 for a while, so a "not found" can come from after it was made |
/// | 408, 409, 425, 429, 499 | Unknown | time-outs, conflicts and limits can be noticed at any stage |
/// | 3xx | Unknown | it is not followed, and who sent it is not known |
/// | 5xx | Unknown | the fault may have come after the order |
/// | anything else | Unknown | no proof |
pub fn classify(expected: &Expected<'_>, tried: &Result<Reply, TransportFailure>) -> PlaceOutcome {
    let reply = match tried {
        Ok(reply) => reply,
        Err(failure) => return from_failure(failure),
    };
    if reply.is_success() {
        return match serde_json::from_slice::<Object<PlaceReply>>(&reply.body) {
            Ok(Object(parsed)) => from_reply(expected, parsed),
            Err(error) => PlaceOutcome::Unknown(Doubt::Unreadable {
                status: reply.status,
                cause: clean(&error.to_string()),
            }),
        };
    }
    from_status(reply)
}

fn from_failure(failure: &TransportFailure) -> PlaceOutcome {
    let failure = failure.clone();
    match failure.phase {
        Phase::NeverSent => PlaceOutcome::Refused(Refusal::NeverSent(failure)),
        Phase::NoReply => PlaceOutcome::Unknown(Doubt::NoReply(failure)),
        Phase::PartialReply(status) => {
            PlaceOutcome::Unknown(Doubt::BrokenReply { status, failure })
        }
    }
}

fn from_status(reply: &Reply) -> PlaceOutcome {
    let error = VenueError::read(&reply.body);
    let doubt = |error| PlaceOutcome::Unknown(Doubt::Status { status: reply.status, error });
    match (reply.status, error.code.as_str()) {
        (400, "INVALID_ARGUMENT") => PlaceOutcome::Refused(Refusal::Invalid(error)),
        (400, "unknown") if does_not_parse(&error.message) => {
            PlaceOutcome::Refused(Refusal::Invalid(error))
        }
        (401, "") if reply.body.trim_ascii() == b"Unauthorized" => {
            PlaceOutcome::Refused(Refusal::Unauthorised)
        }
        (403, "PERMISSION_DENIED") => PlaceOutcome::Refused(Refusal::Forbidden(error)),
        _ => doubt(error),
    }
}

/// How the gateway words that a body is no request.
fn does_not_parse(message: &str) -> bool {
    message.starts_with("proto:") || message.starts_with("parsing field ")
}

fn from_reply(expected: &Expected<'_>, reply: PlaceReply) -> PlaceOutcome {
    let PlaceReply { success, success_response, error_response } = reply;
    let success_response = success_response.map(|Object(part)| part);
    let error_response = error_response.map(|Object(part)| part);
    match (success, success_response, error_response) {
        (true, Some(success), None) => from_success(expected, success),
        (true, Some(_) | None, Some(_)) => {
            PlaceOutcome::Unknown(Doubt::Contradiction("success with an error beside it"))
        }
        (true, None, None) => {
            PlaceOutcome::Unknown(Doubt::Contradiction("success without an order"))
        }
        (false, Some(success), _) if !success.order_id.is_empty() => {
            PlaceOutcome::Unknown(Doubt::Contradiction("failure with an order id beside it"))
        }
        (false, _, error) => from_rejection(error),
    }
}

fn from_success(expected: &Expected<'_>, placed: SuccessPart) -> PlaceOutcome {
    let other = |field, found: &str| {
        PlaceOutcome::Unknown(Doubt::OtherOrder { field, found: clean(found) })
    };
    if placed.order_id.is_empty() || placed.order_id.len() > 128 {
        return other("order_id", &placed.order_id);
    }
    if placed.client_order_id != expected.client_order_id {
        return other("client_order_id", &placed.client_order_id);
    }
    if !same_book(&placed.product_id, expected.product_id) {
        return other("product_id", &placed.product_id);
    }
    if placed.side.as_ref() != Some(&expected.side) {
        return other("side", placed.side.as_ref().map_or("", Side::as_str));
    }
    PlaceOutcome::Accepted(Placed {
        order_id: placed.order_id,
        client_order_id: placed.client_order_id,
        product_id: placed.product_id,
        attached_order_id: placed.attached_order_id.filter(|id| !id.is_empty()),
    })
}

/// Whether the venue's product is ours, or the one in US dollars (or USDC) that shares its book.
fn same_book(found: &str, ours: ProductId) -> bool {
    let dollar = |quote: &str| quote == "USD" || quote == "USDC";
    found == ours.as_str()
        || found.rsplit_once('-').is_some_and(|(base, quote)| {
            base == ours.base() && dollar(quote) && dollar(ours.quote())
        })
}

fn from_rejection(error: Option<ErrorPart>) -> PlaceOutcome {
    let Some(error) = error else {
        let none = Rejection { reasons: Vec::new(), message: String::new() };
        return PlaceOutcome::Unknown(Doubt::NoReason(none));
    };
    let ErrorPart {
        error,
        message,
        error_details,
        preview_failure_reason,
        new_order_failure_reason,
    } = error;
    let given = [error, new_order_failure_reason, preview_failure_reason];
    let mut reasons: Vec<String> = given.into_iter().flatten().map(|r| clean(&r)).collect();
    reasons.retain(|reason| !reason.is_empty() && !reason.starts_with("UNKNOWN_"));
    reasons.dedup();
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let message = filled(message).or(filled(error_details)).unwrap_or_default();
    let duplicate = reasons.iter().any(|reason| reason.contains("DUPLICATE"));
    let proved = reasons.iter().any(|reason| proves_refusal(reason));
    let rejection = Rejection { reasons, message: clean(&message) };
    if duplicate {
        PlaceOutcome::Unknown(Doubt::Duplicate)
    } else if proved {
        PlaceOutcome::Refused(Refusal::Rejected(rejection))
    } else {
        PlaceOutcome::Unknown(Doubt::NoReason(rejection))
    }
}
