//! The vocabulary as JSON Schema: what a file may say where one of these types is meant.
//!
//! An exact amount is a plain number or, so that no digit is lost, the same in quotes. `format`
//! names the reader that decides; `pattern` says it again for editors, which do not know ours.

use std::borrow::Cow;

use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::{Asset, BaseQty, Bps, Pct, Price, ProductId, QuoteAmt, Timestamp, Usd};

/// Sets a keyword on every value of a mapping, and on every item of a list: an attribute of a
/// field reaches only the field itself.
///
/// ```
/// use domain::PerTier;
/// use schemars::JsonSchema;
/// use schemars::generate::SchemaSettings;
///
/// #[derive(JsonSchema)]
/// #[allow(dead_code)]
/// struct Limits {
///     #[schemars(transform = domain::schema::each("maximum", 50))]
///     spread_bps: PerTier<u32>,
/// }
///
/// // A reference to a shared definition has no place for a keyword of its own.
/// let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
/// let schema = settings.into_generator().into_root_schema_for::<Limits>();
/// assert_eq!(schema.pointer("/properties/spread_bps/properties/T2/maximum").unwrap(), 50);
/// ```
pub fn each(keyword: &'static str, value: impl Into<Value>) -> impl Transform {
    let value = value.into();
    move |schema: &mut Schema| {
        let inner = ["properties", "additionalProperties", "items"].into_iter();
        for holder in inner {
            let Some(found) = schema.get_mut(holder).and_then(Value::as_object_mut) else {
                continue;
            };
            if holder == "properties" {
                for member in found.values_mut().filter_map(Value::as_object_mut) {
                    member.insert(keyword.to_owned(), value.clone());
                }
            } else {
                found.insert(keyword.to_owned(), value.clone());
            }
        }
    }
}

macro_rules! described {
    ($name:ident, $schema:tt) => {
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

described!(Price, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+]?[0-9]+([.][0-9]+)?$",
    "exclusiveMinimum": 0,
    "description": "Units of the quote currency for one unit of the base currency."
});
described!(BaseQty, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+]?[0-9]+([.][0-9]+)?$",
    "minimum": 0,
    "description": "An amount of a base currency."
});
described!(QuoteAmt, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+-]?[0-9]+([.][0-9]+)?$",
    "description": "An amount of a quote currency."
});
described!(Usd, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+-]?[0-9]+([.][0-9]+)?$",
    "description": "US dollars."
});
described!(Bps, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+]?[0-9]+([.][0-9]+)?$",
    "minimum": 0,
    "description": "Basis points, hundredths of a percent."
});
described!(Pct, {
    "type": ["number", "string"],
    "format": "decimal",
    "pattern": r"^[+]?[0-9]+([.][0-9]+)?$",
    "minimum": 0,
    "description": "Percent points: 5 is five percent."
});
described!(Asset, {
    "type": "string",
    "format": "asset",
    "pattern": "^[A-Z0-9._]{1,16}$",
    "description": "A currency, such as BTC or USD."
});
described!(ProductId, {
    "type": "string",
    "format": "product",
    "pattern": "^[A-Z0-9._-]{1,16}-[A-Z0-9._]{1,15}$",
    "description": "A market, such as BTC-USD: base and quote currency."
});
described!(Timestamp, {
    "type": "string",
    "format": "date-time",
    "description": "A moment, RFC 3339 in UTC, such as 2023-12-08T18:00:00Z."
});
