//! The frame of a chart: what is drawn is stretched to the room there is, and what is written stands
//! beside it, so that neither a telephone nor a wide screen distorts a letter.

use core::fmt::{Result, Write as _};

use domain::Timestamp;

use super::parts::number;

/// Both axes run over so many units.
pub(super) const UNITS: f64 = 1000.0;
const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A span of time and a range of values.
pub(super) struct Frame {
    from: i64,
    secs: f64,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
    digits: usize,
    times: Vec<(i64, String)>,
}

impl Frame {
    /// A frame that holds these values, widened to round numbers.
    pub(super) fn of(
        from: Timestamp,
        to: Timestamp,
        values: impl Iterator<Item = f64>,
        most_times: usize,
    ) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            return None;
        }
        if high - low < 1e-9 * high.abs().max(1e-3) {
            let room = 0.01 * high.abs().max(0.01);
            (low, high) = (low - room, high + room);
        }
        let step = step(high - low);
        (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let mut ticks = vec![];
        while ticks.len() < 12 && low + ticks.len() as f64 * step <= high + 0.01 * step {
            ticks.push(low + ticks.len() as f64 * step);
        }
        let digits = (0..12).find(|digits| step * 10_f64.powi(*digits) > 0.999).unwrap_or(0);
        let digits = usize::try_from(digits).unwrap_or(0);
        let secs = to.secs_since(from).max(1) as f64;
        Some(Self {
            from: from.secs(),
            secs,
            low,
            high,
            ticks,
            digits,
            times: times(from, to, most_times),
        })
    }

    /// From the left.
    pub(super) fn x(&self, secs: i64) -> f64 {
        UNITS * (secs - self.from) as f64 / self.secs
    }

    /// From the top.
    pub(super) fn y(&self, value: f64) -> f64 {
        UNITS * (self.high - value) / (self.high - self.low)
    }

    /// How wide a span is.
    pub(super) fn width(&self, secs: i64) -> f64 {
        UNITS * secs as f64 / self.secs
    }

    /// Opens the drawing; `draw` fills it, `over` writes what lies over it.
    pub(super) fn write(
        &self,
        out: &mut String,
        label: &str,
        least_px: usize,
        draw: impl FnOnce(&mut String) -> Result,
        over: impl FnOnce(&mut String) -> Result,
    ) -> Result {
        let room =
            if least_px > 0 { format!(" style=\"min-width:{least_px}px\"") } else { String::new() };
        write!(out, "<div class=\"plot\"><div class=\"ys\" aria-hidden=\"true\">")?;
        for tick in &self.ticks {
            let text = number(*tick, self.digits);
            write!(out, "<span style=\"top:{:.2}%\">{text}</span>", self.y(*tick) / 10.0)?;
        }
        write!(
            out,
            "</div><div class=\"scroll\"{}><div class=\"field\"{room}><svg viewBox=\"0 0 {UNITS} {UNITS}\" \
             preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\">",
            if least_px > 0 { " tabindex=\"0\"" } else { "" }
        )?;
        write!(out, "<path class=\"grid\" d=\"")?;
        for tick in &self.ticks {
            write!(out, "M0 {:.1}H{UNITS}", self.y(*tick))?;
        }
        for (at, _) in &self.times {
            write!(out, "M{:.1} 0V{UNITS}", self.x(*at))?;
        }
        write!(out, "\"/>")?;
        draw(out)?;
        write!(out, "</svg><div class=\"over\">")?;
        over(out)?;
        write!(out, "</div><div class=\"xs\" aria-hidden=\"true\">")?;
        for (at, text) in &self.times {
            write!(out, "<span style=\"left:{:.2}%\">{text}</span>", self.x(*at) / 10.0)?;
        }
        writeln!(out, "</div></div></div></div>")
    }
}

/// The round step that cuts a range into three to six.
fn step(range: f64) -> f64 {
    let power = 10_f64.powf((range / 5.0).log10().floor());
    let of = |times: f64| power * times;
    [1.0, 2.0, 5.0, 10.0]
        .map(of)
        .into_iter()
        .find(|step| range / step <= 5.5)
        .unwrap_or(10.0 * power)
}

