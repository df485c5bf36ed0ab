//! One connection as a state machine: told about frames and time, it does no input or output.

use core::time::Duration;
use std::collections::{BTreeSet, VecDeque};

use domain::{Book, ProductId, Timestamp};

use super::books::Books;
use super::event::{BookLoss, Event, Loss, Next, Reason};
use super::frame::{Body, Frame, Message, decode};
use super::plan::{Backoff, Shard, Spread};
use super::sequence::{Sequence, Step};
use super::timing::Timing;
use super::user::{PAGE, UserEvent, UserPart};
use super::{Channel, Depth, Request, Verb};

/// A book and how far the connection vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookView {
    /// The part near the touch; never crossed, locked or one-sided.
    pub book: Book,
    /// Venue time up to which it is the newest: the later of its last change and of the last
    /// message on the same connection, in unbroken sequence, at most [`Timing::vouching`] after a
    /// heartbeat.
    pub vouched: Timestamp,
}

/// How much of the open orders has been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pages {
    Due,
    Some,
    All,
}

/// What is known of the present connection.
#[derive(Debug)]
struct Link {
    since: Duration,
    sequence: Sequence,
    frame: Duration,
    beat: Duration,
    /// The venue's time of the last heartbeat since the last loss.
    beat_at: Option<Timestamp>,
    /// What that one counted.
    counter: Option<u64>,
    /// The venue's time of the last message that vouches.
    through: Option<Timestamp>,
    losses: VecDeque<Duration>,
    pages: Pages,
}

/// One connection's subscriptions, books and health.
#[derive(Debug)]
pub struct Session {
    shard: Shard,
    spread: Spread,
    timing: Timing,
    link: Option<Link>,
    books: Books,
    outbox: VecDeque<Request>,
    backoff: Backoff,
    denied: bool,
}

impl Session {
    /// A session that is not connected yet.
    pub fn new(shard: Shard, spread: Spread, timing: Timing) -> Self {
        let watched = if shard.channels.contains(&Channel::Level2) {
            shard.products.clone()
        } else {
            BTreeSet::new()
        };
        Self {
            books: Books::new(watched, timing),
            shard,
            spread,
            timing,
            link: None,
            outbox: VecDeque::new(),
            backoff: Backoff::new(timing.reconnect, timing.reconnect_cap),
            denied: false,
        }
    }

    /// A connection stands: everything is asked for, heartbeats first.
    pub fn opened(&mut self, now: Duration, events: &mut Vec<Event>) {
        self.link = Some(Link {
            since: now,
            sequence: Sequence::default(),
            frame: now,
            beat: now,
            beat_at: None,
            counter: None,
            through: None,
            losses: VecDeque::new(),
            pages: Pages::Due,
        });
        self.denied = false;
        self.outbox.clear();
        self.ask(Verb::Subscribe, Channel::Heartbeats);
        for channel in self.channels() {
            self.ask(Verb::Subscribe, channel);
        }
        self.books.asked_for_all(now);
        events.push(Event::Opened);
    }

    fn channels(&self) -> Vec<Channel> {
        let all = self.shard.channels.iter().copied();
        all.filter(|channel| *channel != Channel::Heartbeats).collect()
    }

    fn ask(&mut self, verb: Verb, channel: Channel) {
        self.outbox.extend(self.spread.requests(verb, channel, &self.shard.products));
    }

    /// The next thing to tell the venue, if there is any.
    pub fn next_request(&mut self) -> Option<Request> {
        self.outbox.pop_front()
    }

    /// Puts a request back that could not be sent yet.
    pub fn unsent(&mut self, request: Request) {
        self.outbox.push_front(request);
    }

    /// Takes a text frame.
    pub fn on_text(&mut self, now: Duration, text: &str, events: &mut Vec<Event>) -> Next {
        match decode(text) {
            Ok(frame) => self.on_frame(now, frame, events),
            Err(error) => self.on_unreadable(now, error.to_string(), events),
        }
    }

