//! Which side of a volume floor a product is on, and since when it has been leaving it.

use domain::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Hysteresis;

/// What is remembered between selections: the newest refresh, and each product's side of the
/// floors. It grows only when a product is seen with a volume for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The start of the newest span of refresh that was counted.
    refreshed: Option<Timestamp>,
    /// Sorted by product.
    products: Vec<Remembered>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    product: ProductId,
    gates: Gates,
}

/// One gate for each tier's floor.
pub(crate) type Gates = [Gate; 3];

/// A product's side of one floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gate {
    /// No volume was ever seen.
    #[default]
    Unseen,
    /// Inside, for so many refreshes in a row below what lets it stay.
    Inside(u8),
    /// Outside, for so many refreshes in a row at or above the floor.
    Outside(u8),
}

/// Whether this selection counts towards changing sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beat {
    /// The first selection in a span of refresh.
    Refresh,
    /// Any other.
    Between,
}

impl Gate {
    /// The gate after a look at the volume.
    pub(crate) fn after(
        self,
        beat: Beat,
        volume: Option<f64>,
        floor: f64,
        by: &Hysteresis,
    ) -> Self {
        if beat == Beat::Between && self != Self::Unseen {
            return self;
        }
        let is_high = volume.is_some_and(|volume| volume >= floor);
        let is_low = volume.is_some_and(|volume| volume < floor * by.exit_factor);
        match self {
            Self::Unseen if is_high => Self::Inside(0),
            Self::Unseen if volume.is_some() => Self::Outside(0),
            Self::Outside(row) if is_high => match row.saturating_add(1) {
                row if row >= by.enter_refreshes => Self::Inside(0),
                row => Self::Outside(row),
            },
            Self::Outside(_) => Self::Outside(0),
            Self::Inside(row) if is_low => match row.saturating_add(1) {
                row if row >= by.exit_refreshes => Self::Outside(0),
                row => Self::Inside(row),
            },
            Self::Inside(_) if volume.is_some() => Self::Inside(0),
            Self::Unseen | Self::Inside(_) => self,
        }
    }

    pub(crate) const fn is_inside(self) -> bool {
        matches!(self, Self::Inside(_))
    }
}

/// The start of the span of refresh that a moment lies in.
fn span_of(now: Timestamp, by: &Hysteresis) -> Timestamp {
    now.floor_secs(i64::from(by.refresh_minutes) * 60)
}

impl Memory {
    /// Whether a refresh is due at `now`; counts it.
    pub(crate) fn beat(&mut self, now: Timestamp, by: &Hysteresis) -> Beat {
        if !self.is_due(now, by) {
            return Beat::Between;
        }
        self.refreshed = Some(span_of(now, by));
        Beat::Refresh
    }

    /// Whether a refresh is due at `now`.
    pub(crate) fn is_due(&self, now: Timestamp, by: &Hysteresis) -> bool {
        self.refreshed.is_none_or(|newest| newest < span_of(now, by))
    }

    /// Changes the gates of one product and returns them. Calls of one selection come in the order
    /// of products and share a cursor that starts at 0, so that nothing is searched.
    pub(crate) fn pass(
        &mut self,
        cursor: &mut usize,
        product: &ProductId,
        change: impl FnOnce(&mut Gates),
    ) -> Gates {
        if !self.is_at(*cursor, product) {
            *cursor = self.seek(*cursor, product);
        }
        let at = *cursor;
        *cursor += 1;
        if let Some(known) = self.products.get_mut(at).filter(|p| p.product == *product) {
            change(&mut known.gates);
            return known.gates;
        }
        let mut gates = Gates::default();
        change(&mut gates);
        if gates == Gates::default() {
            *cursor = at;
        } else {
            let product = *product;
            self.products.insert(at, Remembered { product, gates });
        }
        gates
    }

    fn is_at(&self, at: usize, product: &ProductId) -> bool {
        self.products.get(at).is_some_and(|p| p.product == *product)
    }

    /// The first position from `at` on whose product is not before the one wanted.
    fn seek(&self, mut at: usize, product: &ProductId) -> usize {
        while self.products.get(at).is_some_and(|p| p.product < *product) {
            at += 1;
        }
        at
    }
}
