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
        TimeInForce::Bracket(bracket) => json!({ "trigger_bracket_gtc": {
            "base_size": size, "limit_price": bracket.target.to_string(),
            "stop_trigger_price": bracket.stop.to_string(),
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

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    const NAME: &str = "5b1c0b4e-6f0a-5e6b-9b3d-0c9a4a1f7d21";

    fn record(number: u64, life: &Value) -> IntentFact {
        let record = json!({
            "at": "2026-01-05T12:00:00Z", "intent": number, "product": "BTC-USD", "asset": "BTC",
            "tier": "T1", "side": Side::Buy, "qty": "0.001", "limit": "49900", "worst_case": "50.5",
            "plan": null, "grant": null, "parent": null, "time_in_force": life,
        });
        serde_json::from_value(record).unwrap()
    }

    fn resting(number: u64) -> IntentFact {
        let end: Timestamp = "2026-01-05T12:01:30Z".parse().unwrap();
        let life = serde_json::to_value(TimeInForce::PostOnlyUntil(end)).unwrap();
        record(number, &life)
    }

    /// What was to be sent in place of the body on record.
    fn changed(pointer: &str, value: Value) -> String {
        let mut body = allowed(&resting(1), NAME).unwrap();
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string()
    }

    #[test]
    fn a_body_that_is_not_what_is_on_record_shuts_it_for_good() {
        let terms = |field: &str| format!("/order_configuration/limit_limit_gtd/{field}");
        let mut more = allowed(&resting(1), NAME).unwrap();
        more["attached_order_configuration"] = json!({});
        let taking = json!({ "sor_limit_ioc": { "base_size": "0.001", "limit_price": "49900" } });
        let cases = [
            changed("/client_order_id", json!("another")),
            changed("/product_id", json!("BTC-USDC")),
            changed("/side", json!("SELL")),
            changed(&terms("base_size"), json!("0.0011")),
            changed(&terms("limit_price"), json!("49900.01")),
            changed(&terms("post_only"), json!(false)),
            changed(&terms("end_time"), json!("2026-01-05T12:01:31Z")),
            changed("/order_configuration", taking),
            more.to_string(),
            "{".to_owned(),
            String::new(),
        ];
        for body in cases {
            let door = Door::default();
            let why = door.pass(&resting(1), NAME, &body).unwrap_err();
            assert!(why.contains("the body of intent 1 is not what is on record"), "{body}: {why}");
            let good = allowed(&resting(2), NAME).unwrap().to_string();
            assert!(door.pass(&resting(2), NAME, &good).is_err(), "it stays shut: {body}");
            assert!(door.shut().unwrap().contains("intent 1"), "{body}");
        }
    }

    #[test]
    fn a_record_that_does_not_say_how_long_an_order_lives_allows_no_body() {
        let door = Door::default();
        let bare = record(1, &Value::Null);
        assert!(door.pass(&bare, NAME, &allowed(&resting(1), NAME).unwrap().to_string()).is_err());
        assert!(door.shut().is_some());
    }

    #[test]
    fn a_bracket_passes_with_the_prices_on_record_alone() {
        let sold = |stop: &str| {
            let bracket = json!({ "bracket": { "stop": stop, "target": "57500" } });
            IntentFact { side: Side::Sell, ..record(1, &bracket) }
        };
        let body = allowed(&sold("46000"), NAME).unwrap();
        assert_eq!(
            body["order_configuration"],
            json!({ "trigger_bracket_gtc": {
                "base_size": "0.001", "limit_price": "57500", "stop_trigger_price": "46000",
            }})
        );
        assert_eq!(Door::default().pass(&sold("46000"), NAME, &body.to_string()), Ok(()));
        assert!(Door::default().pass(&sold("45999"), NAME, &body.to_string()).is_err());
    }

    #[test]
    fn the_body_on_record_passes_once() {
        let door = Door::default();
        let body = allowed(&resting(1), NAME).unwrap().to_string();
        assert_eq!(door.pass(&resting(1), NAME, &body), Ok(()));
        assert_eq!(door.shut(), None);
        assert!(door.pass(&resting(1), NAME, &body).unwrap_err().contains("twice"));
    }
}
