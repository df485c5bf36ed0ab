//! The last door before the wire: an intent passes it once, with the body that its record allows.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{IntentFact, IntentId, Side, TimeInForce};
use serde_json::{Value, json};

/// What has passed, and why nothing passes any more.
#[derive(Debug, Default)]
struct Passed {
    intents: BTreeSet<IntentId>,
    /// The largest intent that was forgotten: none up to it passes.
    forgotten: Option<IntentId>,
    shut: Option<String>,
}

/// The types let nothing here but an intent that this process put on record; the door trusts
/// neither them nor the encoder. What is not as it should be shuts it for the rest of the process:
/// then something is broken that nobody has understood yet. Cancels do not come this way.
#[derive(Debug, Default)]
pub(super) struct Door(Mutex<Passed>);

impl Door {
    /// As many intents as are remembered.
    const MOST: usize = 10_000;

    fn lock(&self) -> MutexGuard<'_, Passed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the door is shut, if it is.
    pub(super) fn shut(&self) -> Option<String> {
        self.lock().shut.clone()
    }

    /// Lets a body through, or says why not.
    pub(super) fn pass(
        &self,
        record: &IntentFact,
        client_id: &str,
        body: &str,
    ) -> Result<(), String> {
        let mut passed = self.lock();
        if let Some(why) = &passed.shut {
            return Err(format!("the wire is shut: {why}"));
        }
        let intent = record.intent;
        let again = passed.intents.contains(&intent)
            || passed.forgotten.is_some_and(|forgotten| intent <= forgotten);
        let why = if again {
            format!("intent {} was to be sent twice", intent.0)
        } else if allowed(record, client_id) != serde_json::from_str(body).ok() {
            format!("the body of intent {} is not what is on record", intent.0)
        } else {
            passed.intents.insert(intent);
            if passed.intents.len() > Self::MOST {
                passed.forgotten = passed.intents.pop_first().max(passed.forgotten);
            }
            return Ok(());
        };
        tracing::error!(why, "the wire is shut: no order is sent any more");
        passed.shut = Some(why.clone());
        Err(format!("the wire is shut: {why}"))
    }
}

/// The one body that a record allows, written down without the encoder's help. The record holds
/// every term, so that this says more than a digest beside it would.
fn allowed(record: &IntentFact, client_id: &str) -> Option<Value> {
    let (size, limit) = (record.qty.to_string(), record.limit.to_string());
    let configuration = match record.time_in_force? {
        TimeInForce::PostOnlyUntil(end) => json!({ "limit_limit_gtd": {
            "base_size": size, "limit_price": limit, "post_only": true, "end_time": end.to_string(),
        }}),
        TimeInForce::ImmediateOrCancel => json!({ "sor_limit_ioc": {
            "base_size": size, "limit_price": limit,
        }}),
    };
    let side = match record.side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    };
    Some(json!({
        "client_order_id": client_id,
        "product_id": record.product.to_string(),
        "side": side,
        "order_configuration": configuration,
    }))
}
