//! News of own orders as the venue streams them. They say where to look and nothing more: what is
//! booked is what the venue answers when it is asked. So a stream that repeats itself, tells things
//! out of order, has a gap or is silent costs time and nothing else.

use core::fmt;
use core::future::poll_fn;
use core::task::Poll;

use exchange::{OrderFeed, OrderNews, VenueOrder};

/// As much news is taken together; the rest waits for the next time.
const TOGETHER: usize = 500;

/// The stream, where there is one.
pub(crate) struct Hearing(Option<Box<dyn OrderFeed>>);

impl fmt::Debug for Hearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hearing").field("streams", &self.0.is_some()).finish()
    }
}

impl Hearing {
    pub(crate) const fn of(feed: Option<Box<dyn OrderFeed>>) -> Self {
        Self(feed)
    }

    /// Waits for news, and takes all that is there by then. Without a stream it waits for ever.
    /// Nothing is lost when the wait is given up.
    pub(crate) async fn next(&mut self) -> Vec<VenueOrder> {
        let Some(feed) = &mut self.0 else { return core::future::pending().await };
        let mut told = Vec::new();
        let mut next = feed.next().await;
        loop {
            match next {
                Some(OrderNews::Order { order, .. }) => told.push(order),
                Some(OrderNews::Whole { at }) => tracing::info!(%at, "the stream of own orders"),
                Some(OrderNews::Lost { cause }) => {
                    tracing::warn!(cause, "news of own orders may be missing: they are asked for");
                }
                None => {
                    tracing::error!("the stream of own orders has ended: they are asked for");
                    self.0 = None;
                    return told;
                }
            }
            if told.len() >= TOGETHER {
                return told;
            }
            // Looked at once and not waited for: whoever gives up this wait loses nothing.
            let mut more = feed.next();
            match poll_fn(|context| Poll::Ready(more.as_mut().poll(context))).await {
                Poll::Ready(more) => next = more,
                Poll::Pending => return told,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use domain::Timestamp;
    use exchange::MockOrderFeed;

    use super::*;

    #[tokio::test]
    async fn what_is_there_is_taken_together_and_a_stream_that_ends_is_waited_for_no_more() {
        let at = Timestamp::from_secs(0);
        let lost = || OrderNews::Lost { cause: "a gap".to_owned() };
        let mut news = vec![Some(lost()), Some(OrderNews::Whole { at }), None].into_iter();
        let mut feed = MockOrderFeed::new();
        feed.expect_next().times(3).returning(move || news.next().flatten());
        let mut hearing = Hearing::of(Some(Box::new(feed)));
        assert_eq!(hearing.next().await, []);
        let waited = tokio::time::timeout(Duration::from_millis(20), hearing.next()).await;
        assert!(waited.is_err(), "there is nobody left to hear");
    }
}
