//! Searches over parameters that count their own trials.
//!
//! A search is a list of [`Axis`], of which [`grid`] or [`random`] makes combinations, [`splits`] of
//! time, and a function that plays one configuration over one span. [`Search::run`] plays what a
//! directory lacks, on all cores; [`Ranking::of`] says what is left of the best when the number of
//! trials is taken into account: chosen on training spans, shown on later ones.
//!
//! ```
//! use sweep::{Axis, grid};
//!
//! let axes = ["rules.momentum.stop_pct=6,8", "rules.momentum.max_hold_hours=24,72"];
//! let axes = axes.map(|text| text.parse::<Axis>()).into_iter().collect::<Result<Vec<_>, _>>()?;
//! let points = grid(&axes, 1000)?;
//! assert_eq!(points.len(), 4);
//! assert_eq!(points[1], ["6", "72"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Promises
//! - Z-01: the same plan gives the same bytes, whatever the number of threads, shards and
//!   interruptions.
//! - A file of results is there whole or not at all; what is there is not played again.
//! - A combination that the configuration refuses is on record as refused, and never played.
//! - The best of many is judged as such: Bailey and López de Prado's deflated Sharpe ratio, with the
//!   number of trials and the variance across them.
//!
//! # Not here
//! What keys mean and which values are legal (`config`), how a configuration is played
//! (`backtest`), the terminal (`runner sweep`).

mod axis;
mod plan;
mod rank;
mod row;
mod run;
mod space;
mod split;
mod store;
mod table;

pub use axis::{Axis, AxisError, Scale, Values};
pub use plan::{Draws, Plan, SCHEMA, Shard};
pub use rank::{
    Against, Forward, Missing, Ranked, Ranking, SURE, Shown, SplitRanking, Verdict, Word,
};
pub use row::{Figures, NUMBERS, Part, Row, Status};
pub use run::{Play, Played, Proposed, Ran, Search, Watch};
pub use space::{Candidate, Point, SpaceError, candidates, grid, random};
pub use split::{Lengths, Span, Split, TooShort, splits};
pub use store::{Store, StoreError, Stored};
