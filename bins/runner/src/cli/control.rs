//! The kill switch and what ends it.

use clap::{Args, Subcommand, ValueEnum};
use domain::Latch;

use super::given::{Format, ScopeArgs};
use super::money::AskArgs;

/// To stop buying.
#[derive(Debug, Clone, Args)]
pub(crate) struct HaltArgs {
    /// Why, for whoever reads the records
    #[arg(long, default_value = "the operator said so")]
    pub(crate) reason: String,
    /// Print how long each part of it took; it is a kill all the same
    #[arg(long)]
    pub(crate) drill: bool,
    /// How to print the times of a drill
    #[arg(long, value_enum, default_value = "table", requires = "drill")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// To clear a latch.
#[derive(Debug, Clone, Args)]
pub(crate) struct ResumeArgs {
    /// Which; `runner status` shows what is latched
    #[arg(value_enum)]
    pub(crate) latch: LatchArg,
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    /// With `max_drawdown`: measure from the NAV of now on
    #[arg(long)]
    pub(crate) reset_peak: bool,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// To sell everything.
#[derive(Debug, Clone, Args)]
pub(crate) struct FlattenArgs {
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// A latch as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum LatchArg {
    /// The kill switch
    Kill,
    /// The loss of the day; ends by itself with it
    DailyStop,
    /// The loss of the week; ends by itself with it
    WeeklyStop,
    /// The drawdown from the peak
    MaxDrawdown,
    /// The same execution repeated
    ExecutionThrottle,
    /// Records and venue differ
    Reconciliation,
    /// An order that is unknown for too long
    UnknownOrder,
    /// The wire shut itself for orders: only a new process sends again
    WireShut,
    /// Something that no trade can mend
    Halt,
}

impl From<LatchArg> for Latch {
    fn from(arg: LatchArg) -> Self {
        match arg {
            LatchArg::Kill => Self::Kill,
            LatchArg::DailyStop => Self::DailyStop,
            LatchArg::WeeklyStop => Self::WeeklyStop,
            LatchArg::MaxDrawdown => Self::MaxDrawdown,
            LatchArg::ExecutionThrottle => Self::ExecutionThrottle,
            LatchArg::Reconciliation => Self::Reconciliation,
            LatchArg::UnknownOrder => Self::UnknownOrder,
            LatchArg::WireShut => Self::WireShut,
            LatchArg::Halt => Self::Halt,
        }
    }
}

/// Which orders, or what about one.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct OrdersArgs {
    #[command(subcommand)]
    pub(crate) command: Option<OrdersCommand>,
    /// Only those that may fill yet
    #[arg(long)]
    pub(crate) live: bool,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to say about an order.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum OrdersCommand {
    /// Say that the venue never had an order that is unknown: look there first
    Resolve(ResolveArgs),
}

/// An order that the venue never had.
#[derive(Debug, Clone, Args)]
pub(crate) struct ResolveArgs {
    /// The number of its intent
    pub(crate) id: u64,
    /// It was never there
    #[arg(long, required = true)]
    pub(crate) absent: bool,
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}
