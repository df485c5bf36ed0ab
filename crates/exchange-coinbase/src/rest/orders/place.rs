//! Placing an order: one request, never repeated, one classified outcome.

use core::fmt;
use core::time::Duration;

use domain::ProductId;
use reqwest::Method;
use serde_json::json;

use super::{Configuration, Expected, PlaceOutcome, Refusal, SorPreference, classify};
use crate::Life;
use crate::rest::call::Call;
use crate::rest::client::Attempt;
use crate::rest::{Lane, RestClient, RestError};

/// The client's own id of an order: 1 to 128 printable characters, unique for ever.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientOrderId(String);

impl ClientOrderId {
    /// Takes an id.
    ///
    /// # Errors
    /// [`RestError::Input`] when it is empty, longer than 128 characters (the venue's limit) or
    /// not printable.
    pub fn new(text: &str) -> Result<Self, RestError> {
        if !text.is_empty() && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        let what = "a client order id has 1 to 128 printable ASCII characters".to_owned();
        Err(RestError::Input { endpoint: "POST /orders", what })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ClientOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The longest that an order waits for its turn.
const LONGEST_TURN: Duration = Duration::from_secs(2);

/// An order to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    client_order_id: ClientOrderId,
    product_id: ProductId,
    configuration: Configuration,
    preview_id: Option<String>,
    sor: Option<SorPreference>,
}

impl NewOrder {
    /// An order.
    ///
    /// # Errors
    /// [`RestError::Input`] when its configuration cannot be: a size of nothing, an end before the
    /// beginning.
    pub fn new(
        client_order_id: ClientOrderId,
        product_id: ProductId,
        configuration: Configuration,
    ) -> Result<Self, RestError> {
        if let Some(fault) = configuration.fault() {
            let what = format!("the order {client_order_id}: {fault}");
            return Err(RestError::Input { endpoint: "POST /orders", what });
        }
        Ok(Self { client_order_id, product_id, configuration, preview_id: None, sor: None })
    }

    /// Names the preview that this order follows.
    pub fn previewed(mut self, preview_id: &str) -> Self {
        self.preview_id = Some(preview_id.to_owned());
        self
    }

    /// Says whether it may be routed.
    pub fn routed(mut self, preference: SorPreference) -> Self {
        self.sor = Some(preference);
        self
    }

    /// Its id.
    pub const fn client_order_id(&self) -> &ClientOrderId {
        &self.client_order_id
    }

    /// Its product.
    pub const fn product_id(&self) -> ProductId {
        self.product_id
    }

    /// What it asks for.
    pub const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The body that goes out, byte for byte: what a journal can hash before it is sent.
    pub fn body(&self) -> String {
        let mut body = self.without_id();
        body["client_order_id"] = json!(self.client_order_id.as_str());
        if let Some(id) = &self.preview_id {
            body["preview_id"] = json!(id);
        }
        body.to_string()
    }

    /// What previews take: everything but the id.
    pub(super) fn without_id(&self) -> serde_json::Value {
        let mut body = json!({
            "product_id": self.product_id.as_str(),
            "side": self.expected().side.as_str(),
            "order_configuration": self.configuration.to_wire(),
        });
        if let Some(attached) = self.configuration.attached_to_wire() {
            body["attached_order_configuration"] = attached;
        }
        if let Some(sor) = &self.sor {
            body["sor_preference"] = json!(sor);
        }
        body
    }

    /// What an acceptance must repeat.
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            client_order_id: self.client_order_id.as_str(),
            product_id: self.product_id,
            side: match self.configuration.side() {
                domain::Side::Buy => crate::wire::Side::Buy,
                domain::Side::Sell => crate::wire::Side::Sell,
            },
        }
    }
}

impl RestClient {
    /// Places an order, in the lane of exits or of entries. `POST /orders`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/create-order>.
    ///
    /// One request over a connection of its own, signed for 10 seconds; nothing at any level
    /// repeats it, and nobody should: what is [`PlaceOutcome::Unknown`] is found out by looking.
    /// So is what became of an order when this future was dropped before it was ready.
    ///
    /// If the budget has no turn for it within two seconds it is not sent: what it was based on is
    /// too old by then.
    pub async fn place(&self, order: &NewOrder, lane: Lane) -> PlaceOutcome {
        self.posted(order, lane, None).await
    }

    /// The same, unless the timer's monotonic clock is beyond `last` when the order is signed and
    /// about to go out: then it is [`Refusal::NotTried`]. That clock runs while a process is
    /// stopped, and does not jump. Whatever stops it between this look and the first byte is
    /// bounded by the signature's 10 seconds.
    pub async fn place_by(&self, order: &NewOrder, lane: Lane, last: Duration) -> PlaceOutcome {
        self.posted(order, lane, Some(last)).await
    }

    async fn posted(&self, order: &NewOrder, lane: Lane, last: Option<Duration>) -> PlaceOutcome {
        let mut call = Call::get("POST /orders", "/orders", crate::rest::Audience::Account);
        call.method = Method::POST;
        call.body = order.body().into();
        let call = call.lane(lane).life(Life::Order).turn(LONGEST_TURN).not_after(last);
        match self.once(&call).await {
            Attempt::NotSent(error) => PlaceOutcome::Refused(Refusal::NotTried(error)),
            Attempt::Tried(tried) => classify(&order.expected(), &tried),
        }
    }
}
