//! The way of a request: fault, route, credential, budget, permission, answer, fault.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::Response;
use domain::Timestamp;
use serde_json::Value;

use super::call::Call;
use super::orders::rejected;
use super::{Need, PREFIX, Route, find};
use crate::keys::KnownKey;
use crate::limits::{Payer, Standing};
use crate::listen::Peer;
use crate::query::Query;
use crate::reply::{Body, Reply};
use crate::scenario::{Fault, Moment, PageBreak, change_json, fill_page};
use crate::shared::{Seen, Shared};
use crate::token::{AuthFault, check_hmac, check_token};

/// What a scenario's refusal says of the budget.
const SPENT: Standing = Standing { allowed: false, limit: 30, remaining: 0, reset_secs: 1 };

/// A request as it came in.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    fn path(&self) -> &str {
        self.uri.path()
    }

    fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Answers a request, with whatever the scenario does to it.
pub(crate) async fn handle(shared: Arc<Shared>, peer: Peer, request: Request) -> Response {
    let below = request.path().strip_prefix(PREFIX).unwrap_or(request.path()).to_owned();
    let moment =
        Moment::Request { method: request.method.as_str(), path: &below, query: request.query() };
    let fault = shared.engine.fault(moment, shared.secs());
    let (mut reply, effect) = match &fault {
        Some(Fault::StatusBefore { status }) => (Reply::edge(*status), false),
        Some(Fault::RateLimited) => (with_standing(limited(), Some(SPENT)), false),
        Some(Fault::Unauthorized) => (Reply::unauthorized(), false),
        Some(Fault::Reject { reason }) => (Reply::ok(rejected(reason)), false),
        _ => answer(&shared, &peer, &request, repeats(fault.as_ref())),
    };
    let asked = Query::parse(request.query()).one("cursor").unwrap_or_default().to_owned();
    let share = spoil(&mut reply, fault.as_ref(), &asked);
    shared.remember(Seen {
        method: request.method.to_string(),
        path: request.path().to_owned(),
        query: request.query().to_owned(),
        status: reply.status,
        effect,
    });
    match fault {
        Some(Fault::ReplyLost) => peer.cut.after(0),
        Some(Fault::CloseAt { byte }) => peer.cut.after(byte),
        Some(Fault::Slow { millis }) => tokio::time::sleep(Duration::from_millis(millis)).await,
        _ => {}
    }
    respond(&reply, share)
}

/// Whether the first page is answered whatever was asked.
const fn repeats(fault: Option<&Fault>) -> bool {
    matches!(fault, Some(Fault::PartialPage { how: PageBreak::SameCursor, .. }))
}

/// Changes a reply as its fault says; the share of its text that still goes out.
fn spoil(reply: &mut Reply, fault: Option<&Fault>, asked: &str) -> f64 {
    match fault {
        Some(Fault::StatusAfter { status }) => *reply = Reply::edge(*status),
        Some(Fault::Truncate { share }) => return *share,
        Some(Fault::Change { pointer, to }) => {
            if let Body::Json(body) = &mut reply.body {
                change_json(body, pointer, to.as_ref());
            }
        }
        Some(Fault::PartialPage { how, rows }) => {
            if let Body::Json(body) = &mut reply.body {
                fill_page(body, *how, *rows, asked);
            }
        }
        Some(Fault::Pad { bytes }) => {
            if let Body::Json(Value::Object(fields)) = &mut reply.body {
                fields.insert("padding".to_owned(), Value::from("x".repeat(*bytes)));
            }
        }
        _ => {}
    }
    1.0
}

fn respond(reply: &Reply, share: f64) -> Response {
    let mut text = reply.text().into_bytes();
    if share < 1.0 {
        let kept = (text.len() as f64 * share.max(0.0)).floor();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length is a length"
        )]
        text.truncate(kept as usize);
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(HttpBody::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(reply.content_type()));
    for (name, value) in &reply.headers {
        if let Ok(value) = header::HeaderValue::from_str(value) {
            headers.insert(*name, value);
        }
    }
    response
}

