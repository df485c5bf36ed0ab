//! `runner policy diff`: which keys another policy loosens and tightens, and what it would have made
//! of the recorded cycles.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use config::Config;
use domain::{CycleId, Fact, ProductId, ProposalId, QuoteAmt, RiskCode, Timestamp};
use risk::{Change, Direction, Limits, Policy, Verdict};
use serde::Serialize;
use serde_json::json;
use store::Records;

use crate::again::{Left, Scene, each_judged};
use crate::cli::{DiffArgs, Format};
use crate::status::scope;
use crate::style::{BAD, DIM, GOOD, STRONG, WARN, paint};
use crate::{Code, Failure, assemble};

/// One proposal that another policy would have treated differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Differs {
    as_of: Timestamp,
    cycle_id: CycleId,
    product: ProductId,
    proposal: String,
    /// `added`, `removed` or `resized`.
    change: &'static str,
    /// Quote units without fees, under the policy in force.
    was: Option<QuoteAmt>,
    /// The same under the other policy.
    would_be: Option<QuoteAmt>,
    /// What refuses it, or what allowed no more, under the other policy.
    because: Vec<RiskCode>,
}

/// Everything that differs.
#[derive(Debug, Default, Serialize)]
struct Difference {
    cycles: u64,
    differs: Vec<Differs>,
    /// Limits that refuse proposals under the other policy and did not before, with how many.
    newly_binding: BTreeMap<RiskCode, u64>,
    /// Limits that refused proposals and would not.
    no_longer_binding: BTreeMap<RiskCode, u64>,
}

/// Compares and tells.
pub(crate) fn diff(args: &DiffArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let other = Config::load_with_policy(&args.scope.config, &args.file)?;
    let (scope, limits) = (scope(&config, &args.scope)?, assemble::limits(&other)?);
    let records = Records::read(&config.app.data_dir, &scope)?;
    let newest = records.facts()?.iter().map(Fact::at).max();
    let since = newest.map_or(Timestamp::from_secs(0), |newest| args.since.from(newest));
    let mut found = Difference::default();
    let left = each_judged(&records, since, &mut |scene| {
        found.take(scene, &limits);
        Ok(())
    })?;
    let changes = Policy::compare(&config.policy, &other.policy);
    match args.format {
        Format::Json => {
            let value = json!({
                "schema": 1, "since": since, "keys": changes, "difference": found,
                "path_ends": found.differs.first().map(|first| first.as_of),
                "nothing_to_judge": left.quiet, "too_old": left.old,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => {
            keys(&changes, out)?;
            cycles(since, &found, left, out)?;
        }
    }
    Ok(Code::Done)
}

impl Difference {
    fn take(&mut self, scene: &Scene<'_>, limits: &Limits) {
        self.cycles += 1;
        let (old, new) =
            (Judgement::of(&scene.verdict(scene.limits)), Judgement::of(&scene.verdict(limits)));
        for proposal in &scene.record.proposals {
            let id = proposal.id();
            let (was, would_be) = (old.granted.get(&id).copied(), new.granted.get(&id).copied());
            let (before, after) = (old.reasons(&id), new.reasons(&id));
            for code in after.difference(&before) {
                *self.newly_binding.entry(*code).or_default() += 1;
            }
            for code in before.difference(&after) {
                *self.no_longer_binding.entry(*code).or_default() += 1;
            }
            let change = match (was, would_be) {
                (None, Some(_)) => "added",
                (Some(_), None) => "removed",
                (Some(was), Some(would_be)) if was != would_be => "resized",
                (Some(_), Some(_)) | (None, None) => continue,
            };
            self.differs.push(Differs {
                as_of: scene.record.as_of,
                cycle_id: scene.record.id,
                product: proposal.product(),
                proposal: id.to_string(),
                change,
                was,
                would_be,
                because: after.into_iter().collect(),
            });
        }
    }
}

/// A verdict by proposal.
struct Judgement {
    granted: BTreeMap<ProposalId, QuoteAmt>,
    refused: BTreeMap<ProposalId, BTreeSet<RiskCode>>,
}

impl Judgement {
    fn of(verdict: &Verdict) -> Self {
        let granted = verdict.approved.iter().map(|order| (order.proposal(), order.max_notional()));
        let refused = verdict.rejected.iter().map(|rejected| {
            (rejected.proposal.id(), rejected.reasons.iter().map(|reason| reason.code).collect())
        });
        Self { granted: granted.collect(), refused: refused.collect() }
    }

    fn reasons(&self, id: &ProposalId) -> BTreeSet<RiskCode> {
        self.refused.get(id).cloned().unwrap_or_default()
    }
}

fn keys(changes: &[Change], out: &mut dyn Write) -> std::io::Result<()> {
    if changes.is_empty() {
        return writeln!(out, "the policies say the same");
    }
    let looser = changes.iter().filter(|c| c.direction != Direction::Tighter).count();
    let text = format!("{} keys differ, {looser} of them loosen", changes.len());
    writeln!(out, "{}", paint(STRONG, &text))?;
    for change in changes {
        let (style, word) = match change.direction {
            Direction::Looser => (BAD, "loosens"),
            Direction::Incomparable => (BAD, "differs, treated as looser"),
            Direction::Tighter => (GOOD, "tightens"),
        };
        writeln!(out, "  {} {change}", paint(style, &format!("{word:<9}")))?;
    }
    Ok(())
}

fn cycles(
    since: Timestamp,
    found: &Difference,
    left: Left,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let text = format!("{} recorded cycles with proposals since {since}", found.cycles);
    writeln!(out, "{}, {} without", paint(STRONG, &text), left.quiet)?;
    if left.old > 0 {
        let text = format!("{} cycles of an older version cannot be judged again", left.old);
        writeln!(out, "  {}", paint(WARN, &text))?;
    }
    for row in &found.differs {
        let dollars = |amount: Option<QuoteAmt>| {
            amount.map_or_else(|| "–".to_owned(), |amount| format!("${amount}"))
        };
        let because: Vec<_> = row.because.iter().map(|code| code.as_str()).collect();
        let style = if row.change == "removed" { GOOD } else { WARN };
        let change = paint(style, &format!("{:<8}", row.change));
        let (was, would_be) = (dollars(row.was), dollars(row.would_be));
        let because = because.join(", ");
        writeln!(
            out,
            "  {} {change} {:<12} {was} -> {would_be}  {because}",
            row.as_of, row.product
        )?;
    }
    for (title, codes) in
        [("newly binding", &found.newly_binding), ("no longer binding", &found.no_longer_binding)]
    {
        let codes: Vec<_> =
            codes.iter().map(|(code, n)| format!("{} ({n})", code.as_str())).collect();
        if !codes.is_empty() {
            writeln!(out, "  {title}: {}", codes.join(", "))?;
        }
    }
    match found.differs.first() {
        None => writeln!(out, "{}", paint(GOOD, "no order would have been different")),
        Some(first) => {
            let text = format!(
                "The counterfactual ends at {}: up to its first different order the account is \
                 the one on record. Every later cycle above is judged on the recorded account, \
                 which is no longer the one that the other policy would have led to, and at prices \
                 that its orders might have moved.",
                first.as_of
            );
            writeln!(out, "{}", paint(DIM, &text))
        }
    }
}
