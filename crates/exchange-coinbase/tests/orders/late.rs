//! An approval lives two seconds up to the wire, not only up to the record: a process can be stopped
//! in between.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::sync::Arc;

use domain::{Clock, Instants, ManualClock, SubmitOutcome};
use exchange::OrderVenue as _;
use exchange_coinbase::rest::Timer;
use risk::APPROVAL_LIFE_SECS;
use serde_json::json;

use crate::common::T0;
use crate::desk::Desk;
use crate::scripted::{Stage, accepted, bought, end, ok};
use crate::server::run;

/// Time that only the test moves.
struct ByHand(ManualClock);

impl Clock for ByHand {
    fn now(&self) -> Instants {
        Instants { venue: None, ..self.0.now() }
    }
}

impl Timer for ByHand {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::task::yield_now())
    }
}

/// What becomes of a buy and a sale, approved and on record at `T0`, that long afterwards.
async fn after(stopped: Duration) -> ([SubmitOutcome; 2], Stage) {
    let timer = Arc::new(ByHand(ManualClock::starting_at(T0)));
    let stage =
        Stage::timed(Arc::<ByHand>::clone(&timer), |asked, _| match asked.method.as_str() {
            "POST" => accepted(asked),
            _ => ok(&json!({ "order": bought() })),
        })
        .await;
    let mut desk = Desk::new("50000");
    let orders = [desk.buy(7, "0.001", "49900", end()), desk.sell(8, "0.001", "49800")];
    timer.0.advance(stopped);
    let [buy, sale] = orders;
    ([stage.venue.submit(buy).await, stage.venue.submit(sale).await], stage)
}

#[test]
fn an_order_whose_approval_ran_out_since_its_commit_is_refused_and_never_posted() {
    run(async {
        let life = Duration::from_secs(APPROVAL_LIFE_SECS.unsigned_abs());
        let (last, stage) = after(life).await;
        assert!(matches!(&last[0], SubmitOutcome::Accepted { .. }), "{last:?}");
        assert_eq!(stage.count("POST", "/orders"), 2, "its last moment is one of them");
        for late in [1, 1_000, 13_000, 290_000] {
            let (outcomes, stage) = after(life + Duration::from_millis(late)).await;
            for outcome in outcomes {
                let SubmitOutcome::Refused { reason } = &outcome else { panic!("{outcome:?}") };
                assert!(reason.contains("not sent: its approval ran out"), "{late}: {reason}");
            }
            assert_eq!(stage.count("POST", "/orders"), 0, "{late} ms late: nothing was sent");
            assert_eq!(stage.venue.wire_is_shut(), None, "a late order is no fault of ours");
        }
    });
}
