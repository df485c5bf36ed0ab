//! Bank accounts and cards.

use serde::Deserialize;

use super::call::{Call, segment};
use super::{Audience, RestClient, RestError};
use crate::wire::{Moment, time};

/// A way to pay in or out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the venue's own flags, one by one")]
pub struct PaymentMethod {
    /// Its id.
    pub id: String,
    /// Its kind, such as `ACH`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its currency.
    pub currency: String,
    /// Whether it is verified.
    pub verified: bool,
    /// Whether it can pay for coins.
    pub allow_buy: bool,
    /// Whether it can take what coins bring.
    pub allow_sell: bool,
    /// Whether it can pay in.
    pub allow_deposit: bool,
    /// Whether it can take a withdrawal.
    pub allow_withdraw: bool,
    /// When it was made.
    #[serde(default, deserialize_with = "time::option")]
    pub created_at: Option<Moment>,
    /// When it last changed.
    #[serde(default, deserialize_with = "time::option")]
    pub updated_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct MethodsReply {
    pub(super) payment_methods: Vec<PaymentMethod>,
}

#[derive(Deserialize)]
pub(super) struct MethodReply {
    pub(super) payment_method: PaymentMethod,
}

impl RestClient {
    /// All payment methods. `GET /payment_methods`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/payment-methods/list-payment-methods>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn payment_methods(&self) -> Result<Vec<PaymentMethod>, RestError> {
        let call = Call::get("GET /payment_methods", "/payment_methods", Audience::Account);
        let reply: MethodsReply = self.value(&call).await?;
        Ok(reply.payment_methods)
    }

    /// One payment method. `GET /payment_methods/{payment_method_id}`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/payment-methods/get-payment-method>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn payment_method(&self, id: &str) -> Result<PaymentMethod, RestError> {
        const ENDPOINT: &str = "GET /payment_methods/{payment_method_id}";
        let path = format!("/payment_methods/{}", segment(ENDPOINT, "the payment method", id)?);
        let reply: MethodReply = self.value(&Call::get(ENDPOINT, &path, Audience::Account)).await?;
        Ok(reply.payment_method)
    }
}