/// The answer, and whether the request got as far as its route.
fn answer(shared: &Shared, peer: &Peer, request: &Request, first_page: bool) -> (Reply, bool) {
    let Some((route, segments)) = find(request.method.as_str(), request.path()) else {
        let v2 = request.path().starts_with("/v2");
        let reply = if v2 { Reply::v2(404, "not_found", "Not found") } else { Reply::no_route() };
        return (reply, false);
    };
    let (key, standing) = match admit(shared, peer, request, route) {
        Ok(admitted) => admitted,
        Err(refused) => return (refused, false),
    };
    let body = match parse(&request.body, request.method != Method::GET) {
        Ok(body) => body,
        Err(refused) => return (refused, false),
    };
    let mut query = Query::parse(request.query());
    if first_page {
        query.forget("cursor");
    }
    let answered = shared
        .visit(|floor| (route.answer)(&mut Call { shared, floor, key, segments, query, body }));
    let reply = answered.map_or_else(|refused| refused, Reply::ok);
    (with_standing(reply, standing), true)
}

type Admitted<'a> = (Option<&'a KnownKey>, Option<Standing>);

/// Credential, budget and permission of a request.
fn admit<'a>(
    shared: &'a Shared,
    peer: &Peer,
    request: &Request,
    route: &Route,
) -> Result<Admitted<'a>, Reply> {
    let now = shared.clock.since_start();
    if route.need == Need::Public {
        let standing = shared.limiter.take(Payer::Address(peer.address.ip()), now);
        return refuse_if_over(standing).map(|()| (None, standing));
    }
    let key = authenticate(shared, request).map_err(|fault| {
        shared.turned_away(fault);
        Reply::unauthorized()
    })?;
    let standing = shared.limiter.take(Payer::Key(key.name.clone()), now);
    refuse_if_over(standing)?;
    let may = match route.need {
        Need::Public => true,
        Need::View => key.permissions.view,
        Need::Trade => key.permissions.trade,
        Need::Transfer => key.permissions.transfer,
    };
    if may { Ok((Some(key), standing)) } else { Err(Reply::missing_scope()) }
}

fn authenticate<'a>(shared: &'a Shared, request: &Request) -> Result<&'a KnownKey, AuthFault> {
    let [machine, venue] = shared.clock.token_times();
    let first = authenticate_at(shared, request, machine);
    first.or_else(|fault| authenticate_at(shared, request, venue).map_err(|_| fault))
}

fn authenticate_at<'a>(
    shared: &'a Shared,
    request: &Request,
    now: Timestamp,
) -> Result<&'a KnownKey, AuthFault> {
    if let Some(bearer) = request.header("authorization") {
        let token = bearer.strip_prefix("Bearer ").ok_or(AuthFault::Missing)?;
        let host = request.header("host").unwrap_or_default();
        let expected = format!("{} {host}{}", request.method, request.path());
        return check_token(&shared.keys, token.trim(), now, Some(&expected));
    }
    let signed =
        ["cb-access-key", "cb-access-timestamp", "cb-access-sign"].map(|name| request.header(name));
    let [Some(key), Some(timestamp), Some(signature)] = signed else {
        return Err(AuthFault::Missing);
    };
    // The older API signs the path with its query, the newer one without.
    let path = match request.uri.path_and_query() {
        Some(whole) if request.path().starts_with("/v2") => whole.as_str(),
        _ => request.path(),
    };
    let body = std::str::from_utf8(&request.body).unwrap_or_default();
    let message = format!("{}{path}{body}", request.method);
    check_hmac(&shared.keys, key, timestamp, signature, &message, now)
}

fn refuse_if_over(standing: Option<Standing>) -> Result<(), Reply> {
    match standing {
        Some(standing) if !standing.allowed => Err(with_standing(limited(), Some(standing))),
        _ => Ok(()),
    }
}

fn limited() -> Reply {
    Reply::too_many().with("retry-after", &1)
}

fn with_standing(reply: Reply, standing: Option<Standing>) -> Reply {
    let Some(standing) = standing else {
        return reply;
    };
    reply
        .with("x-ratelimit-limit", &standing.limit)
        .with("x-ratelimit-remaining", &standing.remaining)
        .with("x-ratelimit-reset", &standing.reset_secs)
}

/// A request's JSON. A body on a GET is read by nobody.
fn parse(bytes: &[u8], has_body: bool) -> Result<Value, Reply> {
    if !has_body || bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        Reply::unknown_400(&format!("proto:\u{a0}syntax error (line {line}:{column}): {e}"))
    })
}
