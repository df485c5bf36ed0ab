//! Cancelling. An acknowledgement is not an end (O-12): look at the order.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::Life;
use crate::rest::call::Call;
use crate::rest::{Lane, RestClient, RestError};
use crate::wire::names;

names! {
    /// Why a cancel was not accepted. On success the venue sends the unknown value.
    CancelFailure {
        /// None, or not given.
        Unknown = "UNKNOWN_CANCEL_FAILURE_REASON",
        /// The request makes no sense.
        InvalidCancelRequest = "INVALID_CANCEL_REQUEST",
        /// There is no such order.
        UnknownCancelOrder = "UNKNOWN_CANCEL_ORDER",
        /// The engine refused.
        CommanderRejectedCancelOrder = "COMMANDER_REJECTED_CANCEL_ORDER",
        /// It was asked for before.
        DuplicateCancelRequest = "DUPLICATE_CANCEL_REQUEST",
        /// The product is wrong.
        InvalidCancelProductId = "INVALID_CANCEL_PRODUCT_ID",
        /// Futures only.
        InvalidCancelFcmTradingSession = "INVALID_CANCEL_FCM_TRADING_SESSION",
        /// It may not be cancelled.
        NotAllowedToCancel = "NOT_ALLOWED_TO_CANCEL",
        /// Nothing of it is left.
        OrderIsFullyFilled = "ORDER_IS_FULLY_FILLED",
        /// It is being changed.
        OrderIsBeingReplaced = "ORDER_IS_BEING_REPLACED",
    }
}

/// What the venue says to the cancel of one order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CancelResult {
    /// Whether it took the request.
    pub success: bool,
    /// Why not.
    pub failure_reason: CancelFailure,
    /// The order.
    pub order_id: String,
}

#[derive(Deserialize)]
pub(in crate::rest) struct CancelReply {
    #[serde(deserialize_with = "crate::wire::objects")]
    pub(in crate::rest) results: Vec<CancelResult>,
}

impl RestClient {
    /// The most orders in one request.
    pub const CANCEL_AT_ONCE: usize = 100;

    /// Asks for the cancel of these orders (the venue's ids, at most
    /// [`Self::CANCEL_AT_ONCE`]). `POST /orders/batch_cancel`, key with trade,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/cancel-order>.
    ///
    /// It goes in the first lane and is never repeated by the client; to ask again is safe. The
    /// token lives for 10 seconds.
    ///
    /// # Errors
    /// [`RestError`]; [`RestError::Unreadable`] when the results are not those of these orders.
    pub async fn cancel(&self, order_ids: &[String]) -> Result<Vec<CancelResult>, RestError> {
        const ENDPOINT: &str = "POST /orders/batch_cancel";
        if order_ids.is_empty() || order_ids.len() > Self::CANCEL_AT_ONCE {
            let what =
                format!("{} orders: 1 to {} are right", order_ids.len(), Self::CANCEL_AT_ONCE);
            return Err(RestError::Input { endpoint: ENDPOINT, what });
        }
        let body = json!({ "order_ids": order_ids });
        let call = Call::send(ENDPOINT, Method::POST, "/orders/batch_cancel", &body)
            .lane(Lane::Cancel)
            .life(Life::Order);
        let reply: CancelReply = self.value(&call).await?;
        reply.checked(ENDPOINT, order_ids)
    }
}

impl CancelReply {
    /// One result for each order asked for, no other.
    pub(in crate::rest) fn checked(
        self,
        endpoint: &'static str,
        order_ids: &[String],
    ) -> Result<Vec<CancelResult>, RestError> {
        let mut asked: Vec<&str> = order_ids.iter().map(String::as_str).collect();
        let mut told: Vec<&str> = self.results.iter().map(|r| r.order_id.as_str()).collect();
        asked.sort_unstable();
        told.sort_unstable();
        if asked != told {
            let cause = "the results are not those of the orders asked for".to_owned();
            return Err(RestError::Unreadable { endpoint, cause });
        }
        Ok(self.results)
    }
}
