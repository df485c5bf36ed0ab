//! Own orders as they change, through the port.

use std::collections::{BTreeSet, VecDeque};

use async_trait::async_trait;
use exchange::{OrderFeed, OrderNews};

use super::seen;
use crate::ws::{Channel, Event, Events, Shard, Stream, StreamConfig, UserPart, queue};

/// As many events as wait for a slow reader.
const WAITING: usize = 4096;

/// Follows the orders of one key: a connection of its own, kept up until it is closed or dropped.
///
/// The venue's `user` channel tells all open orders at the beginning and after each loss, then
/// each order that changes, with its sums; single fills are read with
/// [`RestClient::fills`](crate::rest::RestClient::fills).
/// <https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels#user-channel>
#[derive(Debug)]
pub struct OrderStream {
    stream: Stream,
    events: Events,
    ready: VecDeque<OrderNews>,
}

impl OrderStream {
    /// Begins to follow. The configuration needs the address of user data and a signature, see
    /// [`StreamConfig::signed`]; a key that the venue refuses is told as a loss, and tried again.
    /// Needs a tokio runtime.
    pub fn open(config: StreamConfig) -> Self {
        let channels = BTreeSet::from([Channel::User]);
        let shard = Shard { products: BTreeSet::new(), channels };
        let (sink, events) = queue(WAITING);
        Self { stream: Stream::open(config, shard, sink), events, ready: VecDeque::new() }
    }

    /// Says goodbye.
    pub async fn close(self) {
        self.stream.close().await;
    }

    fn take(&mut self, event: Event) {
        let lost = |cause: String| OrderNews::Lost { cause };
        match event {
            Event::User { at, part, event } => {
                self.ready.extend(event.orders.iter().map(|told| match seen::told(told) {
                    Ok(order) => OrderNews::Order { at, order },
                    Err(error) => lost(error.to_string()),
                }));
                if part == UserPart::LastPage {
                    self.ready.push_back(OrderNews::Whole { at });
                }
            }
            Event::Lost(loss) => self.ready.push_back(lost(format!("{loss:?}"))),
            Event::Lagged { missed } => {
                self.ready.push_back(lost(format!("{missed} events were not read in time")));
            }
            Event::Garbled { channel: Channel::User, cause } => self.ready.push_back(lost(cause)),
            Event::Refused { message } => {
                self.ready.push_back(lost(format!("the venue refuses the stream: {message}")));
            }
            Event::Opened
            | Event::Heartbeat { .. }
            | Event::Subscribed(_)
            | Event::BookReady(_)
            | Event::BookLost { .. }
            | Event::Trades(_)
            | Event::Candles { .. }
            | Event::Tickers(_)
            | Event::TickerBatch(_)
            | Event::Status(_)
            | Event::Garbled { .. } => {}
        }
    }
}

#[async_trait]
impl OrderFeed for OrderStream {
    async fn next(&mut self) -> Option<OrderNews> {
        loop {
            if let Some(news) = self.ready.pop_front() {
                return Some(news);
            }
            let event = self.events.next().await?;
            self.take(event);
        }
    }
}
