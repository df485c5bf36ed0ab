//! Messages on their way out: numbered, and hit by faults.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use domain::Timestamp;
use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use serde_json::{Value, json};

use crate::scenario::{Fault, Moment, change_json};
use crate::shared::Shared;

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The connection is over, whoever ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

/// The writing side of a connection.
pub(crate) struct Outbox {
    shared: Arc<Shared>,
    sink: SplitSink<WebSocket, Message>,
    /// Number of the next message.
    sequence: u64,
    /// A message that waits for the next of its channel to overtake it.
    held: Option<(&'static str, Value)>,
    silent: bool,
    /// Whether anything was sent since somebody last asked.
    sent: bool,
}

impl Outbox {
    pub(crate) fn new(shared: Arc<Shared>, sink: SplitSink<WebSocket, Message>) -> Self {
        Self { shared, sink, sequence: 0, held: None, silent: false, sent: false }
    }

    /// Whether anything was sent since the last time this was asked.
    pub(crate) fn take_sent(&mut self) -> bool {
        std::mem::take(&mut self.sent)
    }

    /// Sends events under a channel's envelope; `kind` is `snapshot`, `update` or empty.
    pub(crate) async fn send(
        &mut self,
        channel: &'static str,
        kind: &str,
        events: Value,
    ) -> Result<(), Closed> {
        let moment = Moment::Message { channel, event: kind };
        let fault = self.shared.engine.fault(moment, self.shared.secs());
        let mut message = json!({
            "channel": channel,
            "client_id": "",
            "timestamp": nanos(self.shared.clock.shown()),
            "sequence_num": 0,
            "events": events,
        });
        match fault {
            Some(Fault::Silent) => self.silent = true,
            Some(Fault::Disconnect) => {
                // What was sent before must still arrive; the other side may be gone already.
                let _ = self.sink.close().await;
                return Err(Closed);
            }
            Some(Fault::Gap) => {
                self.sequence += 1;
                return Ok(());
            }
            Some(Fault::Withhold) => return Ok(()),
            Some(Fault::Reorder) if self.held.is_none() => {
                self.held = Some((channel, message));
                return Ok(());
            }
            Some(Fault::Duplicate) => self.number_and_write(message.clone()).await?,
            Some(Fault::Change { pointer, to }) => {
                change_json(&mut message, &pointer, to.as_ref());
            }
            Some(Fault::Pad { bytes }) => message["padding"] = Value::from("x".repeat(bytes)),
            _ => {}
        }
        self.number_and_write(message).await?;
        match self.held.take_if(|(held, _)| *held == channel) {
            Some((_, late)) => self.number_and_write(late).await,
            None => Ok(()),
        }
    }

    /// Sends an error frame, which has no number.
    pub(crate) async fn error(&mut self, text: &str) -> Result<(), Closed> {
        self.write(json!({ "type": "error", "message": text }).to_string()).await
    }

    /// Says goodbye with a reason.
    pub(crate) async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = axum::extract::ws::CloseFrame { code, reason: reason.into() };
        let goodbye = async {
            // Refused where the client said it first: then its answer waits to be written.
            let _ = self.sink.send(Message::Close(Some(frame))).await;
            let _ = self.sink.flush().await;
        };
        // A client that has gone needs none.
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }

    async fn number_and_write(&mut self, mut message: Value) -> Result<(), Closed> {
        message["sequence_num"] = Value::from(self.sequence);
        self.sequence += 1;
        self.write(message.to_string()).await
    }

    async fn write(&mut self, text: String) -> Result<(), Closed> {
        if self.silent {
            return Ok(());
        }
        self.sent = true;
        self.sink.send(Message::Text(text.into())).await.map_err(|_| Closed)
    }
}

/// A moment with nine digits behind the point, as envelopes have them.
pub(crate) fn nanos(at: Timestamp) -> String {
    let whole = Timestamp::from_secs(at.secs()).to_string();
    let millis = at.millis().rem_euclid(1000);
    format!("{}.{millis:03}000000Z", whole.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_have_nine_digits() {
        let at = "2026-01-05T12:00:00.25Z".parse().unwrap();
        assert_eq!(nanos(at), "2026-01-05T12:00:00.250000000Z");
    }
}
