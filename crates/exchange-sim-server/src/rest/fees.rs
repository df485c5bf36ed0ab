//! What the account pays.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::json;

use super::call::{Answer, Call, plain};
use super::portfolios::worth;

const TYPES: &[&str] =
    &["UNKNOWN_PRODUCT_TYPE", "SPOT", "FUTURE", "EQUITY", "OPTION_GROUP", "FUTURE_GROUP"];
const VENUES: &[&str] = &["UNKNOWN_VENUE_TYPE", "CBE", "FCM", "INTX"];

pub(crate) fn summary(call: &mut Call<'_>) -> Answer {
    call.query.word("product_type", TYPES)?;
    call.query.word("product_venue", VENUES)?;
    let account = call.account()?;
    let status = call.floor.venue.fee_status(account)?;
    let rate = |bps: domain::Bps| plain(bps.get() / Decimal::from(10_000));
    let number = |usd: domain::Usd| usd.get().to_f64().unwrap_or(0.0);
    let (volume, fees) = (number(status.volume), number(status.fees));
    let until = status.up_to.map(|usd| plain(usd.get())).unwrap_or_default();
    let from = plain(status.tier.from.get());
    let tier = json!({
        "pricing_tier": status.tier.name,
        "taker_fee_rate": rate(status.tier.taker),
        "maker_fee_rate": rate(status.tier.maker),
        "aop_from": "",
        "aop_to": "",
        "usd_from": from,
        "usd_to": until,
        "perps_vol_from": "",
        "perps_vol_to": "",
        "volume_types_and_range": [{
            "volume_types": ["VOLUME_TYPE_SPOT", "VOLUME_TYPE_US_DERIVATIVES"],
            "vol_from": from,
            "vol_to": until,
        }],
    });
    Ok(json!({
        "total_volume": volume,
        "total_fees": fees,
        "fee_tier": tier,
        "margin_rate": null,
        "goods_and_services_tax": null,
        "advanced_trade_only_volume": volume,
        "advanced_trade_only_fees": fees,
        "coinbase_pro_volume": 0.0,
        "coinbase_pro_fees": 0.0,
        "total_balance": plain(worth(call.floor, account)?.round_dp(2)),
        "has_promo_fee": false,
        "volume_breakdown": [
            { "volume_type": "VOLUME_TYPE_SPOT", "volume": volume },
            { "volume_type": "VOLUME_TYPE_US_DERIVATIVES", "volume": 0.0 },
        ],
        "has_cost_plus_commission": false,
        "fee_tier_without_promotion": null,
    }))
}
