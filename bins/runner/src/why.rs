//! `runner why`: the ladder of gates of a product or an order, and what blocked most.

use std::collections::BTreeMap;
use std::io::Write;

use config::Config;
use domain::{CycleId, CycleRecord, Fact, IntentId, ProductId, ProposalId, Stage, Timestamp};
use risk::Ladder;
use serde_json::json;
use store::Records;

use crate::again::each_judged;
use crate::cli::{Format, Since, WhyArgs};
use crate::ladder::{self, Rung, short};
use crate::status::scope;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};
use crate::{Code, Failure};

/// Explains a product, an order, or silence.
pub(crate) fn why(args: &WhyArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let mut config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    // As it was after flags, as far as the names of the records tell.
    config.app.mode = scope.mode;
    if let Some(seed) = scope.account.0.strip_prefix("seed-").and_then(|text| text.parse().ok()) {
        config.app.simulation.seed = seed;
    }
    let records = Records::read(&config.app.data_dir, &scope)?;
    if let Some(span) = args.quiet {
        return quiet(&records, span, args.format, out);
    }
    let words: Vec<&str> = args.about.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["order", id] => order(&config, &records, id, args.format, out),
        [product] => {
            let product: ProductId = product
                .parse()
                .map_err(|e: domain::IdError| Failure::new(Code::Usage, e.to_string()))?;
            let record = at(&records, args.at)?;
            explain(&config, &records, &record, &product, args.format, out)
        }
        _ => {
            let text = "say a product, such as BTC-USD, or `order` and its number";
            Err(Failure::new(Code::Usage, text))
        }
    }
}

/// The newest cycle at or before a moment.
fn at(records: &Records, moment: Option<Timestamp>) -> Result<CycleRecord, Failure> {
    let mut found = None;
    match moment {
        None => found = records.last_cycle()?.map(|kept| kept.record),
        Some(moment) => records.each_cycle(|kept| {
            let newer = |found: &CycleRecord| found.as_of <= kept.record.as_of;
            if kept.record.as_of <= moment && found.as_ref().is_none_or(newer) {
                found = Some(kept.record);
            }
        })?,
    }
    found.ok_or_else(|| Failure::new(Code::Failed, "no cycle is kept from then or before"))
}

/// The policy's ladders of one cycle, by the policy in force then.
fn ladders(records: &Records, record: &CycleRecord) -> Result<Vec<Ladder>, Failure> {
    if record.judged.is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    each_judged(records, record.as_of, &mut |scene| {
        if scene.record.id == record.id {
            found = scene.ladders(scene.limits);
        }
        Ok(())
    })?;
    Ok(found)
}

