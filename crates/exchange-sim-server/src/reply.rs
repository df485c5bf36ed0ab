//! Replies and Coinbase's three families of error bodies.

use serde_json::{Value, json};

/// An HTTP reply before faults have had their way with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Body,
    pub(crate) headers: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Json(Value),
    Text(String),
    Html(String),
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Body::Json(body), headers: Vec::new() }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// The gateway's error: the text twice, as Coinbase sends it.
    pub(crate) fn gateway(status: u16, code: &str, text: &str) -> Self {
        Self::json(status, json!({ "error": code, "error_details": text, "message": text }))
    }

    pub(crate) fn unknown_400(text: &str) -> Self {
        Self::gateway(400, "unknown", text)
    }

    pub(crate) fn unauthorized() -> Self {
        let body = Body::Text("Unauthorized".to_owned());
        Self { status: 401, body, headers: Vec::new() }
    }

    pub(crate) fn no_route() -> Self {
        Self::gateway(404, "unknown", "Not Found")
    }

    pub(crate) fn missing_scope() -> Self {
        Self::gateway(403, "PERMISSION_DENIED", "Missing required scopes")
    }

    pub(crate) fn not_found(text: &str) -> Self {
        Self::gateway(404, "NOT_FOUND", text)
    }

    pub(crate) fn no_product() -> Self {
        Self::not_found("valid product_id is required")
    }

    pub(crate) fn no_order() -> Self {
        Self::not_found("order with this orderID was not found")
    }

    /// The venue's own failure, which is a defect here and an outage there.
    pub(crate) fn internal(text: &str) -> Self {
        Self::gateway(500, "INTERNAL", text)
    }

    pub(crate) fn too_many() -> Self {
        Self::v2(429, "rate_limit_exceeded", "Too many requests")
    }

    /// The error form of `/v2`.
    pub(crate) fn v2(status: u16, id: &str, text: &str) -> Self {
        Self::json(status, json!({ "errors": [{ "id": id, "message": text }] }))
    }

    /// What an edge server says when what is behind it does not answer.
    pub(crate) fn edge(status: u16) -> Self {
        let name = match status {
            502 => "Bad Gateway",
            503 => "Service Temporarily Unavailable",
            504 => "Gateway Time-out",
            _ => "Server Error",
        };
        let body = format!(
            "<html><head><title>{status} {name}</title></head><body><h1>{status} {name}</h1></body></html>"
        );
        Self { status, body: Body::Html(body), headers: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// The body as it goes out.
    pub(crate) fn text(&self) -> String {
        match &self.body {
            Body::Json(value) => value.to_string(),
            Body::Text(text) | Body::Html(text) => text.clone(),
        }
    }

    pub(crate) const fn content_type(&self) -> &'static str {
        match self.body {
            Body::Json(_) => "application/json; charset=utf-8",
            Body::Text(_) => "text/plain; charset=utf-8",
            Body::Html(_) => "text/html",
        }
    }
}

/// `INVALID_ARGUMENT`, the gateway's usual complaint.
pub(crate) fn bad_argument(text: &str) -> Reply {
    Reply::gateway(400, "INVALID_ARGUMENT", text)
}
