//! Who may be traded now, and why not the others.
//!
//! ```
//! use domain::{Exclusion, Regime, Timestamp, Universe};
//! use universe::{Memory, Policy, select};
//!
//! let policy = Policy::default();
//! let now: Timestamp = "2026-01-05T12:00:00Z".parse()?;
//! let (mut memory, mut out) = (Memory::default(), Universe::default());
//! select(&policy, now, &[], &[], Regime::Chop, &mut memory, &mut out);
//! assert!(out.members.is_empty(), "an empty catalog has no market");
//! assert_eq!(out.excluded.len(), 14, "every listed product is accounted for");
//! assert!(out.excluded.iter().all(|(_, why)| *why == Exclusion::UnknownProduct));
//! # Ok::<(), domain::TimeError>(())
//! ```
//!
//! # The tests, in order
//! The first one that fails is the reason: known and [online](domain::ProductStatus::Online); not
//! a stablecoin, excluded, an alias or flagged; in a tier, with an event for tier 3 and a regime
//! factor above 0; 24-hour quote volume; spread; depth; history. An input that is missing or stale
//! excludes with its own code, at the test that needs it. Under [`Method::Dynamic`] volume decides
//! the tier, so what volume needs is looked at before the tier.
//!
//! # Promises
//! - Every product of the catalog is in exactly one of `members` and `excluded`, and so is every
//!   name of the policy that the catalog lacks. Both lists are sorted by product.
//! - No product is exempt from any test.
//! - Volume that hovers around a floor does not move a product in and out: see [`Hysteresis`].
//! - X-USDC beside X-USD is one market, not two: the alias is [`excluded`](Policy::quotes).
//! - A [`Selector`] that has seen its catalog allocates nothing; time and memory are passed in.
//!
//! # Not here
//! Where catalogs, books and candles come from, and what a proposal's size is.

mod cluster;
mod defaults;
mod inputs;
mod judge;
mod memory;
mod named;
mod plan;
mod policy;
mod problems;
mod select;

pub use cluster::ClusterName;
pub use domain::PerTier;
pub use inputs::Seen;
pub use memory::Memory;
pub use named::{Event, EventKind, Flag};
pub use policy::{Hysteresis, Lists, Method, Policy, RegimeFactors};
pub use select::{Select, Selector, select};
