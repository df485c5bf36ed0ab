//! Row after row: what is a candle, what refuses the file, what is marked.

use std::path::Path;

use domain::{Bar, Granularity, Timestamp};

use super::source::Rows;
use super::{Mark, Place, Target};
use crate::gaps::SHORTEST_SECS;
use crate::{HistoryError, Span};

/// A price that opens so many times higher or lower within a day is in another unit.
const UNIT_FACTOR: f64 = 10.0;
/// One that opens so many times higher or lower is marked.
const JUMP_FACTOR: f64 = 1.5;
/// A candle whose high is so many times its low is marked.
const WIDE_FACTOR: f64 = 2.0;
const DAY_SECS: i64 = 86_400;
/// Fewer rows say nothing about how long their candles are.
const ENOUGH_ROWS: usize = 10;

/// The candles of a file, in order.
pub(super) struct Judged {
    pub(super) bars: Vec<(Place, Bar)>,
    pub(super) marks: Vec<Mark>,
}

/// Judges every row by itself and against the one before it.
pub(super) fn judge(path: &Path, rows: Rows, target: &Target) -> Result<Judged, HistoryError> {
    let refused =
        |place: Place, what: String| HistoryError::Row { file: path.to_owned(), place, what };
    let Some((last, _)) = rows.rows.last().copied() else {
        let why = "it has no rows".to_owned();
        return Err(HistoryError::Unreadable { file: path.to_owned(), why });
    };
    let mut judged = Judged { bars: Vec::with_capacity(rows.rows.len()), marks: Vec::new() };
    let mut idle: Option<(Place, u64)> = None;
    for (place, bar) in rows.rows {
        let fault = alone(&bar).or_else(|| in_time(bar.start, target));
        if let Some(what) = fault {
            return Err(refused(place, what));
        }
        if let Some((before, held)) = judged.bars.last().copied() {
            if held == bar {
                judged.marks.push(Mark::Repeated { at: place });
                continue;
            }
            let pair = Pair { before, held, place, bar };
            pair.marks(target.granularity, &mut judged.marks)
                .map_err(|what| refused(place, what))?;
        }
        if bar.high >= WIDE_FACTOR * bar.low {
            judged.marks.push(Mark::Wide { at: place, low: bar.low, high: bar.high });
        }
        if bar.volume <= 0.0 {
            let (_, rows) = idle.get_or_insert((place, 0));
            *rows += 1;
        }
        judged.bars.push((place, bar));
    }
    if let Some(what) = too_long(&judged.bars, target.granularity) {
        return Err(refused(last, what));
    }
    judged.marks.extend(idle.map(|(first, rows)| Mark::Idle { first, rows }));
    if !rows.ends {
        judged.marks.push(Mark::NoEnd { at: last });
    }
    Ok(judged)
}

/// What is wrong with a candle by itself.
fn alone(bar: &Bar) -> Option<String> {
    let prices = [("open", bar.open), ("high", bar.high), ("low", bar.low), ("close", bar.close)];
    let all = || prices.into_iter().chain([("volume", bar.volume)]);
    if let Some((name, value)) = all().find(|(_, value)| !value.is_finite()) {
        return Some(format!("its {name} is {value}; it must be a finite number"));
    }
    if let Some((name, value)) = prices.into_iter().find(|(_, value)| *value <= 0.0) {
        return Some(format!("its {name} is {value}; a price is above 0"));
    }
    if bar.volume < 0.0 {
        return Some(format!("its volume is {}; it is 0 or more", bar.volume));
    }
    if bar.high < bar.low {
        return Some(format!("its high {} is below its low {}", bar.high, bar.low));
    }
    let outside = [("open", bar.open), ("close", bar.close)];
    let found = outside.into_iter().find(|(_, value)| *value < bar.low || *value > bar.high);
    let (name, value) = found?;
    Some(format!("its {name} {value} is not between its low {} and high {}", bar.low, bar.high))
}

/// Whether it starts where candles start, and is over.
fn in_time(start: Timestamp, target: &Target) -> Option<String> {
    let step = target.granularity.secs();
    if start.floor_secs(step) != start {
        return Some(format!("it starts at {start}, where no {} candle does", target.granularity));
    }
    let end = start.plus_secs(step);
    (end > target.now).then(|| format!("it ends at {end}, which is after now, {}", target.now))
}

/// A candle and the one before it.
struct Pair {
    before: Place,
    held: Bar,
    place: Place,
    bar: Bar,
}

impl Pair {
    fn marks(&self, granularity: Granularity, marks: &mut Vec<Mark>) -> Result<(), String> {
        let (held, bar, before) = (&self.held, &self.bar, self.before);
        if bar.start == held.start {
            let (at, new, old) = (bar.start, shown(bar), shown(held));
            return Err(format!("{at} is there twice: {before} has {old}, this one {new}"));
        }
        if bar.start < held.start {
            let (at, earlier) = (bar.start, held.start);
            return Err(format!("it starts at {at}, before {before}, which starts at {earlier}"));
        }
        let apart = bar.start.secs_since(held.start);
        let factor = (bar.open / held.close).max(held.close / bar.open);
        if factor >= UNIT_FACTOR && apart <= DAY_SECS {
            return Err(format!(
                "it opens at {}, {factor:.0} times off the close {} of {before}: another unit?",
                bar.open, held.close
            ));
        }
        if factor >= JUMP_FACTOR {
            let (close, open) = (held.close, bar.open);
            marks.push(Mark::Jump { at: self.place, close, open });
        }
        let span = Span { from: held.start.plus_secs(granularity.secs()), to: bar.start };
        if span.to.secs_since(span.from) >= SHORTEST_SECS {
            marks.push(Mark::Gap { after: before, span });
        }
        Ok(())
    }
}

/// Candles that only ever start on multiples of a longer length are of that length.
fn too_long(bars: &[(Place, Bar)], granularity: Granularity) -> Option<String> {
    let longer = Granularity::ALL.into_iter().filter(|one| one.secs() > granularity.secs());
    let all = |length: Granularity| {
        bars.iter().all(|(_, bar)| bar.start.floor_secs(length.secs()) == bar.start)
    };
    let length = longer.rev().find(|length| all(*length)).filter(|_| bars.len() >= ENOUGH_ROWS)?;
    Some(format!(
        "each of its {} candles starts on a multiple of {length}: they are {length} candles, not \
         {granularity}",
        bars.len()
    ))
}

/// The numbers of a candle.
pub(super) fn shown(bar: &Bar) -> String {
    let Bar { open, high, low, close, volume, .. } = bar;
    format!("{open}/{high}/{low}/{close} volume {volume}")
}
