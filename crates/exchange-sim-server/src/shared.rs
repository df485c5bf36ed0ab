//! What all connections share.

use std::sync::{Mutex, PoisonError};

use domain::{Bps, ProductStatus, Timestamp, Usd};
use exchange_sim::SimError;
use exchange_sim::spot::Tier;
use tokio::sync::watch;

use crate::clock::VenueClock;
use crate::config::{CandleExcess, Patience};
use crate::floor::Floor;
use crate::keys::KeyRing;
use crate::limits::Limiter;
use crate::scenario::{Engine, Fault};
use crate::token::AuthFault;

/// Requests remembered for those who ask what the venue saw.
const REMEMBERED: usize = 10_000;

/// A REST request as the venue saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// HTTP method.
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// Query, without `?`.
    pub query: String,
    /// What the client was meant to get.
    pub status: u16,
    /// Whether it changed or read anything: false when it was turned away before.
    pub effect: bool,
}

pub(crate) struct Shared {
    pub(crate) clock: VenueClock,
    pub(crate) started: Timestamp,
    pub(crate) keys: KeyRing,
    pub(crate) limiter: Limiter,
    pub(crate) engine: Engine,
    pub(crate) patience: Patience,
    pub(crate) candle_excess: CandleExcess,
    /// Told the newest event's number whenever the venue may have moved.
    pub(crate) moved: watch::Sender<u64>,
    floor: Mutex<Floor>,
    seen: Mutex<Vec<Seen>>,
    refused: Mutex<Option<AuthFault>>,
}

impl Shared {
    pub(crate) fn new(
        clock: VenueClock,
        keys: KeyRing,
        limiter: Limiter,
        engine: Engine,
        patience: Patience,
        candle_excess: CandleExcess,
        floor: Floor,
    ) -> Self {
        Self {
            started: clock.now(),
            clock,
            keys,
            limiter,
            engine,
            patience,
            candle_excess,
            moved: watch::Sender::new(0),
            floor: Mutex::new(floor),
            seen: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// Venue seconds since the start.
    pub(crate) fn secs(&self) -> i64 {
        self.clock.now().secs_since(self.started)
    }

    /// Brings the venue up to its clock, lets due faults happen, and does something with it while
    /// nobody else does.
    pub(crate) fn visit<T>(&self, act: impl FnOnce(&mut Floor) -> T) -> T {
        // Whoever panicked with the lock did so in a defect; what is behind it answers or errs.
        let mut floor = self.floor.lock().unwrap_or_else(PoisonError::into_inner);
        self.catch_up(&mut floor);
        let done = act(&mut floor);
        let last = floor.venue.last_event();
        drop(floor);
        self.moved.send_if_modified(|seen| std::mem::replace(seen, last) != last);
        done
    }

    /// Looks at the venue as it stands, without moving it.
    pub(crate) fn look<T>(&self, act: impl FnOnce(&Floor) -> T) -> T {
        act(&self.floor.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn catch_up(&self, floor: &mut Floor) {
        let now = self.clock.now();
        for (at, fault) in self.engine.due(now.secs_since(self.started)) {
            advance(floor, self.started.plus_secs(at));
            if let Err(error) = self.happen(floor, &fault) {
                tracing::error!(?fault, %error, "a scenario's fault could not happen");
            }
        }
        advance(floor, now);
    }

    fn happen(&self, floor: &mut Floor, fault: &Fault) -> Result<(), crate::ServeError> {
        if let Fault::ProductState { product, state } = fault {
            let product = product.parse().map_err(SimError::from)?;
            let status = status_of(state).ok_or_else(|| {
                crate::ServeError::Config(format!("{state:?} is no product state"))
            })?;
            floor.venue.set_status(product, status)?;
        } else if let Fault::ClockSkew { secs } = fault {
            self.clock.set_skew(secs.saturating_mul(1000));
        } else if let Fault::ForeignOrder { product, quote_size } = fault {
            floor.foreign_order(product, quote_size)?;
        } else if let Fault::Fees { maker_bps, taker_bps } = fault {
            let bps = |n: &u32| Bps::new(rust_decimal::Decimal::from(*n)).map_err(SimError::from);
            let (maker, taker) = (bps(maker_bps)?, bps(taker_bps)?);
            let tier = Tier { name: "Scenario".to_owned(), from: Usd::ZERO, maker, taker };
            floor.venue.set_tiers(vec![tier])?;
        }
        Ok(())
    }

    pub(crate) fn remember(&self, request: Seen) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < REMEMBERED {
            seen.push(request);
        }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps why a credential was turned away, which the wire does not say.
    pub(crate) fn turned_away(&self, fault: AuthFault) {
        tracing::info!(%fault, "turned a credential away");
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    pub(crate) fn last_refusal(&self) -> Option<AuthFault> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn advance(floor: &mut Floor, to: Timestamp) {
    if to > floor.venue.now()
        && let Err(error) = floor.venue.advance(to)
    {
        tracing::error!(%error, "the market ends here");
    }
}

/// The state that a scenario's word means.
fn status_of(word: &str) -> Option<ProductStatus> {
    Some(match word {
        "online" => ProductStatus::Online,
        "limit_only" => ProductStatus::LimitOnly,
        "cancel_only" => ProductStatus::CancelOnly,
        "post_only" => ProductStatus::PostOnly,
        "auction" => ProductStatus::Auction,
        "view_only" => ProductStatus::ViewOnly,
        "offline" => ProductStatus::Offline,
        "delisted" => ProductStatus::Delisted,
        _ => return None,
    })
}
