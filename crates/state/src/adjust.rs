//! What the venue's entries about one trade come to, in whatever order they arrive.
//!
//! Entries of one trade share its trade id. FILL and SYNTHETIC add; a REVERSAL takes back one entry
//! of the same amounts; a CORRECTION replaces what is left. A trade keeps its place in time whatever
//! is adjusted later.

use domain::{Fill, FillKind};

use crate::Doubt;

/// The id that an entry shares with those that adjust it.
pub(crate) fn trade_of(fill: &Fill) -> &str {
    fill.trade_id.as_deref().unwrap_or(&fill.entry_id)
}

/// What the entries of one trade come to, and what they leave open.
pub(crate) fn settle(entries: &[&Fill]) -> (Vec<Fill>, Vec<Doubt>) {
    let mut sorted = entries.to_vec();
    sorted
        .sort_by(|a, b| (a.at, rank(a.kind), &a.entry_id).cmp(&(b.at, rank(b.kind), &b.entry_id)));
    let (mut adding, mut corrections, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &sorted {
        match entry.kind {
            FillKind::Fill | FillKind::Synthetic => adding.push(*entry),
            FillKind::Correction => corrections.push(*entry),
            FillKind::Reversal => {}
        }
    }
    let known = !adding.is_empty();
    for reversal in sorted.iter().filter(|entry| entry.kind == FillKind::Reversal) {
        let entry_id = reversal.entry_id.clone();
        if let Some(place) = adding.iter().position(|entry| same(entry, reversal)) {
            adding.remove(place);
        } else if let Some(place) = corrections.iter().position(|entry| same(entry, reversal)) {
            corrections.remove(place);
            doubts.push(Doubt::CorrectionTakenBack { entry_id });
        } else {
            doubts.push(Doubt::NothingToAdjust { entry_id });
        }
    }
    if !known {
        let nothing = |entry: &&Fill| Doubt::NothingToAdjust { entry_id: entry.entry_id.clone() };
        doubts.extend(corrections.iter().map(nothing));
    }
    let first = sorted.iter().map(|entry| entry.at).min();
    let stands = match corrections.last() {
        Some(newest) => vec![(*newest).clone()],
        None => adding.into_iter().cloned().collect(),
    };
    let placed = stands.into_iter().map(|fill| Fill { at: first.unwrap_or(fill.at), ..fill });
    (placed.collect(), doubts)
}

/// Whether one entry can be what the other takes back.
fn same(entry: &Fill, reversal: &Fill) -> bool {
    entry.product == reversal.product
        && entry.side == reversal.side
        && entry.qty == reversal.qty
        && entry.price == reversal.price
}

const fn rank(kind: FillKind) -> u8 {
    match kind {
        FillKind::Fill => 0,
        FillKind::Synthetic => 1,
        FillKind::Reversal => 2,
        FillKind::Correction => 3,
    }
}