fn explain(
    config: &Config,
    records: &Records,
    record: &CycleRecord,
    product: &ProductId,
    format: Format,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let mut rungs = vec![ladder::universe(record, product)];
    rungs.extend(ladder::triggers(config, record, product));
    rungs.extend(ladder::rules(record, product));
    let mut approved = None;
    for ladder in ladders(records, record)?.iter().filter(|ladder| ladder.product == *product) {
        rungs.extend(ladder.gates.iter().map(ladder::policy));
        approved = approved.or(ladder.approved);
    }
    let other_settings = record.config_hash != config.hash();
    match format {
        Format::Json => {
            let value = json!({
                "schema": 1, "product": product, "as_of": record.as_of, "cycle_id": record.id,
                "status": record.status, "no_trade_reason": record.no_trade_reason,
                "regime": record.regime, "approved_usd": approved, "gates": rungs,
                "configuration_differs": other_settings,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => {
            heading(record, product.as_str(), out)?;
            if other_settings {
                let text = "the configuration was another one then: thresholds of triggers are \
                            today's";
                writeln!(out, "  {}", paint(WARN, text))?;
            }
            table(&rungs, out)?;
            outcome(record, product, approved, &rungs, out)?;
        }
    }
    Ok(Code::Done)
}

fn heading(record: &CycleRecord, subject: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let (at, regime) = (record.as_of, record.regime.as_str());
    let (mode, status) = (record.mode, record.status.as_str());
    writeln!(out, "{} at {at}, {mode}, {regime}, cycle {status}", paint(STRONG, subject))
}

fn table(rungs: &[Rung], out: &mut dyn Write) -> std::io::Result<()> {
    let heads = format!(
        "     {:<9} {:<30}{:>14}{:>14}{:>14}  {}",
        "stage", "gate", "found", "limit", "margin", "would pass"
    );
    writeln!(out, "{}", paint(DIM, &heads))?;
    for rung in rungs {
        let number = |value: Option<f64>| {
            value.map_or_else(String::new, |v| format!("{} {}", short(v), rung.unit))
        };
        let mark = if rung.passed { paint(GOOD, "yes") } else { paint(BAD, "no ") };
        let stage = format!("{:?}", rung.stage).to_lowercase();
        let said = if rung.nearest.is_empty() { &rung.note } else { &rung.nearest };
        let (found, limit) = (number(rung.found), number(rung.limit));
        let margin = number(rung.margin);
        writeln!(
            out,
            "  {mark} {stage:<9} {:<30}{found:>14}{limit:>14}{margin:>14}  {said}",
            rung.gate
        )?;
    }
    Ok(())
}

fn outcome(
    record: &CycleRecord,
    product: &ProductId,
    approved: Option<f64>,
    rungs: &[Rung],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let proposed = record.proposals.iter().any(|proposal| proposal.product() == *product);
    if let Some(usd) = approved {
        return writeln!(out, "{}", paint(GOOD, &format!("approved for ${}", short(usd))));
    }
    let decides = |stage: Stage| rungs.iter().rev().find(|r| r.stage == stage && !r.passed);
    let text = match (proposed, rungs.first().is_some_and(|first| first.passed)) {
        (true, _) => "refused by the policy".to_owned(),
        (false, false) => "it was not in the universe".to_owned(),
        (false, true) => match decides(Stage::Rules) {
            Some(rung) => format!("no rule proposed it: {}", rung.note),
            None => "nothing happened that a rule acts on".to_owned(),
        },
    };
    writeln!(out, "{}", paint(WARN, &text))
}

fn order(
    config: &Config,
    records: &Records,
    id: &str,
    format: Format,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let facts = records.facts()?;
    let story = story(&facts, id).ok_or_else(|| {
        let text = format!(
            "no order {id} is on record; give the number of an intent, or the proposal of a grant \
             such as HBAR-USD/momentum/2026-01-05T11:00:00Z"
        );
        Failure::new(Code::Failed, text)
    })?;
    let mut record = None;
    if let Some(cycle) = story.cycle {
        records.each_cycle(|kept| {
            if kept.record.id == cycle {
                record = Some(kept.record);
            }
        })?;
    }
    if format == Format::Json {
        let ladder = match &record {
            Some(record) => {
                ladders(records, record)?.into_iter().find(|l| l.proposal == story.proposal)
            }
            None => None,
        };
        let value = json!({
            "schema": 1, "order": id, "proposal": story.proposal.to_string(),
            "cycle_id": story.cycle, "facts": story.facts, "ladder": ladder,
        });
        serde_json::to_writer(&mut *out, &value)?;
        writeln!(out)?;
        return Ok(Code::Done);
    }
    writeln!(out, "{} {}", paint(STRONG, "order"), story.proposal)?;
    for fact in &story.facts {
        writeln!(out, "  {}  {}", fact.at(), told(fact))?;
    }
    if let Some(record) = &record {
        return explain(config, records, record, &story.product, format, out);
    }
    writeln!(out, "{}", paint(DIM, "the record of its cycle is no longer kept"))?;
    Ok(Code::Done)
}

/// The facts of one order.
struct Story<'a> {
    proposal: ProposalId,
    product: ProductId,
    cycle: Option<CycleId>,
    facts: Vec<&'a Fact>,
}

fn story<'a>(facts: &'a [Fact], id: &str) -> Option<Story<'a>> {
    let number = id.parse().ok().map(IntentId);
    let intent = facts.iter().find_map(|fact| {
        let Fact::Intent(intent) = fact else { return None };
        intent.grant.clone().filter(|_| Some(intent.intent) == number)
    });
    let same = |grant: &domain::Grant| match &intent {
        Some(reference) => grant.stamp == *reference,
        None => grant.proposal.to_string() == id,
    };
    let place = facts.iter().rposition(|f| matches!(f, Fact::Granted(grant) if same(grant)))?;
    let Some(Fact::Granted(grant)) = facts.get(place) else { return None };
    let cycle = facts
        .iter()
        .skip(place)
        .find_map(|fact| if let Fact::Cycle { id, .. } = fact { Some(*id) } else { None });
    let about = |fact: &&Fact| {
        if let Fact::Granted(other) = fact {
            other.stamp == grant.stamp
        } else if let Fact::Intent(intent) = fact {
            intent.grant.as_ref() == Some(&grant.stamp)
        } else {
            number.is_some() && fact.intent() == number
        }
    };
    let own = facts.iter().skip(place).filter(about).collect();
    Some(Story { proposal: grant.proposal, product: grant.product, cycle, facts: own })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "words for a person; nothing depends on them")]
