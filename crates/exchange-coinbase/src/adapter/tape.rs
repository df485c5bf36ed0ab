//! The trades of everybody, for who wants to hear them.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ProductId;

use crate::ws::{Trade, TradesEvent};

/// Hears the trades of all followed products, each once and those of one product in their order. It
/// runs on the thread that reads the stream: it must not wait.
pub type TradeEar = Arc<dyn Fn(&Trade) + Send + Sync>;

#[derive(Default)]
struct Heard {
    ear: Option<TradeEar>,
    /// The number of each product's newest trade: the venue repeats the last ones at each start.
    newest: BTreeMap<ProductId, u64>,
}

/// Whoever listens, shared by all connections.
#[derive(Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Heard>>);

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").finish_non_exhaustive()
    }
}

impl Tape {
    pub(super) fn listen(&self, ear: TradeEar) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ear = Some(ear);
    }

    /// Tells what is new of an event. A trade whose id is no number cannot be told from one that was
    /// heard already, and is not told.
    pub(super) fn take(&self, event: &TradesEvent) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ear) = heard.ear.clone() else { return };
        for trade in event.trades.iter().rev() {
            let Ok(number) = trade.id.parse::<u64>() else { continue };
            let newest = heard.newest.entry(trade.product).or_default();
            if number > *newest {
                *newest = number;
                ear(trade);
            }
        }
    }
}
