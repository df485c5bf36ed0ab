//! Candles, turned to run forward in time.

use domain::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use crate::rest::call::{Call, segment};
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::num;

/// The length of a candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// One minute.
    OneMinute,
    /// Five minutes.
    FiveMinutes,
    /// Fifteen minutes.
    FifteenMinutes,
    /// Thirty minutes.
    ThirtyMinutes,
    /// One hour.
    OneHour,
    /// Two hours.
    TwoHours,
    /// Four hours.
    FourHours,
    /// Six hours.
    SixHours,
    /// One day.
    OneDay,
}

impl Granularity {
    /// In seconds.
    pub const fn secs(self) -> i64 {
        match self {
            Self::OneMinute => 60,
            Self::FiveMinutes => 300,
            Self::FifteenMinutes => 900,
            Self::ThirtyMinutes => 1_800,
            Self::OneHour => 3_600,
            Self::TwoHours => 7_200,
            Self::FourHours => 14_400,
            Self::SixHours => 21_600,
            Self::OneDay => 86_400,
        }
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneMinute => "ONE_MINUTE",
            Self::FiveMinutes => "FIVE_MINUTE",
            Self::FifteenMinutes => "FIFTEEN_MINUTE",
            Self::ThirtyMinutes => "THIRTY_MINUTE",
            Self::OneHour => "ONE_HOUR",
            Self::TwoHours => "TWO_HOUR",
            Self::FourHours => "FOUR_HOUR",
            Self::SixHours => "SIX_HOUR",
            Self::OneDay => "ONE_DAY",
        }
    }
}

/// One candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Candle {
    /// When it begins.
    #[serde(deserialize_with = "start")]
    pub start: Timestamp,
    /// The first price.
    #[serde(with = "num::text")]
    pub open: Decimal,
    /// The highest price.
    #[serde(with = "num::text")]
    pub high: Decimal,
    /// The lowest price.
    #[serde(with = "num::text")]
    pub low: Decimal,
    /// The last price.
    #[serde(with = "num::text")]
    pub close: Decimal,
    /// What was traded, in units of the base currency.
    #[serde(with = "num::text")]
    pub volume: Decimal,
}

fn start<'de, D: Deserializer<'de>>(input: D) -> Result<Timestamp, D::Error> {
    let secs = num::whole::deserialize(input)?;
    // The years 1970 to 9999.
    if (0..=253_402_300_799).contains(&secs) {
        Ok(Timestamp::from_secs(secs))
    } else {
        Err(de::Error::custom(format!("{secs} is not the start of a candle")))
    }
}

/// Which candles: those that begin in `[from, to]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandleRange {
    /// The earliest start.
    pub from: Timestamp,
    /// The latest start.
    pub to: Timestamp,
    /// Their length.
    pub granularity: Granularity,
}

impl CandleRange {
    /// The most candles that one request covers. The venue documents at most 350, and refuses with
    /// "should be less than 350" what has more; whether that counts starts or steps between them is
    /// not said, and 349 is below it either way. (It was 300 until 2024.)
    pub const MOST: i64 = 349;

    /// The parts that fit into one request each, oldest first.
    pub fn parts(self) -> impl Iterator<Item = Self> {
        let step = self.granularity.secs();
        let span = step.saturating_mul(Self::MOST - 1);
        let first = self.from.plus_secs(step - 1).floor_secs(step);
        let mut next = Some(first);
        core::iter::from_fn(move || {
            let from = next.filter(|from| *from <= self.to)?;
            let to = from.plus_secs(span).min(self.to);
            next = Some(from.plus_secs(span).plus_secs(step));
            Some(Self { from, to, granularity: self.granularity })
        })
    }
}

#[derive(Deserialize)]
pub(in crate::rest) struct CandlesReply {
    #[serde(deserialize_with = "crate::wire::objects")]
    pub(in crate::rest) candles: Vec<Candle>,
}

impl CandlesReply {
    /// Oldest first, each once, none that cannot be.
    pub(in crate::rest) fn ascending(
        mut self,
        endpoint: &'static str,
    ) -> Result<Vec<Candle>, RestError> {
        let broken = |what: &str, at: Timestamp| RestError::Unreadable {
            endpoint,
            cause: format!("the candle of {at} {what}"),
        };
        self.candles.sort_by_key(|candle| candle.start);
        self.candles.dedup();
        for pair in self.candles.windows(2) {
            if let [a, b] = pair
                && a.start == b.start
            {
                return Err(broken("comes twice and differs", a.start));
            }
        }
        for candle in &self.candles {
            let Candle { open, high, low, close, volume, start } = *candle;
            let inside = |price: Decimal| low <= price && price <= high;
            if low <= Decimal::ZERO || !inside(open) || !inside(close) || volume < Decimal::ZERO {
                return Err(broken("has prices or a volume that cannot be", start));
            }
        }
        Ok(self.candles)
    }
}

/// Reads a reply of candles, oldest first.
///
/// # Errors
/// [`RestError::Unreadable`].
pub fn candles_from_json(body: &[u8]) -> Result<Vec<Candle>, RestError> {
    const ENDPOINT: &str = "GET /products/{product_id}/candles";
    let reply: CandlesReply = crate::rest::fuzz::reply(200, body).read(ENDPOINT)?;
    reply.ascending(ENDPOINT)
}

impl RestClient {
    /// The candles of a product, oldest first, with as many requests as it takes. Spans without
    /// trades have no candle; the one that is not over is among them. `GET
    /// /market/products/{product_id}/candles` or its twin (key with view),
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/products/get-product-candles>.
    ///
    /// # Errors
    /// [`RestError`]; a part that breaks is one.
    pub async fn candles(
        &self,
        audience: Audience,
        product_id: &str,
        range: CandleRange,
    ) -> Result<Vec<Candle>, RestError> {
        const ENDPOINT: &str = "GET /products/{product_id}/candles";
        let id = segment(ENDPOINT, "the product", product_id)?;
        let path = match audience {
            Audience::Public => format!("/market/products/{id}/candles"),
            Audience::Account => format!("/products/{id}/candles"),
        };
        let mut candles: Vec<Candle> = Vec::new();
        for part in range.parts() {
            let call = Call::get(ENDPOINT, &path, audience)
                .with("start", part.from.secs().to_string())
                .with("end", part.to.secs().to_string())
                .with("granularity", part.granularity.as_str())
                .with("limit", CandleRange::MOST.to_string());
            let reply: CandlesReply = self.value(&call).await?;
            let new = reply.ascending(ENDPOINT)?;
            let wanted = part.from..=part.to;
            candles.extend(new.into_iter().filter(|candle| wanted.contains(&candle.start)));
        }
        Ok(candles)
    }
}
