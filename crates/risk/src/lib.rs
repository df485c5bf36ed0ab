//! The only place that can say yes.
//!
//! [`assess`] judges proposals against a validated policy ([`Limits`]), the account
//! ([`RiskView`]) and the market, and makes a [`Verdict`]: a partition into [`ApprovedOrder`]s and
//! rejections with every reason that applies. Nothing reaches a venue without an
//! [`ApprovedOrder`], and nothing else makes one.
//!
//! ```
//! use domain::PolicyHash;
//! use risk::{Limits, Policy};
//!
//! let mut policy = Policy::default();
//! assert!(Limits::new(policy.clone(), PolicyHash("shipped".to_owned())).is_ok());
//! policy.exposure.max_total_pct = "95".parse()?;
//! let problems = Limits::new(policy, PolicyHash("lax".to_owned())).unwrap_err();
//! assert_eq!(problems[0].to_string(), "exposure.max_total_pct: 95 is above the hard ceiling 50");
//! # Ok::<(), domain::NumError>(())
//! ```
//!
//! # Promises
//! - R-01 to R-06: an approved order is between the smallest and the largest order; at worst case
//!   position, cluster, tier, total and purse hold with everything live and everything approved
//!   before it in the batch; nothing is oversold.
//! - R-09, R-11: a partition, pure, and the same for any order of the same proposals.
//! - R-10: for one entry, more exposure, a tighter limit, an older quote or another live order
//!   never turns a rejection into an approval.
//! - R-12: exits pass their own short list and only reduce.
//! - Sizes are never raised. What is missing refuses with `data_unavailable`.
//!
//! # Not here
//! Ideas about sizes (`rules`), prices and increments of orders (`execution`), clocks, files.

mod approved;
mod assess;
mod counters;
mod exposure;
mod limits;
mod policy;
mod shipped;
mod verdict;
mod view;

pub use approved::{ApprovedOrder, Stamp};
pub use assess::assess;
pub use counters::Counters;
pub use exposure::Exposure;
pub use limits::{Limits, Problem};
pub use policy::{Control, ExposureCaps, Loss, Market, Orders, Pacing, PerTier, Policy, Proposals};
pub use verdict::{Reason, Rejected, Verdict};
pub use view::{Clusters, References, RiskView};
