//! Futures and perpetuals: an account here has none, and says so as Coinbase does.
#![expect(clippy::unnecessary_wraps, reason = "the routes' table has one type of answer")]

use serde_json::json;

use super::call::{Answer, Call, text};
use crate::reply::{Reply, bad_argument};

pub(crate) fn positions(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "positions": [] }))
}

pub(crate) fn sweeps(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "sweeps": [] }))
}

pub(crate) fn balance_summary(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "balance_summary": null }))
}

pub(crate) fn margin_setting(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "setting": "INTRADAY_MARGIN_SETTING_UNSPECIFIED" }))
}

pub(crate) fn margin_window(_: &mut Call<'_>) -> Answer {
    Ok(json!({
        "margin_window": null,
        "is_intraday_margin_killswitch_enabled": false,
        "is_intraday_margin_enrollment_killswitch_enabled": false,
    }))
}

pub(crate) fn none(_: &mut Call<'_>) -> Answer {
    Err(Reply::not_found("not found"))
}

pub(crate) fn not_enabled(_: &mut Call<'_>) -> Answer {
    Err(Reply::gateway(403, "PERMISSION_DENIED", "account is not enabled for derivatives"))
}

pub(crate) fn close_position(call: &mut Call<'_>) -> Answer {
    if text(&call.body, "client_order_id").is_none() {
        return Err(bad_argument("client_order_id is required"));
    }
    Ok(json!({
        "success": false,
        "error_response": {
            "error": "CANNOT_CLOSE_ZERO_POSITION",
            "message": "There is no position to close",
            "error_details": "",
            "preview_failure_reason": "UNKNOWN_PREVIEW_FAILURE_REASON",
            "new_order_failure_reason": "CANNOT_CLOSE_ZERO_POSITION",
        },
        "order_configuration": null,
    }))
}
