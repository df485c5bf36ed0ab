//! `runner halt`, `resume` and `flatten`: whether a loop runs or not.

use core::time::Duration;
use std::io::Write;
use std::thread;

use config::Config;
use domain::{Fact, Latch, Timestamp};
use execution::Orders;
use state::{Request, State};
use store::{Records, Scope, is_running};

use crate::asking::{ask, letter_id, send, taken, told, venue_now};
use crate::cli::{AskArgs, FlattenArgs, HaltArgs, ResumeArgs};
use crate::clock::Stopwatch;
use crate::drill::Drill;
use crate::hands::{Hands, LOOK_EVERY, Locked, reach};
use crate::looping::runtime;
use crate::status::scope;
use crate::{Code, Failure, watch};

/// How often a drill reads the records of the loop that it watches.
const READ_EVERY: Duration = Duration::from_millis(50);

/// Latches the kill switch. Without a loop this process cancels own entries itself.
pub(crate) fn halt(args: &HaltArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (config, scope) = named(&args.ask)?;
    let request = Request::Halt { reason: args.reason.clone() };
    match (is_running(&config.app.data_dir, &scope), args.drill) {
        (true, true) => watched(&config, &scope, args, request, out),
        (false, _) if args.drill || reach(&scope) => alone(&config, &scope, args, &request, out),
        (true | false, _) => ask(&args.ask, |_| Ok(request), out),
    }
}

fn named(args: &AskArgs) -> Result<(Config, Scope), Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    Ok((config, scope))
}

/// A drill beside a loop.
fn watched(
    config: &Config,
    scope: &Scope,
    args: &HaltArgs,
    request: Request,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let read = || Records::read(&config.app.data_dir, scope)?.facts();
    let id = letter_id();
    let mut drill = Drill::begin(read()?.len());
    let mailbox = send(config, scope, &id, request)?;
    let mut answered = false;
    while drill.elapsed() < Duration::from_secs(args.ask.wait) && !(drill.is_over() && answered) {
        answered = answered || taken(&mailbox, &id)?.is_some();
        drill.observe(&read()?);
        thread::sleep(READ_EVERY);
    }
    drill.show(args.format, out)?;
    Ok(if drill.is_passed() { Code::Done } else { Code::Failed })
}

/// A halt with no loop: on record first, then at the venue.
fn alone(
    config: &Config,
    scope: &Scope,
    args: &HaltArgs,
    request: &Request,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let mut records = Locked::take(config, scope)?;
    let mut drill = Drill::begin(records.facts()?.len());
    match records.carry_out(&letter_id(), request, |state| venue_now(config, state)) {
        Ok(text) if !args.drill => writeln!(out, "{text}")?,
        Ok(_) => drill.observe(&records.facts()?),
        // What is latched already may have left entries behind: they are cancelled all the same.
        Err(refusal) if !args.drill && records.is_killed()? => writeln!(out, "{refusal}")?,
        Err(refusal) => return Err(refusal),
    }
    let left = if reach(scope) {
        let runtime = runtime(&records.config)?;
        let wait = Duration::from_secs(args.ask.wait);
        runtime
            .block_on(cancelled(records, wait, &mut drill))
            .map_err(|failure| unfinished(&failure))?
    } else {
        (0, 0)
    };
    if args.drill {
        drill.show(args.format, out)?;
        return Ok(if drill.is_passed() { Code::Done } else { Code::Failed });
    }
    match left {
        (0, _) => writeln!(out, "no entry of the bot is open at the venue")?,
        (live, unknown) => {
            let text = format!(
                "{live} entries are not over yet, {unknown} of them unknown; they end at the venue \
                 by themselves: run it again, or see `runner orders --live`"
            );
            return Err(Failure::new(Code::Failed, text));
        }
    }
    Ok(Code::Done)
}

fn unfinished(failure: &Failure) -> Failure {
    let text = format!(
        "{failure}\n  the kill is on record, and own entries could not be cancelled from here; they \
         end at the venue by themselves (execution.entry_expires_secs)"
    );
    Failure::new(failure.code, text)
}

