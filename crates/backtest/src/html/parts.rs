//! Words, numbers and tables of the page. What is shown of the report says where it is from: an
//! element with `data-json` has a pointer into `report.json`; a row has the pointer of its object and
//! each column the key in it. A test opens the page and holds what it shows against the JSON.

use core::fmt::{Result, Write as _};

use domain::Timestamp;

use crate::metrics::Measure;

/// Text that no browser takes for anything else.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A number with so many digits behind the point, thousands apart, with a true minus.
pub(super) fn number(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |at| text.split_at(at));
    let mut out = String::with_capacity(text.len() + text.len() / 3 + 3);
    // Nothing is neither above nor below: −0.00 is 0.00.
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('\u{2212}');
    }
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(rest);
    out
}

/// The same with a plus where it gained.
pub(super) fn signed(value: f64, digits: usize) -> String {
    let text = number(value, digits);
    if value > 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        format!("+{text}")
    } else {
        text
    }
}

/// A figure, or why there is none.
pub(super) fn measure(measure: &Measure, digits: usize) -> String {
    match measure {
        Measure::Is(value) => number(*value, digits),
        Measure::Na { na } => format!("n/a: {}", escaped(na)),
    }
}

/// A figure, or nothing but that there is none.
pub(super) fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| number(value, digits))
}

/// A moment to the minute, UTC.
pub(super) fn when(at: Timestamp) -> String {
    at.to_string().chars().take(16).collect::<String>().replace('T', " ")
}

/// The same, and only the day where it is midnight.
pub(super) fn day_or_moment(at: Timestamp) -> String {
    let text = when(at);
    text.strip_suffix(" 00:00").map_or(text.clone(), str::to_owned)
}

/// A text with true minuses before its numbers; dashes within words and dates stay.
pub(super) fn minuses(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let (mut before, mut rest) = (' ', text.chars().peekable());
    while let Some(letter) = rest.next() {
        let begins = matches!(before, ' ' | '(' | '$');
        let digit = rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if letter == '-' && begins && digit { '\u{2212}' } else { letter });
        before = letter;
    }
    out
}

/// The class of a number that gained or lost; its sign says the same without a colour.
pub(super) fn tone(value: f64) -> &'static str {
    if value > 0.0 {
        "up"
    } else if value < 0.0 {
        "down"
    } else {
        "even"
    }
}

/// A number in the tone of what it is.
pub(super) fn toned(value: f64, digits: usize) -> String {
    format!("<span class=\"{}\">{}</span>", tone(value), signed(value, digits))
}

/// A column: its head, the key that it shows, and how it is set.
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) key: &'static str,
    pub(super) class: &'static str,
}

/// A column of numbers, to the right.
pub(super) const fn num(head: &'static str, key: &'static str) -> Column {
    Column { head, key, class: "n" }
}

/// A column of words, to the left.
pub(super) const fn word(head: &'static str, key: &'static str) -> Column {
    Column { head, key, class: "w" }
}

/// A table that scrolls sideways where it is too wide. Each row has its pointer and its cells.
pub(super) fn table(
    out: &mut String,
    columns: &[Column],
    rows: impl Iterator<Item = (String, Vec<String>)>,
) -> Result {
    write!(out, "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>")?;
    for Column { head, key, class } in columns {
        write!(out, "<th class=\"{class}\" data-key=\"{key}\">{head}</th>")?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    let mut none = true;
    for (pointer, cells) in rows {
        none = false;
        write!(out, "<tr data-json=\"{pointer}\">")?;
        for (cell, column) in cells.iter().zip(columns) {
            write!(out, "<td class=\"{}\">{cell}</td>", column.class)?;
        }
        writeln!(out, "</tr>")?;
    }
    if none {
        writeln!(out, "<tr><td class=\"w none\" colspan=\"{}\">none</td></tr>", columns.len())?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// Names and what they stand for.
pub(super) fn pairs<'a>(
    out: &mut String,
    rows: impl Iterator<Item = (&'a str, String, String)>,
) -> Result {
    writeln!(out, "<dl>")?;
    for (name, value, pointer) in rows {
        let pointer = match pointer.as_str() {
            "" => String::new(),
            at => format!(" data-json=\"{at}\""),
        };
        writeln!(
            out,
            "<div><dt>{}</dt><dd{pointer}>{}</dd></div>",
            escaped(name),
            escaped(&value)
        )?;
    }
    writeln!(out, "</dl>")
}

/// A bar of so many percent of its room.
pub(super) fn bar(pct: f64, class: &str) -> String {
    format!("<i class=\"bar {class}\" style=\"width:{:.1}%\"></i>", pct.clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_apart_and_a_true_minus() {
        for (value, digits, expected) in [
            (0.0, 2, "0.00"),
            (-0.001, 2, "0.00"),
            (999.999, 2, "1,000.00"),
            (-1_234_567.0, 0, "\u{2212}1,234,567"),
            (123.0, 0, "123"),
        ] {
            assert_eq!(number(value, digits), expected);
        }
        assert_eq!(signed(1.0, 1), "+1.0");
        assert_eq!(signed(0.01, 1), "0.0");
        let text = minuses("-0.52 (90 %: -5.23 to 6.02) on 2023-12-09");
        assert_eq!(text, "\u{2212}0.52 (90 %: \u{2212}5.23 to 6.02) on 2023-12-09");
    }
}
