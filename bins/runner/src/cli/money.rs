//! The words of what it holds, what it earned, and what an operator says about money.

use clap::{Args, Subcommand, ValueEnum};
use domain::{BaseQty, ExitPlan, FlowKind, Pct, Price, ProductId, Timestamp};

use super::given::{Format, ScopeArgs, Since, parse_time};

/// What is held, or what the records lack of it.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct HeldArgs {
    #[command(subcommand)]
    pub(crate) command: Option<HeldCommand>,
    #[command(flatten)]
    pub(crate) show: PositionsArgs,
}

/// What to do about what is held.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum HeldCommand {
    /// What the venue filled and the records lack; with --apply, put on record
    Rebuild(RebuildArgs),
}

/// What to look for, and whether to append it.
#[derive(Debug, Clone, Args)]
pub(crate) struct RebuildArgs {
    /// Look at the last so many hours
    #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u32).range(1..=87_600))]
    pub(crate) hours: u32,
    /// Look from this moment on, RFC 3339 in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "hours")]
    pub(crate) since: Option<Timestamp>,
    /// Append what is missing; makes a copy of the records first
    #[arg(long)]
    pub(crate) apply: bool,
    /// Only show, whatever else is said
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// An order that nothing on record names was the bot's: its id at the venue, or `all`
    #[arg(long, value_name = "ORDER")]
    pub(crate) claim: Vec<String>,
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// How coins will be left whose plan no record has.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanArgs {
    /// Sold when the bid is so far below the price, percent
    #[arg(long, value_name = "PCT", default_value = "8")]
    pub(crate) stop_pct: Pct,
    /// Sold when the bid is so far above it, percent
    #[arg(long, value_name = "PCT", default_value = "15")]
    pub(crate) target_pct: Pct,
    /// Sold after so many hours
    #[arg(long, value_name = "HOURS", default_value_t = 72)]
    pub(crate) max_hold_hours: u32,
}

impl PlanArgs {
    /// The plan.
    pub(crate) const fn plan(&self) -> ExitPlan {
        let (stop_pct, target_pct) = (self.stop_pct, self.target_pct);
        ExitPlan { stop_pct, target_pct, max_hold_hours: self.max_hold_hours }
    }
}

/// What to show of what is held.
#[derive(Debug, Clone, Args)]
pub(crate) struct PositionsArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Which trades.
#[derive(Debug, Clone, Args)]
pub(crate) struct TradesArgs {
    /// Trades that were opened from this moment on, or from so long before the newest fact
    #[arg(long, value_name = "TIME|SPAN")]
    pub(crate) since: Option<Since>,
    /// Instead: what was sold in a UTC year, as CSV for a tax return; lots first in, first out
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["since", "format"],
        value_parser = clap::value_parser!(u16).range(2009..=2999))]
    pub(crate) disposals: Option<u16>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Which trades to add up.
#[derive(Debug, Clone, Args)]
pub(crate) struct ProfitArgs {
    /// Trades that were opened from this moment on, or from so long before the newest fact
    #[arg(long, value_name = "TIME|SPAN")]
    pub(crate) since: Option<Since>,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// What to do with changes of balances that nothing explains.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum FlowCommand {
    /// All of them, with those that wait for a word
    List(PositionsArgs),
    /// Say what one of them was
    Confirm(ConfirmArgs),
}

/// What a change of a balance was.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfirmArgs {
    /// Its number, as `runner flow list` shows it
    pub(crate) id: u64,
    /// What it was
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub(crate) kind: KindArg,
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// What a flow can be said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KindArg {
    /// Paid in: no gain, it counts from now on
    Deposit,
    /// Taken out: no loss, the stops move with it
    Withdrawal,
    /// Given by the venue: a gain
    Reward,
    /// Charged by the venue, or never explained: a loss
    Cost,
}

impl From<KindArg> for FlowKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Deposit => Self::Deposit,
            KindArg::Withdrawal => Self::Withdrawal,
            KindArg::Reward => Self::Reward,
            KindArg::Cost => Self::Cost,
        }
    }
}

/// Coins that are given to the bot, which may sell them from then on.
#[derive(Debug, Clone, Args)]
pub(crate) struct AdoptArgs {
    /// The product they will be sold on, such as BTC-USD
    pub(crate) product: ProductId,
    /// How many coins
    pub(crate) qty: BaseQty,
    /// What one of them counts as paid for: stop and target are measured from it
    #[arg(long)]
    pub(crate) price: Price,
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// A product that is kept out for a while.
#[derive(Debug, Clone, Args)]
pub(crate) struct FlagArgs {
    /// The product, such as BTC-USD
    pub(crate) product: ProductId,
    /// For so long; 0 ends it
    #[arg(long, default_value_t = 168)]
    pub(crate) hours: u32,
    /// Why, for whoever reads the records
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

/// Whose records a word is for, and how long a running process has to take it.
#[derive(Debug, Clone, Args)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Seconds to wait for the running process to answer
    #[arg(long, value_name = "SECS", default_value_t = 30)]
    pub(crate) wait: u64,
}