    /// Takes a frame that is no message: its number is unknown, so one may be missing.
    pub fn on_unreadable(&mut self, now: Duration, cause: String, events: &mut Vec<Event>) -> Next {
        if let Some(link) = &mut self.link {
            link.frame = now;
        }
        self.lose(now, Loss::Unreadable(cause), events)
    }

    /// Takes a frame that was decoded already.
    pub fn on_frame(&mut self, now: Duration, frame: Frame, events: &mut Vec<Event>) -> Next {
        let Some(link) = &mut self.link else { return Next::Stay };
        link.frame = now;
        let message = match frame {
            Frame::Message(message) => message,
            Frame::Unfamiliar { .. } => return Next::Stay,
            Frame::Refusal { message } => return self.refused(message, events),
        };
        match link.sequence.take(message.sequence) {
            Step::Old => return Next::Stay,
            Step::Next => {}
            Step::Gap { due } => {
                let loss = Loss::Gap { due, found: message.sequence };
                let next = self.lose(now, loss, events);
                if next != Next::Stay {
                    return next;
                }
            }
        }
        self.message(now, message, events);
        Next::Stay
    }

    fn refused(&mut self, message: String, events: &mut Vec<Event>) -> Next {
        events.push(Event::Refused { message: message.clone() });
        if message.to_ascii_lowercase().contains("authentication") {
            self.denied = true;
            return Next::Reconnect(Reason::Denied(message));
        }
        Next::Stay
    }

    fn message(&mut self, now: Duration, message: Message, events: &mut Vec<Event>) {
        let at = message.at;
        if let (Some(link), Body::Heartbeats(beats)) = (&mut self.link, &message.body) {
            // One whose count stands still is repeated by somebody on the way, and no life.
            let counter = beats.last().map(|beat| beat.counter);
            if counter != link.counter {
                link.beat = now;
                link.beat_at = link.beat_at.max(Some(at));
                link.counter = counter;
            }
        }
        match message.body {
            Body::Heartbeats(beats) => {
                events.extend(beats.iter().map(|b| Event::Heartbeat { at, counter: b.counter }));
            }
            Body::Subscriptions(map) => events.push(Event::Subscribed(map)),
            Body::Books(books) => {
                for book in &books {
                    self.books.take(now, book, at, events);
                }
            }
            Body::Trades(list) => events.extend(list.into_iter().map(Event::Trades)),
            Body::Candles(list) => {
                events.extend(list.into_iter().map(|candles| Event::Candles { at, candles }));
            }
            Body::Tickers(list) => events.extend(list.into_iter().map(Event::Tickers)),
            Body::TickerBatches(list) => events.extend(list.into_iter().map(Event::TickerBatch)),
            Body::Status(list) => events.extend(list.into_iter().map(Event::Status)),
            Body::User(list) => {
                for event in list {
                    let part = self.part(&event);
                    events.push(Event::User { at, part, event });
                }
            }
            Body::Skipped { .. } => {}
            Body::Garbled { channel, cause } => self.garbled(now, channel, cause, events),
        }
        self.vouch(at);
    }

    /// Counts a message as word of the venue up to its time, if a heartbeat is near.
    fn vouch(&mut self, at: Timestamp) {
        let Some(link) = &mut self.link else { return };
        if link.beat_at.is_some_and(|beat| at <= beat + self.timing.vouching) {
            link.through = link.through.max(Some(at));
        }
    }

    fn part(&mut self, event: &UserEvent) -> UserPart {
        let Some(link) = &mut self.link else { return UserPart::Update };
        let begins = link.pages == Pages::Due && event.kind == "snapshot";
        if !begins && link.pages != Pages::Some {
            return UserPart::Update;
        }
        if event.orders.len() < PAGE {
            link.pages = Pages::All;
            return UserPart::LastPage;
        }
        link.pages = Pages::Some;
        UserPart::Page
    }

    /// Only what depends on an unreadable message is lost: of books all, since whose it was is not
    /// known. The next tick asks for them again; who reads the other channels is told.
    fn garbled(&mut self, now: Duration, channel: Channel, cause: String, events: &mut Vec<Event>) {
        events.push(Event::Garbled { channel, cause });
        if channel == Channel::Level2 {
            self.books.lose_all(now, BookLoss::Missing, events);
        }
    }

