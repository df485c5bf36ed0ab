//! Changing an order in place. The trading program does not use it (O-14); the client offers it.

use domain::{BaseQty, Price};
use reqwest::Method;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::Life;
use crate::rest::call::Call;
use crate::rest::{Lane, RestClient, RestError};
use crate::wire::num;

/// A change of a resting limit, stop-limit or bracket order. Both terms are always sent: the venue
/// takes a missing size for 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The venue's id of the order.
    pub order_id: String,
    /// The new limit price.
    pub price: Price,
    /// The new *total* size, what is filled included.
    pub size: BaseQty,
    /// The new stop price, for orders that have one.
    pub stop_price: Option<Price>,
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EditError {
    /// Such as `ORDER_NOT_FOUND`.
    #[serde(default)]
    pub edit_failure_reason: Option<String>,
    /// Such as `PREVIEW_INSUFFICIENT_FUND`.
    #[serde(default)]
    pub preview_failure_reason: Option<String>,
}

/// What the venue says to a change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EditResult {
    /// Whether it took the request.
    pub success: bool,
    /// Why not. Older replies had one instead of a list.
    #[serde(default, deserialize_with = "one_or_many")]
    pub errors: Vec<EditError>,
}

/// What a change would lead to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EditPreview {
    /// Why it would be refused.
    #[serde(deserialize_with = "one_or_many")]
    pub errors: Vec<EditError>,
    /// The order's worth with commission.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub order_total: Option<Decimal>,
    /// The commission.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub commission_total: Option<Decimal>,
    /// The size in the base currency.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub base_size: Option<Decimal>,
    /// The size in the quote currency.
    #[serde(default, deserialize_with = "num::option_digits::deserialize")]
    pub quote_size: Option<Decimal>,
}

fn one_or_many<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<EditError>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Many(Vec<EditError>),
        One(EditError),
    }
    let read = Option::<Either>::deserialize(input)?;
    Ok(read.map_or_else(Vec::new, |either| match either {
        Either::Many(errors) => errors,
        Either::One(error) => vec![error],
    }))
}

impl Edit {
    fn call(&self, endpoint: &'static str, path: &str) -> Call {
        let mut body = json!({
            "order_id": self.order_id,
            "price": self.price.to_string(),
            "size": self.size.to_string(),
        });
        if let Some(stop) = self.stop_price {
            body["stop_price"] = json!(stop.to_string());
        }
        Call::send(endpoint, Method::POST, path, &body)
    }
}

impl RestClient {
    /// Changes an order. `POST /orders/edit`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/edit-order>.
    ///
    /// # Errors
    /// [`RestError`]; it is never repeated, and a lost reply says nothing: look at the order.
    pub async fn edit(&self, edit: &Edit, lane: Lane) -> Result<EditResult, RestError> {
        let call = edit.call("POST /orders/edit", "/orders/edit").lane(lane).life(Life::Order);
        self.value(&call).await
    }

    /// Asks what a change would lead to. `POST /orders/edit_preview`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/edit-order-preview>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn edit_preview(&self, edit: &Edit) -> Result<EditPreview, RestError> {
        self.value(&edit.call("POST /orders/edit_preview", "/orders/edit_preview")).await
    }
}
