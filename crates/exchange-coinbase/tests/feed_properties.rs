//! Whatever the network does to messages, a book that is given out is the venue's (D-02).
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use core::time::Duration;
use std::collections::BTreeMap;

use common::{beat, book, frame, opened, product, shard};
use domain::Level;
use exchange_coinbase::ws::{Channel, Depth, Next, Session};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

const BTC: &str = "BTC-USD";

/// What the venue does next.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// A level changes: bids lie below 100, asks at 100 and above.
    Level { price: u8, size: u8 },
    /// All levels.
    Snapshot,
    /// A beat.
    Beat,
}

/// What the network does to the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    Lost,
    Twice,
    /// After the next one.
    Late,
    Truncated,
}

fn deeds() -> impl Strategy<Value = Vec<(Deed, Fate)>> {
    let deed = prop_oneof![
        8 => (95_u8..105, 0_u8..4).prop_map(|(price, size)| Deed::Level { price, size }),
        2 => Just(Deed::Snapshot),
        1 => Just(Deed::Beat),
    ];
    let fate = prop_oneof![
        20 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        1 => Just(Fate::Twice),
        1 => Just(Fate::Late),
        1 => Just(Fate::Truncated),
    ];
    vec((deed, fate), 1..120)
}

/// The venue: its levels, and its messages by number.
#[derive(Default)]
struct Venue {
    levels: BTreeMap<u8, u8>,
    sent: u64,
}

impl Venue {
    fn message(&mut self, deed: Deed) -> String {
        let number = self.sent;
        self.sent += 1;
        match deed {
            Deed::Beat => frame(number, number, "heartbeats", &beat(number)),
            Deed::Level { price, size } => {
                self.levels.insert(price, size);
                self.levels.retain(|_, size| *size > 0);
                frame(number, number, "l2_data", &levels("update", &[(price, size)]))
            }
            Deed::Snapshot => {
                let all: Vec<_> = self.levels.iter().map(|(p, s)| (*p, *s)).collect();
                frame(number, number, "l2_data", &levels("snapshot", &all))
            }
        }
    }

    /// Best first, as the session should have it.
    fn side(&self, bids: bool) -> Vec<(u8, u8)> {
        let all = self.levels.iter().filter(|(p, _)| (**p < 100) == bids).map(|(p, s)| (*p, *s));
        if bids { all.rev().collect() } else { all.collect() }
    }
}

fn levels(kind: &str, levels: &[(u8, u8)]) -> String {
    let texts: Vec<_> = levels.iter().map(|(p, s)| (*p, p.to_string(), s.to_string())).collect();
    let side = |price: u8| if price < 100 { "bid" } else { "offer" };
    let rows: Vec<_> = texts.iter().map(|(at, p, s)| (side(*at), p.as_str(), s.as_str())).collect();
    book(kind, BTC, &rows)
}

fn small(levels: &[Level]) -> Vec<(Decimal, Decimal)> {
    levels.iter().map(|level| (level.price.get(), level.size.get())).collect()
}

fn wanted(levels: Vec<(u8, u8)>) -> Vec<(Decimal, Decimal)> {
    levels.into_iter().map(|(p, s)| (Decimal::from(p), Decimal::from(s))).collect()
}

/// A book that is given out is the venue's at the moment of the last message that arrived.
fn honest(session: &Session, venue: &Venue) -> Result<bool, TestCaseError> {
    let depth = Depth { levels: 100, bps: 0, at_most: 100 };
    let Some(view) = session.book(&product(BTC), depth) else { return Ok(false) };
    prop_assert_eq!(view.book.fault(), None);
    prop_assert_eq!(small(&view.book.bids), wanted(venue.side(true)));
    prop_assert_eq!(small(&view.book.asks), wanted(venue.side(false)));
    Ok(true)
}

proptest! {
    #[test]
    fn no_loss_repetition_or_disorder_gives_out_a_wrong_book(deeds in deeds()) {
        let mut session = opened(shard(&[BTC], &[Channel::Level2]));
        let (mut venue, mut events, mut late) = (Venue::default(), Vec::new(), None::<String>);
        let mut open = true;
        for (at, (deed, fate)) in deeds.into_iter().enumerate() {
            let text = venue.message(deed);
            let now = Duration::from_secs(u64::try_from(at).unwrap());
            let mut arriving = Vec::new();
            match fate {
                Fate::Lost => {}
                Fate::Twice => arriving.extend([text.clone(), text]),
                Fate::Late if late.is_none() => late = Some(text.clone()),
                Fate::Arrives | Fate::Late => arriving.push(text),
                Fate::Truncated => arriving.push(text[..text.len() / 2].to_owned()),
            }
            if fate != Fate::Late {
                arriving.extend(late.take());
            }
            for text in arriving {
                if open && session.on_text(now, &text, &mut events) != Next::Stay {
                    session.closed(now, exchange_coinbase::ws::Reason::Losses, &mut events);
                    open = false;
                }
            }
            // What did not arrive yet cannot be known; the next message that arrives shows it.
            if matches!(fate, Fate::Arrives | Fate::Twice) {
                honest(&session, &venue)?;
            }
        }
    }

    #[test]
    fn without_faults_every_book_is_given_out(deeds in deeds()) {
        let mut session = opened(shard(&[BTC], &[Channel::Level2]));
        let (mut venue, mut events) = (Venue::default(), Vec::new());
        venue.levels.extend([(90, 1), (110, 1)]);
        let begin = std::iter::once(Deed::Snapshot).chain(deeds.into_iter().map(|(deed, _)| deed));
        for (at, deed) in begin.enumerate() {
            let (now, text) = (Duration::from_secs(u64::try_from(at).unwrap()), venue.message(deed));
            prop_assert_eq!(session.on_text(now, &text, &mut events), Next::Stay);
            prop_assert!(honest(&session, &venue)?);
        }
    }

    #[test]
    fn no_text_makes_the_session_panic(texts in vec(".{0,200}", 0..8)) {
        let mut session = opened(shard(&[BTC], &Channel::ALL));
        for text in texts {
            let next = session.on_text(Duration::ZERO, &text, &mut Vec::new());
            prop_assert!(matches!(next, Next::Stay | Next::Reconnect(_)));
        }
    }
}
