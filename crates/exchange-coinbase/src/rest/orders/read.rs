//! Reading orders.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::ConfigurationEcho;
use crate::rest::call::{Call, MEDIUM, segment};
use crate::rest::page::{Next, Page, all};
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::{
    Figure, Moment, OrderStatus, OrderType, ProductType, Side, TimeInForce, TriggerStatus, num,
    time,
};

/// An order as the venue has it. Amounts are in the quote currency unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// The venue's id.
    pub order_id: String,
    /// The client's id.
    pub client_order_id: String,
    /// The product.
    pub product_id: String,
    /// The user.
    pub user_id: String,
    /// The side.
    pub side: Side,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// What was asked for.
    #[serde(default)]
    pub order_configuration: Option<ConfigurationEcho>,
    /// How long it lives.
    #[serde(default)]
    pub time_in_force: Option<TimeInForce>,
    /// How it trades.
    #[serde(default)]
    pub order_type: Option<OrderType>,
    /// What its trigger has done.
    #[serde(default)]
    pub trigger_status: Option<TriggerStatus>,
    /// The kind of product.
    #[serde(default)]
    pub product_type: Option<ProductType>,
    /// When the venue made it.
    pub created_time: Moment,
    /// When it was last filled.
    #[serde(default, deserialize_with = "time::option")]
    pub last_fill_time: Option<Moment>,
    /// When it last changed.
    #[serde(default, deserialize_with = "time::option")]
    pub last_update_time: Option<Moment>,
    /// How much of it is filled, in percent.
    #[serde(default)]
    pub completion_percentage: Figure,
    /// How much was filled, in the base currency.
    #[serde(default, with = "num::option_text")]
    pub filled_size: Option<Decimal>,
    /// At which price on average; 0 or unset without fills.
    #[serde(with = "num::option_text")]
    pub average_filled_price: Option<Decimal>,
    /// How many fills there are.
    #[serde(deserialize_with = "num::whole::deserialize")]
    pub number_of_fills: i64,
    /// What the fills are worth.
    #[serde(default, with = "num::option_text")]
    pub filled_value: Option<Decimal>,
    /// All commissions so far.
    #[serde(with = "num::text")]
    pub total_fees: Decimal,
    /// What it has cost or brought after commissions.
    #[serde(with = "num::option_text")]
    pub total_value_after_fees: Option<Decimal>,
    /// What it still holds.
    #[serde(default, with = "num::option_text")]
    pub outstanding_hold_amount: Option<Decimal>,
    /// Whether a cancel is under way.
    pub pending_cancel: bool,
    /// Whether its size is in the quote currency.
    pub size_in_quote: bool,
    /// Whether its size includes commissions.
    pub size_inclusive_of_fees: bool,
    /// Whether its money has moved.
    #[serde(default)]
    pub settled: Option<bool>,
    /// Why it failed.
    #[serde(default)]
    pub reject_reason: String,
    /// Why it failed, in words.
    #[serde(default)]
    pub reject_message: String,
    /// Why it was cancelled, in words.
    #[serde(default)]
    pub cancel_message: String,
    /// Where it was placed.
    #[serde(default)]
    pub order_placement_source: String,
    /// The portfolio it belongs to.
    #[serde(default)]
    pub retail_portfolio_id: Option<String>,
    /// The order to which it was attached.
    #[serde(default)]
    pub originating_order_id: Option<String>,
    /// The order that is attached to it.
    #[serde(default)]
    pub attached_order_id: Option<String>,
}

/// Which orders. The default is all of them: the only list that can prove that one is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderQuery {
    /// Only these.
    pub order_ids: Vec<String>,
    /// Only of these products.
    pub product_ids: Vec<String>,
    /// Only in this state; the venue takes one at most. `OPEN` leaves out orders that wait to be
    /// processed or cancelled.
    pub status: Option<OrderStatus>,
    /// Only of this kind of product.
    pub product_type: Option<ProductType>,
    /// Only this side.
    pub side: Option<Side>,
    /// Only those made at or after.
    pub from: Option<domain::Timestamp>,
    /// Only those made before.
    pub to: Option<domain::Timestamp>,
}

#[derive(Deserialize)]
pub(in crate::rest) struct OrdersReply {
    #[serde(deserialize_with = "crate::wire::objects")]
    pub(in crate::rest) orders: Vec<Order>,
    pub(in crate::rest) has_next: bool,
    #[serde(default)]
    pub(in crate::rest) cursor: Option<String>,
    #[serde(default)]
    pub(in crate::rest) proof_token_required: Option<bool>,
}

#[derive(Deserialize)]
pub(in crate::rest) struct OrderReply {
    pub(in crate::rest) order: Order,
}

impl OrdersReply {
    pub(in crate::rest) fn page(self, endpoint: &'static str) -> Result<Page<Order>, RestError> {
        if self.proof_token_required == Some(true) {
            return Err(RestError::ProofRequired { endpoint });
        }
        let next = Next::from_flag(endpoint, self.has_next, self.cursor)?;
        Ok(Page { items: self.orders, next })
    }
}

impl RestClient {
    /// All orders that match, newest first. `GET /orders/historical/batch`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/list-orders>.
    ///
    /// # Errors
    /// [`RestError`]; a page that breaks and a request for a proof token are such.
    pub async fn orders(&self, query: &OrderQuery) -> Result<Vec<Order>, RestError> {
        const ENDPOINT: &str = "GET /orders/historical/batch";
        all(
            ENDPOINT,
            |order: &Order| order.order_id.clone(),
            async |cursor| {
                let call = Call::get(ENDPOINT, "/orders/historical/batch", Audience::Account)
                    .cap(MEDIUM)
                    .each("order_ids", &query.order_ids)
                    .each("product_ids", &query.product_ids)
                    .maybe("order_status", query.status.as_ref().map(OrderStatus::as_str))
                    .maybe("product_type", query.product_type.as_ref().map(ProductType::as_str))
                    .maybe("order_side", query.side.as_ref().map(Side::as_str))
                    .maybe("start_date", query.from.map(|at| at.to_string()))
                    .maybe("end_date", query.to.map(|at| at.to_string()))
                    .with("limit", "250")
                    .maybe("cursor", cursor);
                self.value::<OrdersReply>(&call).await?.page(ENDPOINT)
            },
        )
        .await
    }

    /// One order by the venue's id; just after it was made the venue may not find it yet. `GET
    /// /orders/historical/{order_id}`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/get-order>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn order(&self, order_id: &str) -> Result<Order, RestError> {
        const ENDPOINT: &str = "GET /orders/historical/{order_id}";
        let path = format!("/orders/historical/{}", segment(ENDPOINT, "the order", order_id)?);
        let reply: OrderReply = self.value(&Call::get(ENDPOINT, &path, Audience::Account)).await?;
        Ok(reply.order)
    }
}
