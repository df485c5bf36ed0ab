//! Events for a reader that may be slower than the venue: bounded, and it says what was dropped.

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::Event;

/// Where a stream's events go. Called on the stream's own task, while its session is locked: it
/// must not wait, and must not ask the stream anything.
pub trait Sink: Send + 'static {
    /// Takes the next event.
    fn take(&mut self, event: Event);
}

impl<F: FnMut(Event) + Send + 'static> Sink for F {
    fn take(&mut self, event: Event) {
        self(event);
    }
}

/// The end of a queue that a stream writes to. It never waits: what does not fit is dropped and
/// counted, and the reader is told with [`Event::Lagged`] as soon as there is room.
#[derive(Debug)]
pub struct QueueSink {
    queue: Sender<Event>,
    missed: u64,
}

/// The end of a queue that is read.
#[derive(Debug)]
pub struct Events(Receiver<Event>);

/// A queue for so many events (at least 2).
pub fn queue(capacity: usize) -> (QueueSink, Events) {
    let (sender, receiver) = channel(capacity.max(2));
    (QueueSink { queue: sender, missed: 0 }, Events(receiver))
}

impl Sink for QueueSink {
    fn take(&mut self, event: Event) {
        if self.missed > 0 {
            // The word of the loss needs a place too.
            if self.queue.capacity() < 2 {
                self.missed = self.missed.saturating_add(1);
                return;
            }
            let missed = core::mem::take(&mut self.missed);
            // There is room, or nobody reads any more.
            drop(self.queue.try_send(Event::Lagged { missed }));
        }
        if self.queue.try_send(event).is_err() {
            self.missed = 1;
        }
    }
}

impl Events {
    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }

    /// The next event if there is one already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.0.try_recv().ok()
    }
}
