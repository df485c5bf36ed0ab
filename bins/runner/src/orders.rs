//! `runner orders`: own orders as the records have them, and an operator's word on an unknown one.

use core::time::Duration;
use std::collections::BTreeMap;
use std::io::Write;

use domain::{Fact, IntentId, ProposalId, TimeInForce, remembered};
use execution::{Order, OrderState, Orders, Timing};
use serde_json::{Value, json};
use state::Request;
use store::Records;

use crate::asking::ask;
use crate::cli::{Format, OrdersArgs, OrdersCommand, ResolveArgs};
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};
use crate::{Code, Failure, status};

/// Prints orders, or takes an operator's word on one.
pub(crate) fn orders(args: &OrdersArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    match &args.command {
        Some(OrdersCommand::Resolve(resolve)) => declare(resolve, out),
        None => list(args, out),
    }
}

/// Own orders, folded over facts. Waits mean nothing here: no clock runs.
pub(crate) fn folded<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Orders {
    let mut orders = Orders::new(Timing::default());
    for fact in facts {
        orders.apply(fact, Duration::ZERO);
    }
    orders
}

fn declare(args: &ResolveArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (intent, reason) = (IntentId(args.id), args.reason.clone());
    ask(&args.ask, |_| Ok(Request::ResolveOrder { intent, reason }), out)
}

fn list(args: &OrdersArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = config::Config::load(&args.scope.config)?;
    let scope = status::scope(&config, &args.scope)?;
    let records = Records::read(&config.app.data_dir, &scope)?;
    let facts: Vec<Fact> = remembered(records.facts()?).collect();
    let orders = folded(&facts);
    let wanted: Vec<_> =
        orders.all().filter(|(_, order)| !args.live || order.state().is_live()).collect();
    if args.format == Format::Json {
        let programs = programs(&facts);
        let program = |order: &Order| programs.get(&order.sent().intent).copied();
        let rows: Vec<_> = wanted.iter().map(|(_, o)| value(o, program(o))).collect();
        writeln!(out, "{}", json!({"schema": 1, "orders": rows}))?;
        return Ok(Code::Done);
    }
    if wanted.is_empty() {
        let none = if args.live { "no order is live" } else { "no order of the last eight days" };
        writeln!(out, "{none}")?;
    }
    for (_, order) in wanted {
        line(order, out)?;
    }
    Ok(Code::Done)
}

/// The program that sent each order, by the hash of its file.
fn programs(facts: &[Fact]) -> BTreeMap<IntentId, &str> {
    let (mut program, mut programs) = (None, BTreeMap::new());
    for fact in facts {
        if let Fact::Policy(policy) = fact {
            program = policy.program.as_deref();
        } else if let Fact::Intent(sent) = fact {
            programs.extend(program.map(|program| (sent.intent, program)));
        }
    }
    programs
}

/// With what it was sent for and by: rule and trigger, policy, program.
fn value(order: &Order, program: Option<&str>) -> Value {
    let sent = order.sent();
    let grant = sent.grant.as_ref();
    let trigger = grant.and_then(|grant| match grant.proposal {
        ProposalId::Entry(trigger) => Some(trigger),
        ProposalId::Exit(..) => None,
    });
    json!({
        "intent": sent.intent, "at": sent.at, "product": sent.product, "side": sent.side,
        "qty": sent.qty, "limit": sent.limit, "state": order.state().as_str(),
        "live": order.state().is_live(), "filled": order.filled(), "parent": sent.parent,
        "time_in_force": sent.time_in_force, "client_order_id": order.client_order_id(),
        "venue_order_id": order.venue_order_id(),
        "proposal": grant.map(|grant| grant.proposal.to_string()),
        "trigger": trigger.map(|trigger| trigger.to_string()),
        "rule": trigger.map(|trigger| trigger.kind),
        "policy": grant.map(|grant| &grant.policy), "program": program,
    })
}

fn line(order: &Order, out: &mut dyn Write) -> Result<(), Failure> {
    let (sent, state) = (order.sent(), order.state());
    let style = match state {
        OrderState::Filled => GOOD,
        OrderState::Unknown | OrderState::Failed | OrderState::Rejected => BAD,
        OrderState::Open | OrderState::PartlyFilled | OrderState::CancelRequested => STRONG,
        OrderState::Planned | OrderState::Committed => WARN,
        OrderState::Cancelled | OrderState::Expired | OrderState::Absent => DIM,
    };
    let life = match sent.time_in_force {
        Some(TimeInForce::PostOnlyUntil(_)) => "rests",
        Some(TimeInForce::ImmediateOrCancel) => "takes",
        Some(TimeInForce::Bracket(_)) => "protects",
        None => "",
    };
    writeln!(
        out,
        "{:>5}  {}  {:<4} {:<10} {} of {} at {}  {life}  {}",
        sent.intent.0,
        sent.at,
        format!("{:?}", sent.side).to_lowercase(),
        sent.product.as_str(),
        order.filled(),
        sent.qty,
        sent.limit,
        paint(style, state.as_str()),
    )?;
    Ok(())
}
