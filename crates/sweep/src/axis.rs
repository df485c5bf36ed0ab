//! One key and the values that are tried for it.

use std::str::FromStr;

use serde::Serialize;

/// A key and its values: `rules.momentum.stop_pct=6,8,10`, or `...=4..12` for a search at random.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// The dotted path of the key.
    pub key: String,
    /// What is tried.
    pub values: Values,
}

/// What is tried for a key.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Values {
    /// Each of these, as they would be written in a file.
    Listed(Vec<String>),
    /// Numbers drawn from a range, its ends included, to four digits that count.
    Between {
        /// The lower end.
        from: f64,
        /// The upper end.
        to: f64,
        /// How they lie in it.
        scale: Scale,
        /// Whether they are whole.
        whole: bool,
    },
}

/// How draws lie in a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Evenly.
    Even,
    /// Evenly in their logarithm: as many between 1 and 2 as between 10 and 20.
    Log,
}

/// What is wrong with an axis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} {what}")]
pub struct AxisError {
    /// As given.
    pub text: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl FromStr for Axis {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let wrong = |what: &str| AxisError { text: text.to_owned(), what: what.to_owned() };
        let form = "is no axis: give key=value,value,... or key=from..to or key=from..to:log";
        let (key, values) = text.split_once('=').ok_or_else(|| wrong(form))?;
        let (key, values) = (key.trim().to_owned(), values.trim());
        if key.is_empty() {
            return Err(wrong(form));
        }
        if values.is_empty() {
            return Err(wrong("has no value; give at least one"));
        }
        let range = values.split_once("..");
        let values = match range {
            Some((from, to)) => range_of(from, to).map_err(|what| wrong(&what))?,
            None => Values::Listed(listed(values).map_err(|what| wrong(&what))?),
        };
        Ok(Self { key, values })
    }
}

fn range_of(from: &str, to: &str) -> Result<Values, String> {
    let (to, scale) = match to.split_once(':') {
        Some((to, "log")) => (to, Scale::Log),
        Some((_, other)) => return Err(format!("ends with :{other}; only :log may stand there")),
        None => (to, Scale::Even),
    };
    let number = |text: &str| {
        let read = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        read.ok_or_else(|| format!("is a range whose end {text:?} is no number"))
    };
    let (from, to) = (number(from)?, number(to)?);
    if from >= to {
        return Err("is a range that does not rise".to_owned());
    }
    if scale == Scale::Log && from <= 0.0 {
        return Err("is a range by logarithm, whose ends must be above 0".to_owned());
    }
    Ok(Values::Between { from, to, scale, whole: false })
}

/// Splits at commas that are in no brackets and no quotes.
fn listed(text: &str) -> Result<Vec<String>, String> {
    let (mut depth, mut quote, mut values) = (0_i32, None, vec![String::new()]);
    for letter in text.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            ('[' | '{', None) => depth += 1,
            (']' | '}', None) => depth -= 1,
            (',', None) if depth == 0 => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = values.last_mut() {
            last.push(letter);
        }
    }
    let values: Vec<_> = values.iter().map(|value| value.trim().to_owned()).collect();
    if values.iter().any(String::is_empty) {
        return Err("has an empty value between its commas".to_owned());
    }
    for (at, value) in values.iter().enumerate() {
        if values.iter().take(at).any(|before| before == value) {
            return Err(format!("has {value} twice"));
        }
    }
    Ok(values)
}

impl Axis {
    /// Has a range give whole numbers alone.
    pub fn whole(mut self) -> Self {
        if let Values::Between { whole, .. } = &mut self.values {
            *whole = true;
        }
        self
    }

    /// Whether it has no list of values.
    pub const fn is_range(&self) -> bool {
        matches!(self.values, Values::Between { .. })
    }

    /// The value at a place in [0, 1).
    pub(crate) fn at(&self, place: f64) -> String {
        match &self.values {
            Values::Listed(values) => {
                let share = place * values.len() as f64;
                // The last is for places that rounding brought to 1.
                let at = (1..values.len()).take_while(|next| *next as f64 <= share).count();
                values.get(at).cloned().unwrap_or_default()
            }
            Values::Between { from, to, scale, whole } => {
                let drawn = match scale {
                    Scale::Even => from + place * (to - from),
                    Scale::Log => from * (place * (to / from).ln()).exp(),
                };
                let short = if *whole { drawn.round() } else { four_digits(drawn) };
                short.clamp(*from, *to).to_string()
            }
        }
    }
}

/// To four digits that count.
fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(text: &str) -> Axis {
        text.parse().unwrap()
    }

    #[test]
    fn values_are_split_at_commas_outside_of_brackets_and_quotes() {
        let cases: [(&str, &[&str]); 4] = [
            ("a.b=1,2, 3", &["1", "2", "3"]),
            ("a.b=[],[bear, crash]", &["[]", "[bear, crash]"]),
            ("a.b={ T1: 1, T2: 2 },null", &["{ T1: 1, T2: 2 }", "null"]),
            ("a.b='x,y',\"z\"", &["'x,y'", "\"z\""]),
        ];
        for (text, expected) in cases {
            let Values::Listed(values) = axis(text).values else { panic!("{text}") };
            assert_eq!(values, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_axis_says_what_would_be() {
        for (text, expected) in [
            ("a.b", "is no axis"),
            ("=1", "is no axis"),
            ("a.b=", "has no value"),
            ("a.b=1,,2", "an empty value"),
            ("a.b=1,2,1", "has 1 twice"),
            ("a.b=2..1", "does not rise"),
            ("a.b=0..1:log", "above 0"),
            ("a.b=1..2:lin", "only :log"),
            ("a.b=1..x", "is no number"),
        ] {
            let error = text.parse::<Axis>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn draws_stay_in_their_range_and_have_four_digits() {
        let even = axis("a=2..8");
        assert_eq!((even.at(0.0), even.at(0.5)), ("2".to_owned(), "5".to_owned()));
        assert_eq!(even.at(1.0 / 3.0 + 1e-7), "4");
        assert_eq!(axis("a=1..100:log").at(0.5), "10");
        assert_eq!(axis("a=1..2").at(0.123_456), "1.123");
        assert_eq!(axis("a=12..96").whole().at(0.999), "96");
        let listed = axis("a=x,y,z");
        let places = [0.0, 0.34, 0.67, 0.999].map(|place| listed.at(place));
        assert_eq!(places, ["x", "y", "z", "z"]);
    }
}
