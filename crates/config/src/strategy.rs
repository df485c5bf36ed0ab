//! `strategy.yaml`: how it decides.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How it decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// The market's weather.
    pub regime: regime::Params,
    /// Events worth noticing.
    pub triggers: triggers::Params,
    /// From events to proposals.
    pub rules: rules::Params,
    /// From positions to exits.
    pub exits: rules::ExitParams,
}
