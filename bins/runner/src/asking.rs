//! Words of an operator that change what is on record: a running process takes them from its
//! control directory; without one the command takes the lock and puts the facts on record itself.

use core::time::Duration;
use std::io::Write;
use std::thread;

use config::{Config, Venue};
use domain::{Fact, FlowId, Tier, Timestamp, remembered};
use serde_json::json;
use state::{Request, State};
use store::{Letter, Mailbox, Scope, Store, is_running};

use crate::cli::{AdoptArgs, AskArgs, ConfirmArgs, FlagArgs, Format, PositionsArgs};
use crate::clock::{Stopwatch, wall};
use crate::control::carried_out;
use crate::holdings::Holdings;
use crate::orders::folded;
use crate::positions::cents;
use crate::status::scope;
use crate::style::{DIM, WARN, paint};
use crate::{Code, Failure};

/// How often an answer is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Says what a change of a balance was.
pub(crate) fn confirm(args: &ConfirmArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (flow, kind, reason) = (FlowId(args.id), args.kind.into(), args.reason.clone());
    ask(&args.ask, |_| Ok(Request::ConfirmFlow { flow, kind, reason }), out)
}

/// Gives coins to the bot.
pub(crate) fn adopt(args: &AdoptArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let plan = args.plan.plan();
    let request = |config: &Config| {
        let (product, qty, price) = (args.product, args.qty, args.price);
        // What no list names is trusted least.
        let tier = config.universe.symbols.tier_of(&product).unwrap_or(Tier::T3);
        Ok(Request::Adopt { product, tier, qty, price, plan, reason: args.reason.clone() })
    };
    ask(&args.ask, request, out)
}

/// Keeps a product out for a while.
pub(crate) fn flag(args: &FlagArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (product, hours, reason) = (args.product, args.hours, args.reason.clone());
    ask(&args.ask, |_| Ok(Request::Flag { product, hours, reason }), out)
}

/// Has a request carried out, by whoever has the records.
pub(crate) fn ask(
    args: &AskArgs,
    request: impl FnOnce(&Config) -> Result<Request, Failure>,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let request = request(&config)?;
    let id = letter_id();
    if is_running(&config.app.data_dir, &scope) {
        return post(&config, &scope, &id, request, args.wait, out);
    }
    let mut store = Store::open(&config.app.data_dir, &scope)?;
    let known: Vec<_> = remembered(store.records().facts()?).collect();
    let state = State::of(&known);
    let at = venue_now(&config, &state);
    let (facts, text) = carried_out(&id, &request, at, &state, &folded(&known))
        .map_err(|refusal| Failure::new(Code::Failed, refusal))?;
    store.append_all(&facts)?;
    writeln!(out, "{text}")?;
    Ok(Code::Done)
}

/// The venue's time as well as it is known without asking: a recorded or modelled market stands
/// where its records end.
pub(crate) fn venue_now(config: &Config, state: &State) -> Timestamp {
    let newest = state.as_of().unwrap_or(Timestamp::from_secs(0));
    match config.app.exchange.venue {
        Venue::Simulated => newest,
        Venue::Coinbase => newest.max(wall()),
    }
}

/// The name of a request of this process.
pub(crate) fn letter_id() -> String {
    format!("{:013}-{}", wall().millis(), std::process::id())
}

/// Leaves a request for the running process.
pub(crate) fn send(
    config: &Config,
    scope: &Scope,
    id: &str,
    request: Request,
) -> Result<Mailbox, Failure> {
    let mailbox = Mailbox::of(&config.app.data_dir, scope);
    mailbox.post(&Letter::new(id.to_owned(), wall(), scope.account.clone(), request))?;
    Ok(mailbox)
}

/// What a request came to, once the running process has answered; a refusal is an error.
pub(crate) fn taken(mailbox: &Mailbox, id: &str) -> Result<Option<String>, Failure> {
    match mailbox.take_answer(id)? {
        Some(answer) if answer.done => Ok(Some(answer.text)),
        Some(answer) => Err(Failure::new(Code::Failed, answer.text)),
        None => Ok(None),
    }
}

/// Leaves a request for the running process and waits for what becomes of it.
fn post(
    config: &Config,
    scope: &Scope,
    id: &str,
    request: Request,
    wait: u64,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let mailbox = send(config, scope, id, request)?;
    let waited = Stopwatch::start();
    while waited.elapsed() < Duration::from_secs(wait) {
        if let Some(text) = taken(&mailbox, id)? {
            writeln!(out, "{text}")?;
            return Ok(Code::Done);
        }
        thread::sleep(LOOK_EVERY);
    }
    let text = format!(
        "the running process has not answered within {wait} s; the request stays in {} as {id}, \
         and is taken when it gets to it",
        mailbox.directory().display()
    );
    Err(Failure::new(Code::Failed, text))
}

/// What a fact of an operator did, for him.
#[expect(clippy::wildcard_enum_match_arm, reason = "words for a person; nothing depends on them")]
pub(crate) fn told(fact: &Fact) -> String {
    match fact {
        Fact::Latched { at, latch, .. } => format!("{} is latched since {at}", latch.as_str()),
        Fact::Resumed { at, latch, .. } => format!("{} is cleared at {at}", latch.as_str()),
        Fact::PeakReset { nav, .. } => format!("drawdown is measured from ${}", cents(*nav)),
        Fact::FlowConfirmed(said) => format!(
            "flow {} of {} {} is a {}",
            said.flow.0,
            said.change,
            said.asset,
            said.kind.as_str()
        ),
        Fact::Adopted(adoption) => format!(
            "lot {}: {} {} at {}; stop {} %, target {} %, at most {} hours",
            adoption.lot.0.0,
            adoption.qty,
            adoption.asset,
            adoption.price,
            adoption.plan.stop_pct,
            adoption.plan.target_pct,
            adoption.plan.max_hold_hours
        ),
        Fact::OrderEnd(end) => format!("order {} was never at the venue", end.intent.0),
        Fact::Flagged(flagged) => {
            format!("{} is kept out until {}", flagged.product, flagged.until)
        }
        _ => format!("on record at {}", fact.at()),
    }
}

/// Prints what came and went without a fill.
pub(crate) fn flows(args: &PositionsArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let holdings = Holdings::read(&args.scope)?;
    let flows = holdings.state.flows();
    if args.format == Format::Json {
        let rows: Vec<_> = flows
            .all()
            .map(|flow| {
                json!({
                    "flow": flow.flow, "at": flow.at, "asset": flow.asset, "change": flow.change,
                    "usd": flow.usd, "kind": flows.kind(flow),
                })
            })
            .collect();
        let waiting = flows.unexplained().count();
        let value =
            json!({"schema": 1, "as_of": holdings.now(), "flows": rows, "waiting": waiting});
        serde_json::to_writer(&mut *out, &value)?;
        writeln!(out)?;
        return Ok(Code::Done);
    }
    let heads =
        format!("{:<6}{:<22}{:<8}{:>22}{:>16}  {}", "flow", "seen", "of", "change", "$", "was");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for flow in flows.all() {
        let was = match flows.kind(flow) {
            Some(kind) => kind.as_str().to_owned(),
            None => paint(WARN, "unexplained: say with `runner flow confirm`"),
        };
        let usd = flow.usd.map_or_else(|| "unknown".to_owned(), cents);
        let (number, at, asset) = (flow.flow.0, flow.at.to_string(), flow.asset.as_str());
        writeln!(
            out,
            "{number:<6}{at:<22}{asset:<8}{:>22}{usd:>16}  {was}",
            flow.change.to_string()
        )?;
    }
    Ok(Code::Done)
}