    /// Messages are missing: no book is right any more, and every channel is asked for again.
    fn lose(&mut self, now: Duration, loss: Loss, events: &mut Vec<Event>) -> Next {
        let Some(link) = &mut self.link else { return Next::Stay };
        (link.beat_at, link.through, link.pages) = (None, None, Pages::Due);
        link.counter = None;
        link.losses.push_back(now);
        while link.losses.front().is_some_and(|at| *at + self.timing.healthy < now) {
            link.losses.pop_front();
        }
        let often = link.losses.len() > self.timing.losses;
        events.push(Event::Lost(loss));
        self.books.lose_all(now, BookLoss::Missing, events);
        if often {
            return Next::Reconnect(Reason::Losses);
        }
        let others = self.channels().into_iter().filter(|channel| *channel != Channel::Level2);
        for channel in others.collect::<Vec<_>>() {
            self.ask_again(channel, &self.shard.products.clone());
        }
        self.ask_for_books(now);
        Next::Stay
    }

    fn ask_for_books(&mut self, now: Duration) {
        let due = self.books.due(now);
        if !due.is_empty() {
            self.ask_again(Channel::Level2, &due);
        }
    }

    /// Ends a subscription and begins it anew, unless that is about to happen already.
    fn ask_again(&mut self, channel: Channel, products: &BTreeSet<ProductId>) {
        let requests = [Verb::Unsubscribe, Verb::Subscribe]
            .into_iter()
            .flat_map(|verb| self.spread.requests(verb, channel, products))
            .collect::<Vec<_>>();
        if !requests.iter().all(|request| self.outbox.contains(request)) {
            self.outbox.extend(requests);
        }
    }

    /// Looks at the time: silence, missing heartbeats, snapshots that did not come.
    pub fn on_tick(&mut self, now: Duration) -> Next {
        let Some(link) = &self.link else { return Next::Stay };
        if now.saturating_sub(link.frame) > self.timing.silence {
            return Next::Reconnect(Reason::Silence);
        }
        if now.saturating_sub(link.beat) > self.timing.heartbeat {
            return Next::Reconnect(Reason::NoHeartbeat);
        }
        if now.saturating_sub(link.since) > self.timing.healthy {
            self.backoff.reset();
        }
        self.ask_for_books(now);
        Next::Stay
    }

    /// The connection is gone, or could not be made.
    pub fn closed(&mut self, now: Duration, reason: Reason, events: &mut Vec<Event>) {
        self.outbox.clear();
        self.books.lose_all(now, BookLoss::Missing, events);
        if self.link.take().is_some() {
            events.push(Event::Lost(Loss::Closed(reason)));
        }
    }

    /// How long to wait before the next connection; `random` is drawn evenly from all values. A
    /// refused key waits for at least half of the longest delay.
    pub fn reconnect_delay(&mut self, random: u64) -> Duration {
        let delay = self.backoff.next(random);
        if self.denied { delay.max(self.timing.reconnect_cap / 2) } else { delay }
    }

    /// A product's book near the touch; `None` unless it is right as far as we were told.
    pub fn book(&self, product: &ProductId, depth: Depth) -> Option<BookView> {
        let link = self.link.as_ref()?;
        let book = self.books.get(product)?;
        let vouched = link.through.map_or(book.at(), |through| through.max(book.at()));
        Some(BookView { book: book.view(depth).ok()?, vouched })
    }

    /// How many of the products' books can be read.
    pub fn ready(&self) -> usize {
        self.books.ready()
    }

    /// The venue's time up to which everything that was streamed has arrived; `None` since the
    /// last loss.
    pub fn through(&self) -> Option<Timestamp> {
        self.link.as_ref().and_then(|link| link.through)
    }

    /// What it is subscribed to.
    pub const fn shard(&self) -> &Shard {
        &self.shard
    }
}
