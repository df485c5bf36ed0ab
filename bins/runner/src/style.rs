//! The few styles of what people read. They are written always; the stream they go to takes them
//! out where no terminal shows them.

use anstyle::{AnsiColor, Style};
use domain::Usd;

use crate::summary::dollars;

/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What matters in a line.
pub(crate) const STRONG: Style = Style::new().bold();
/// What only explains.
pub(crate) const DIM: Style = Style::new().dimmed();

/// The text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Dollars with commas between thousands.
pub(crate) fn grouped(value: Usd) -> String {
    let text = dollars(value);
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{cents}")
}
