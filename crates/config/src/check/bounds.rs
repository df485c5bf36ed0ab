//! The range that a schema allows.

use serde_json::Value;

/// The bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Bounds {
    least: Option<f64>,
    above: Option<f64>,
    most: Option<f64>,
    below: Option<f64>,
}

impl Bounds {
    /// Those of a schema; an integer's own width bounds it too.
    pub(crate) fn of(schema: &Value) -> Self {
        let number = |key: &str| schema.get(key).and_then(Value::as_f64);
        let width = match schema.get("format").and_then(Value::as_str) {
            Some("uint8") => Some(f64::from(u8::MAX)),
            Some("uint32") => Some(f64::from(u32::MAX)),
            _ => None,
        };
        Self {
            least: number("minimum"),
            above: number("exclusiveMinimum"),
            most: number("maximum").or(width),
            below: number("exclusiveMaximum"),
        }
    }

    /// Whether a number is within.
    pub(crate) fn hold(self, value: f64) -> bool {
        value.is_finite()
            && self.least.is_none_or(|least| value >= least)
            && self.above.is_none_or(|above| value > above)
            && self.most.is_none_or(|most| value <= most)
            && self.below.is_none_or(|below| value < below)
    }

    /// In words: `1 to 60`, `more than 0 and at most 50`; nothing where there are none.
    pub(crate) fn words(self) -> Option<String> {
        // The larger of two lower bounds is the one that counts.
        let above = self.above.filter(|above| self.least.is_none_or(|least| *above >= least));
        let least = self.least.filter(|_| above.is_none());
        let most = self.most.filter(|most| *most < f64::from(u32::MAX));
        let low =
            least.map(|v| format!("at least {v}")).or(above.map(|v| format!("more than {v}")));
        let high =
            most.map(|v| format!("at most {v}")).or(self.below.map(|v| format!("less than {v}")));
        match (least, most, low, high) {
            (Some(least), Some(most), ..) => Some(format!("{least} to {most}")),
            (_, _, Some(low), Some(high)) => Some(format!("{low} and {high}")),
            (_, _, low, high) => low.or(high),
        }
    }

    /// Which side a value is on the wrong side of, in words.
    pub(crate) fn missed(self, value: f64) -> String {
        let high = self.most.filter(|most| value > *most).map(|most| format!("is above {most}"));
        let end = self.below.filter(|b| value >= *b).map(|b| format!("is not below {b}"));
        let low = self.least.filter(|least| value < *least).map(|v| format!("is below {v}"));
        let start = self.above.filter(|a| value <= *a).map(|a| format!("is not above {a}"));
        high.or(end).or(start).or(low).unwrap_or_else(|| "is no finite number".to_owned())
    }
}