fn told(fact: &Fact) -> String {
    match fact {
        Fact::Granted(grant) => format!(
            "granted: at most {} {} at {} (${}), policy {}, until {}",
            grant.max_qty,
            grant.asset,
            grant.price_bound,
            grant.max_notional,
            grant.stamp.policy.0.get(..12).unwrap_or_default(),
            grant.stamp.expires
        ),
        Fact::Intent(intent) => {
            format!("intent {}: {} at {}", intent.intent.0, intent.qty, intent.limit)
        }
        Fact::Submitted(answer) => format!("the venue: {:?}", answer.outcome),
        Fact::Cancel { .. } => "a cancel was asked for".to_owned(),
        Fact::Fill(fill) => format!("filled {} at {}, fee {}", fill.qty, fill.price, fill.fee),
        Fact::Seen(report) => {
            format!("seen as {}, {} filled", report.status.as_str(), report.filled)
        }
        Fact::OrderEnd(end) => format!("over, {} filled", end.filled),
        // Nothing else is about an order.
        _ => String::new(),
    }
}

/// What blocked, by stage and code.
#[derive(Debug, Default)]
struct Blocked {
    count: u64,
    products: BTreeMap<ProductId, u64>,
}

fn quiet(
    records: &Records,
    span: Since,
    format: Format,
    out: &mut dyn Write,
) -> Result<Code, Failure> {
    let newest = records.last_cycle()?.map(|kept| kept.record.as_of);
    let since = newest.map_or(Timestamp::from_secs(0), |newest| span.from(newest));
    let mut blocked: BTreeMap<(Stage, &'static str), Blocked> = BTreeMap::new();
    let (mut cycles, mut proposals, mut approved) = (0_u64, 0_usize, 0_usize);
    records.each_cycle(|kept| {
        let record = kept.record;
        if record.as_of < since {
            return;
        }
        cycles += 1;
        proposals += record.proposals.len();
        approved += record.base_trades.len() + record.exits.len();
        let universe = record.universe.excluded.iter();
        let universe = universe.map(|(id, code)| (Stage::Universe, code.as_str(), *id));
        let refused = record.refused.iter().map(|(s, r)| (*s, r.code.as_str(), r.product));
        let risk = record.rejections.iter().map(|r| (Stage::Risk, r.code.as_str(), r.product));
        for (stage, code, product) in universe.chain(refused).chain(risk) {
            let row = blocked.entry((stage, code)).or_default();
            row.count += 1;
            *row.products.entry(product).or_default() += 1;
        }
    })?;
    let mut rows: Vec<_> = blocked.into_iter().collect();
    // What is nearest to a trade comes first; within a stage, what blocked most.
    rows.sort_by(|((a, _), x), ((b, _), y)| b.cmp(a).then(y.count.cmp(&x.count)));
    if format == Format::Json {
        let rows: Vec<_> = rows
            .iter()
            .map(|((stage, code), row)| {
                json!({"stage": stage, "code": code, "count": row.count, "products": row.products})
            })
            .collect();
        let value = json!({
            "schema": 1, "since": since, "cycles": cycles, "proposals": proposals,
            "approved": approved, "blocked": rows,
        });
        serde_json::to_writer(&mut *out, &value)?;
        writeln!(out)?;
        return Ok(Code::Done);
    }
    let text = format!("{cycles} cycles since {since}");
    writeln!(out, "{}: {proposals} proposals, {approved} approved", paint(STRONG, &text))?;
    let heads = format!("  {:<10}{:<26}{:>9}  {}", "stage", "code", "times", "most often");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for ((stage, code), row) in &rows {
        let stage = format!("{stage:?}").to_lowercase();
        let mut products: Vec<_> = row.products.iter().collect();
        products.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let most: Vec<_> = products.iter().take(3).map(|(id, n)| format!("{id} {n}")).collect();
        writeln!(out, "  {stage:<10}{code:<26}{:>9}  {}", row.count, most.join(", "))?;
    }
    Ok(Code::Done)
}
