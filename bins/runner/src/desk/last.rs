//! What is done at the venue when a process has to end.

use engine::Engine;

use super::Desk;

impl Desk {
    /// Cancels own entries that may be open, each once, without a record: nothing more can be put
    /// on record, and a cancel needs none.
    pub async fn last_resort(&self, engine: &Engine) {
        for (intent, order) in engine.orders().live().filter(|(_, order)| order.is_entry()) {
            let state = order.state();
            match self.venue.cancel(intent).await {
                Ok(()) => tracing::warn!(intent = intent.0, ?state, "cancelled at the last"),
                Err(error) => tracing::error!(
                    intent = intent.0,
                    ?state,
                    %error,
                    "not cancelled: it expires at the venue"
                ),
            }
        }
    }
}
