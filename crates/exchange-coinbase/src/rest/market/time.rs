//! The venue's clock.

use domain::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::rest::call::Call;
use crate::rest::{Audience, RestClient, RestError};
use crate::wire::{Moment, num};

/// What the venue's clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ServerTime {
    /// In whole seconds.
    pub iso: Moment,
    /// In milliseconds.
    #[serde(rename = "epochMillis", deserialize_with = "millis")]
    pub at: Timestamp,
}

fn millis<'de, D: Deserializer<'de>>(input: D) -> Result<Timestamp, D::Error> {
    num::whole::deserialize(input).map(Timestamp::from_millis)
}

impl RestClient {
    /// The venue's time, in milliseconds. `GET /time`, public,
    /// <https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-server-time>.
    ///
    /// # Errors
    /// [`RestError`].
    pub async fn server_time(&self) -> Result<ServerTime, RestError> {
        self.value(&Call::get("GET /time", "/time", Audience::Public)).await
    }
}
