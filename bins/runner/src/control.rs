//! `runner halt`, `resume` and `flatten`: whether a loop runs or not.

use std::io::Write;

use config::Config;
use domain::{Fact, Latch, Timestamp};
use execution::Orders;
use state::{Request, State};
use store::is_running;

use crate::asking::{ask, told};
use crate::cli::{FlattenArgs, HaltArgs, ResumeArgs};
use crate::status::scope;
use crate::{Code, Failure, watch};

/// Latches the kill switch.
pub(crate) fn halt(args: &HaltArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let reason = args.reason.clone();
    ask(&args.ask, |_| Ok(Request::Halt { reason }), out)
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

/// Has every lot sold, and nothing bought. Selling takes the prices that a running loop has.
pub(crate) fn flatten(args: &FlattenArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.ask.scope.config)?;
    let scope = scope(&config, &args.ask.scope)?;
    if !is_running(&config.app.data_dir, &scope) {
        let text = format!(
            "no loop runs for {}, and selling takes its prices: start `runner run --loop`, then \
             flatten; `runner halt` keeps it from buying meanwhile",
            scope.name()
        );
        return Err(Failure::new(Code::Failed, text));
    }
    let reason = args.reason.clone();
    ask(&args.ask, |_| Ok(Request::Flatten { reason }), out)
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
