//! What trading costs.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::call::Call;
use super::{Audience, RestClient, RestError};
use crate::wire::{Figure, ProductType, num};

/// The account's fees and volumes of the last 30 days, in US dollars.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TransactionSummary {
    /// The tier in force.
    pub fee_tier: FeeTier,
    /// All fees.
    #[serde(deserialize_with = "num::figure")]
    pub total_fees: Figure,
    /// All volume.
    #[serde(default, deserialize_with = "num::figure")]
    pub total_volume: Figure,
    /// The volume on Advanced Trade.
    #[serde(default, deserialize_with = "num::figure")]
    pub advanced_trade_only_volume: Figure,
    /// The fees on Advanced Trade.
    #[serde(default, deserialize_with = "num::figure")]
    pub advanced_trade_only_fees: Figure,
    /// The account's balance.
    #[serde(default)]
    pub total_balance: Figure,
    /// What tax is due on fees.
    #[serde(default)]
    pub goods_and_services_tax: Option<GoodsAndServicesTax>,
    /// The volume by kind.
    #[serde(default)]
    pub volume_breakdown: Vec<VolumeOf>,
    /// Whether costs are passed on.
    #[serde(default)]
    pub has_cost_plus_commission: Option<bool>,
}

/// A fee tier. Rates are fractions: `0.012` is 1.2 %.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FeeTier {
    /// Its name.
    pub pricing_tier: String,
    /// The rate of orders that take.
    #[serde(with = "num::text")]
    pub taker_fee_rate: Decimal,
    /// The rate of orders that rest.
    #[serde(with = "num::text")]
    pub maker_fee_rate: Decimal,
    /// Assets on the platform from which it applies.
    #[serde(default)]
    pub aop_from: Figure,
    /// Assets on the platform up to which it applies.
    #[serde(default)]
    pub aop_to: Figure,
    /// The volumes at which it applies.
    #[serde(default)]
    pub volume_types_and_range: Vec<VolumeRange>,
}

/// The volumes at which a tier applies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VolumeRange {
    /// Which volumes count.
    #[serde(default)]
    pub volume_types: Vec<String>,
    /// From.
    #[serde(default)]
    pub vol_from: Figure,
    /// Up to.
    #[serde(default)]
    pub vol_to: Figure,
}

/// Tax on fees.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GoodsAndServicesTax {
    /// The rate.
    #[serde(default)]
    pub rate: Figure,
    /// `INCLUSIVE` or `EXCLUSIVE`.
    #[serde(default, rename = "type")]
    pub kind: String,
}

/// The volume of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VolumeOf {
    /// The kind.
    pub volume_type: String,
    /// In US dollars.
    #[serde(deserialize_with = "num::figure")]
    pub volume: Figure,
}

impl RestClient {
    /// Fees and volumes. `GET /transaction_summary`, key with view,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/fees/get-transaction-summary>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn transaction_summary(
        &self,
        product_type: Option<&ProductType>,
    ) -> Result<TransactionSummary, RestError> {
        let call = Call::get("GET /transaction_summary", "/transaction_summary", Audience::Account)
            .maybe("product_type", product_type.map(ProductType::as_str));
        self.value(&call).await
    }
}
