//! From facts to proposals, and from positions to exits.
//!
//! A [`Strategy`] looks at a read-only [`Context`] and says what it would like to buy;
//! [`RulesStrategy`] is the default one: a table with a row for each rule ([`Params`]). [`exits`]
//! looks at lots and says what should be sold. Both only propose: the policy decides.
//!
//! ```
//! use domain::{Evidence, Granularity, Regime, Tier, Timestamp, Trigger, TriggerId, TriggerKind};
//! use rules::{Params, describe};
//!
//! let params = Params::default();
//! let trigger = Trigger {
//!     id: TriggerId {
//!         product: "HBAR-USD".parse()?,
//!         kind: TriggerKind::Momentum,
//!         candle: Timestamp::from_secs(0),
//!     },
//!     granularity: Granularity::H1,
//!     fresh: true,
//!     move_pct: 7.8,
//!     strength: 0.78,
//!     confidence: 7.0 / 12.0,
//!     evidence: Evidence::Momentum { return_24h_pct: 7.8, hours_with_sign: 7, streak_hours: 0 },
//! };
//! assert_eq!(describe(&trigger), "Momentum up (+7.8% in 24h)");
//! assert!((params.conviction.of(&trigger, Tier::T2) - 0.565).abs() < 1e-12);
//! let chop = params.size_pct(&params.momentum, Tier::T2, trigger.confidence, 60.0, 0.8);
//! assert!((chop - 1.40).abs() < 1e-12, "percent of the sizing NAV");
//! # Ok::<(), domain::IdError>(())
//! ```
//!
//! # Promises
//! - One proposal a product a cycle: the highest conviction wins, and the others are refused
//!   `outranked`. Every candidate ends as a proposal or as a refusal with a code.
//! - A size is rounded down, never raised to reach a minimum, and never above risk parity × the
//!   regime's factor. A number that is missing refuses the entry; it is never replaced (D-01).
//! - A rule that is not `live` proposes nothing in LIVE; in an unknown regime no rule proposes.
//! - A lot whose bid is at or below its stop gets an exit, whatever else holds, and a higher bid
//!   never creates a stop. Prices are compared as exact decimals (D-05).
//! - Pure: equal inputs give equal outputs, in the same order (R-11). Without candidates and
//!   without exits nothing is allocated.
//!
//! # Not here
//! Limits, pacing, whether an event was used before, and whether a held product may be added to:
//! all that is the policy's. How an exit is priced, sent, sliced and retried is execution's.
//! Shorts do not exist.

mod break_even;
mod conviction;
mod exits;
mod level;
mod params;
mod problems;
mod protection;
mod reason;
mod sizing;
mod strategy;
mod table;

pub use break_even::BreakEven;
pub use conviction::{Boosts, Conviction};
pub use exits::{exit_at, exit_beside_bracket, exits};
pub use level::{Calm, CrashAction, ExitParams, Levels, ProtectBy, TrailBy, Trailing};
pub use params::{Params, Row, Rule};
pub use protection::bracket;
pub use reason::describe;
pub use sizing::RiskParity;
pub use strategy::{Context, Proposals, Strategy, propose};
pub use table::RulesStrategy;
