//! What fills and flows say is there, by currency: a venue may tell a balance from before a fill.

use std::collections::BTreeMap;

use domain::{Asset, Fill, FillKind, Flow, Side};

use crate::num::{Exact as _, Num};

/// Money by the facts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cash {
    /// `None`: a sum did not fit.
    sums: BTreeMap<Asset, Option<Num>>,
    /// Whether a flow was told of: the opening is the first.
    opened: bool,
}

/// A part of a trade that stands.
#[derive(Debug, Clone, Copy)]
struct Part {
    qty: Num,
    price: Num,
    /// What it moved; negative for a purchase.
    cash: Num,
}

/// What stands of one trade.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    parts: Vec<Part>,
}

impl Part {
    fn of(fill: &Fill) -> Option<Self> {
        let (qty, price, fee) = (fill.qty.num()?, fill.price.num()?, fill.fee.num()?);
        let value = qty.times(price)?;
        let cash = match fill.side {
            Side::Buy => Num::ZERO.minus(value)?.minus(fee)?,
            Side::Sell => value.minus(fee)?,
        };
        Some(Self { qty, price, cash })
    }
}

impl Standing {
    /// Units that stand.
    pub(crate) fn qty(&self) -> Option<Num> {
        self.parts.iter().try_fold(Num::ZERO, |sum, part| sum.plus(part.qty))
    }

    fn cash(&self) -> Option<Num> {
        self.parts.iter().try_fold(Num::ZERO, |sum, part| sum.plus(part.cash))
    }

    /// A correction replaces what stands; a reversal takes back the part that is like it.
    fn take(&mut self, fill: &Fill) -> Option<()> {
        let part = Part::of(fill)?;
        match fill.kind {
            FillKind::Fill | FillKind::Synthetic => self.parts.push(part),
            FillKind::Correction => self.parts = vec![part],
            FillKind::Reversal => {
                let like = |own: &Part| own.qty == part.qty && own.price == part.price;
                let place = self.parts.iter().position(like)?;
                self.parts.remove(place);
            }
        }
        Some(())
    }
}

impl Cash {
    /// What a fill, or what adjusts one, moved.
    pub(crate) fn fill(&mut self, fill: &Fill, standing: &mut Standing) -> Option<()> {
        let before = standing.cash()?;
        standing.take(fill)?;
        let change = standing.cash()?.minus(before)?;
        self.moved(fill.product.quote().parse().ok()?, Some(change));
        Some(())
    }

    /// What came or went without a fill.
    pub(crate) fn flow(&mut self, flow: &Flow) {
        self.opened = true;
        self.moved(flow.asset, flow.change.num());
    }

    fn moved(&mut self, asset: Asset, change: Option<Num>) {
        let sum = self.sums.entry(asset).or_insert(Some(Num::ZERO));
        *sum = sum.zip(change).and_then(|(sum, change)| sum.plus(change));
    }

    /// What of a balance the facts explain; all of it before the first flow.
    pub(crate) fn explained(&self, asset: &Asset, there: Num) -> Option<Num> {
        if !self.opened {
            return Some(there);
        }
        let told = self.sums.get(asset).copied().unwrap_or(Some(Num::ZERO))?;
        Some(there.min(told))
    }
}