/// Round moments within a span, with what to call them.
fn times(from: Timestamp, to: Timestamp, most: usize) -> Vec<(i64, String)> {
    let span = to.secs_since(from).max(1);
    let steps = [
        900,
        1800,
        HOUR_SECS,
        2 * HOUR_SECS,
        3 * HOUR_SECS,
        6 * HOUR_SECS,
        12 * HOUR_SECS,
        DAY_SECS,
        2 * DAY_SECS,
        4 * DAY_SECS,
        7 * DAY_SECS,
        14 * DAY_SECS,
    ];
    let fits = |step: &i64| usize::try_from(span / step).is_ok_and(|many| many <= most);
    if let Some(step) = steps.into_iter().find(fits) {
        // Weeks begin on Mondays; the first of 1970 was a Thursday.
        let shift = if step % (7 * DAY_SECS) == 0 { 4 * DAY_SECS } else { 0 };
        let first = (from.secs() - shift).div_euclid(step) * step + shift;
        let all = (0..).map(|n| first + n * step).take_while(|at| *at <= to.secs());
        return all.filter(|at| *at >= from.secs()).map(|at| (at, moment(at, step))).collect();
    }
    let firsts = firsts_of_months(from, to);
    let every = [1, 2, 3, 6, 12, 24, 60];
    let count =
        |every: usize| firsts.iter().filter(|(_, month)| month.is_multiple_of(every)).count();
    let every = every.into_iter().find(|every| count(*every) <= most).unwrap_or(120);
    let chosen = || firsts.iter().filter(|(_, month)| month.is_multiple_of(every));
    let mut named: Vec<_> = chosen().map(|(at, month)| (*at, month_name(*month))).collect();
    // Nobody has to look for the year of the first.
    if let (Some((_, text)), Some((_, month))) = (named.first_mut(), chosen().next())
        && month % 12 > 0
    {
        *text = format!("{text} {}", month / 12);
    }
    named
}

/// The first moments of months, with months counted from the year 0.
fn firsts_of_months(from: Timestamp, to: Timestamp) -> Vec<(i64, usize)> {
    let first = from.secs().div_euclid(DAY_SECS) * DAY_SECS;
    let days = (0..).map(|n| first + n * DAY_SECS).take_while(|at| *at <= to.secs());
    let parted = days.filter(|at| *at >= from.secs()).filter_map(|at| {
        let (year, month, day) = date(at)?;
        (day == 1).then_some((at, year * 12 + month - 1))
    });
    parted.collect()
}

fn date(secs: i64) -> Option<(usize, usize, usize)> {
    let text = Timestamp::from_secs(secs).to_string();
    let mut parts = text.get(..10)?.split('-').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// `8 Dec`, and within days `14:00`.
fn moment(secs: i64, step: i64) -> String {
    if step < DAY_SECS && secs % DAY_SECS != 0 {
        let minutes = secs.rem_euclid(DAY_SECS) / 60;
        return format!("{:02}:{:02}", minutes / 60, minutes % 60);
    }
    let Some((_, month, day)) = date(secs) else { return String::new() };
    format!("{day} {}", MONTHS.get(month - 1).copied().unwrap_or_default())
}

/// `Dec`, and the year instead of January.
fn month_name(month: usize) -> String {
    match month % 12 {
        0 => (month / 12).to_string(),
        other => MONTHS.get(other).copied().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str) -> Vec<String> {
        times(from.parse().unwrap(), to.parse().unwrap(), 6)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    }

    #[test]
    fn moments_are_round_and_no_more_than_asked_for() {
        let cases = [
            ("2023-12-03T00:00:00Z", "2023-12-24T00:00:00Z", "5 Dec|9 Dec|13 Dec|17 Dec|21 Dec"),
            (
                "2023-12-08T12:00:00Z",
                "2023-12-08T18:00:00Z",
                "12:00|13:00|14:00|15:00|16:00|17:00|18:00",
            ),
            ("2022-11-05T00:00:00Z", "2024-02-01T00:00:00Z", "2023|Apr|Jul|Oct|2024"),
            ("2018-03-01T00:00:00Z", "2019-09-01T00:00:00Z", "Apr 2018|Jul|Oct|2019|Apr|Jul"),
        ];
        for (from, to, expected) in cases {
            assert_eq!(labels(from, to).join("|"), expected, "{from}");
        }
    }

    #[test]
    fn the_ticks_of_a_range_are_round_and_hold_it() {
        let at = Timestamp::from_secs;
        for values in [[9_812.3, 10_043.1], [-3.2, 0.0], [0.000_012, 0.000_019], [5.0, 5.0]] {
            let frame = Frame::of(at(0), at(60), values.into_iter(), 4).unwrap();
            assert!((2..=8).contains(&frame.ticks.len()), "{values:?} {:?}", frame.ticks);
            for value in values {
                assert!((-1e-6..=UNITS + 1e-6).contains(&frame.y(value)), "{value}");
            }
        }
        assert!(Frame::of(at(0), at(1), core::iter::empty(), 4).is_none());
    }
}
