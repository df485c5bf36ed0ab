//! `runner positions rebuild`: what the venue filled and the records do not have, shown, and put on
//! record when somebody says so. It adds facts and never takes one away.

mod missing;
mod show;
mod sums;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use config::{Config, Venue};
use domain::{BootId, Fact, Mode, ProductId, Purse, Tier, Timestamp, remembered};
use exchange::{PortError, VenueFill, VenueOrder};
use state::State;
use store::{Records, Scope, Store};

use crate::cli::RebuildArgs;
use crate::coinbase::{self, LiveVenue};
use crate::desk::Trading;
use crate::keep::random;
use crate::looping::runtime;
use crate::status::scope;
use crate::venue::ReadOnly as _;
use crate::{Code, Failure, keys};

use missing::{Claims, Missing, Terms, missing};
use sums::{Sum, sums};

/// What the venue shows.
struct Shown {
    at: Timestamp,
    from: Timestamp,
    orders: Vec<VenueOrder>,
    fills: Vec<VenueFill>,
    purses: Vec<Purse>,
}

/// What a rebuild found.
struct Found {
    scope: Scope,
    from: Timestamp,
    missing: Missing,
    sums: Vec<Sum>,
    refusal: Option<String>,
    /// Where the records were copied to before anything was appended.
    backup: Option<PathBuf>,
}

/// Shows what the records lack, and with `--apply` appends it.
pub(crate) fn rebuild(args: &RebuildArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let mut config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    (config.app.mode, config.app.exchange.venue) = (scope.mode, of_name(&scope)?);
    let apply = args.apply && !args.dry_run;
    // The lock comes before the first look: nothing may trade between it and the facts.
    let mut store = if apply { Some(Store::open(&config.app.data_dir, &scope)?) } else { None };
    let facts = match &store {
        Some(store) => store.records().facts()?,
        None => Records::read(&config.app.data_dir, &scope)?.facts()?,
    };
    let runtime = runtime(&config)?;
    let shown = runtime.block_on(ask(&config, &scope, &facts, args))?;
    let tier = |product: &ProductId| config.universe.symbols.tier_of(product).unwrap_or(Tier::T3);
    let terms = Terms { plan: args.plan.plan(), tier: &tier, boot: BootId(random()?) };
    let all = args.claim.iter().any(|id| id == "all");
    let claims = Claims { all, ids: args.claim.iter().cloned().collect::<BTreeSet<_>>() };
    let missing = missing(&facts, (&shown.orders, &shown.fills), &claims, &terms, shown.at);
    let sums = sums(&facts, &missing.facts, &shown.purses)
        .map_err(|error| Failure::new(Code::Failed, format!("the sums: {error}")))?;
    let refusal = refusal(&missing, &sums);
    let from = shown.from;
    let mut found = Found { scope, from, missing, sums, refusal, backup: None };
    if let Some(store) = &mut store {
        if let Some(why) = &found.refusal {
            show::show(&found, args.format, out)?;
            let text = format!("nothing was appended: {why}; docs/REBUILD_POSITIONS.md says more");
            return Err(Failure::new(Code::Gate, text));
        }
        found.backup = append(&config, &found, store, shown.at)?;
    }
    show::show(&found, args.format, out)?;
    Ok(Code::Done)
}

/// Only a venue of its own has a truth to rebuild from.
fn of_name(scope: &Scope) -> Result<Venue, Failure> {
    if scope.mode == Mode::Live && scope.venue == Venue::Coinbase.as_str() {
        return Ok(Venue::Coinbase);
    }
    let text = format!(
        "{}: its fills are nowhere but in its own records: use --mode live --venue coinbase, or \
         `runner restore`",
        scope.name()
    );
    Err(Failure::new(Code::Usage, text))
}

/// Asks the venue for orders, fills and balances, in this order: what fills meanwhile is then seen
/// in the later ones, and the sums tell.
async fn ask(
    config: &Config,
    scope: &Scope,
    facts: &[Fact],
    args: &RebuildArgs,
) -> Result<Shown, Failure> {
    let state = State::of(&remembered(facts.iter().cloned()).collect::<Vec<_>>());
    let held: BTreeSet<ProductId> = state.ledger().lots().map(|lot| lot.product).collect();
    let venue = coinbase::connect(config, keys::find()?, Some(held)).await?;
    let trading = trading(&venue, scope)?;
    let located = |error: PortError| coinbase::located(config, &error.into());
    let at = exchange::MarketData::now(&venue).await.map_err(located)?;
    let from = args.since.unwrap_or_else(|| at.plus_secs(-i64::from(args.hours) * 3600));
    let orders = trading.orders(from).await.map_err(located)?;
    let fills = trading.fills(from).await.map_err(located)?;
    let purses = trading.purses().await.map_err(located)?;
    Ok(Shown { at, from, orders, fills, purses })
}

/// The way to the orders of an account, if they are those of the records.
pub(crate) fn trading(venue: &LiveVenue, scope: &Scope) -> Result<Arc<dyn Trading>, Failure> {
    if venue.account() != scope.account {
        let text = format!("the key is of account {}, not of {}", venue.account(), scope.name());
        return Err(Failure::new(Code::Gate, text));
    }
    venue.trading().ok_or_else(|| {
        let text = "there is no key, and only the account's own shows its orders: name its file in \
                    CB_API_SECRET_FILE";
        Failure::new(Code::Gate, text)
    })
}

/// Why the difference must not be appended, if so.
fn refusal(missing: &Missing, sums: &[Sum]) -> Option<String> {
    let mut why = missing.unfit.clone();
    let wrong = sums.iter().filter(|sum| !sum.agrees);
    why.extend(wrong.map(|sum| {
        let (asset, records, venue) = (sum.asset, sum.records, sum.venue);
        format!("{asset} comes to {records} on record, and the venue has {venue}")
    }));
    (!why.is_empty()).then(|| why.join("; "))
}

/// Copies the records, then appends all that is missing in one transaction.
fn append(
    config: &Config,
    found: &Found,
    store: &mut Store,
    at: Timestamp,
) -> Result<Option<PathBuf>, Failure> {
    if found.missing.facts.is_empty() {
        return Ok(None);
    }
    let directory = found.scope.directory(&config.app.data_dir);
    let copy = directory.join(format!("before-rebuild-{}.db", at.millis()));
    store::backup(&config.app.data_dir, &found.scope, &copy)?;
    store.append_all(&found.missing.facts)?;
    Ok(Some(copy))
}