/// Cancels own entries until none may fill any more, or for so long; how many are left.
async fn cancelled(
    records: Locked,
    wait: Duration,
    drill: &mut Drill,
) -> Result<(usize, usize), Failure> {
    let began = Stopwatch::start();
    let mut hands = Box::pin(records.reach_out()).await?;
    loop {
        hands.look_after().await?;
        drill.observe(&hands.facts()?);
        let left = hands.entries();
        if left.0 == 0 || began.elapsed() >= wait {
            return Ok(left);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Clears a latch. A kill file that is still there would set it again at once.
pub(crate) fn resume(args: &ResumeArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (latch, reset_peak, reason) = (args.latch.into(), args.reset_peak, args.reason.clone());
    let request = |config: &Config| match watch::killed(&config.app.data_dir) {
        Some(why) if latch == Latch::Kill => {
            Err(Failure::new(Code::Gate, format!("{why}: remove it first")))
        }
        Some(_) | None => Ok(Request::Resume { latch, reset_peak, reason }),
    };
    ask(&args.ask, request, out)
}

/// Has every lot sold, and nothing bought: by the loop, or without one by this process.
pub(crate) fn flatten(args: &FlattenArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (config, scope) = named(&args.ask)?;
    let request = Request::Flatten { reason: args.reason.clone() };
    if is_running(&config.app.data_dir, &scope) {
        return ask(&args.ask, |_| Ok(request), out);
    }
    if !reach(&scope) {
        let text = format!(
            "no loop runs for {}, and selling takes its prices: start `runner run --loop`, then \
             flatten; `runner halt` keeps it from buying meanwhile",
            scope.name()
        );
        return Err(Failure::new(Code::Failed, text));
    }
    let mut records = Locked::take(&config, &scope)?;
    let text = records.carry_out(&letter_id(), &request, |state| venue_now(&config, state))?;
    writeln!(out, "{text}")?;
    let runtime = runtime(&records.config)?;
    let wait = Duration::from_secs(args.ask.wait);
    match runtime.block_on(sold(records, wait))? {
        (0, 0) => writeln!(out, "nothing is held and no order is open")?,
        (lots, orders) => {
            let text = format!(
                "{lots} lots and {orders} orders are left after {} s: run it again, or with a \
                 longer --wait; `runner positions` shows what is dust",
                args.ask.wait
            );
            return Err(Failure::new(Code::Failed, text));
        }
    }
    Ok(Code::Done)
}

/// Sells every lot, or for so long; lots and orders that are left.
async fn sold(records: Locked, wait: Duration) -> Result<(usize, usize), Failure> {
    let began = Stopwatch::start();
    let mut hands: Hands = Box::pin(records.reach_out()).await?;
    // What the venue filled unseen is a lot, too.
    hands.look_after().await?;
    hands.sell_all().await?;
    loop {
        hands.prices().await?;
        hands.look_after().await?;
        let left = hands.left();
        if left == (0, 0) || began.elapsed() >= wait {
            return Ok(left);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What a request comes to in a running loop: its facts, and what to answer. A flatten also keeps
/// anything from being bought: what was just sold would be bought again.
pub(crate) fn carried_out(
    id: &str,
    request: &Request,
    at: Timestamp,
    state: &State,
    orders: &Orders,
) -> Result<(Vec<Fact>, String), String> {
    let mut facts = request.facts(id, at, state).map_err(|refusal| refusal.to_string())?;
    let mut lines = Vec::new();
    if let Request::Flatten { reason } = request {
        let lots = state.ledger().lots().count();
        lines.push(format!("{lots} lots are being sold; `runner positions` shows what is left"));
        if !state.latches(at).contains(&Latch::Kill) {
            let reason = format!("flatten: {reason}");
            facts.push(Fact::Latched { at, latch: Latch::Kill, reason });
        }
    }
    if let Request::ResolveOrder { intent, reason } = request {
        facts.push(orders.resolve(*intent, reason, at).map_err(|error| error.to_string())?);
    }
    lines.extend(facts.iter().map(told));
    Ok((facts, lines.join("\n")))
}
