//! Where events ended: the gates in their order, what stopped the others and what that means; and how
//! close the run came to the limits of its policy.

use core::fmt::{Result, Write as _};
use std::collections::BTreeMap;

use domain::{Exclusion, RiskCode, RuleRefusal, TriggerKind};

use super::parts::{bar, escaped, num, number, table, word};
use crate::report::{LimitUse, Report};

/// A gate: its name, where its count is, how many passed, of how many, and what the others met.
struct Gate<'a> {
    name: &'static str,
    pointer: &'static str,
    passed: u64,
    of: u64,
    /// What is listed below it, where that is, and what to call it.
    why: Vec<(&'a str, u64)>,
    why_pointer: &'static str,
    called: &'static str,
}

fn counted<'a>(by: &'a BTreeMap<&'static str, u64>) -> Vec<(&'a str, u64)> {
    by.iter().map(|(word, many)| (*word, *many)).collect()
}

fn gates(report: &Report) -> Vec<Gate<'_>> {
    let funnel = &report.funnel;
    let out: u64 = funnel.excluded.values().sum();
    let gate = |name, pointer, passed, of, why, why_pointer, called| Gate {
        name,
        pointer,
        passed,
        of,
        why,
        why_pointer,
        called,
    };
    let given_up = funnel.given_up.iter().map(|(why, many)| (why.as_str(), *many)).collect();
    vec![
        gate(
            "In the universe, product-decisions",
            "/funnel/members",
            funnel.members,
            funnel.members + out,
            counted(&funnel.excluded),
            "/funnel/excluded",
            "out of it because",
        ),
        gate(
            "Triggers",
            "/funnel/triggers",
            funnel.triggers,
            funnel.triggers,
            counted(&funnel.triggers_by_kind),
            "/funnel/triggers_by_kind",
            "by kind",
        ),
        gate(
            "Proposed",
            "/funnel/proposed",
            funnel.proposed,
            funnel.triggers,
            counted(&funnel.refused),
            "/funnel/refused",
            "refused by filters and rules",
        ),
        gate(
            "Approved",
            "/funnel/approved",
            funnel.approved,
            funnel.triggers,
            counted(&funnel.rejected),
            "/funnel/rejected",
            "refused by the policy",
        ),
        gate("Entries sent", "/funnel/sent", funnel.sent, funnel.triggers, vec![], "", ""),
        gate(
            "Entries filled",
            "/funnel/filled",
            funnel.filled,
            funnel.triggers,
            given_up,
            "/funnel/given_up",
            "given up because",
        ),
    ]
}

/// What a word of any gate means.
fn sentence(word: &str) -> &'static str {
    let exclusion = Exclusion::ALL.iter().find(|code| code.as_str() == word);
    let refusal = RuleRefusal::ALL.iter().find(|code| code.as_str() == word);
    let rejection = RiskCode::ALL.iter().find(|code| code.as_str() == word);
    exclusion
        .map(|code| code.sentence())
        .or(refusal.map(|code| code.sentence()))
        .or(rejection.map(|code| code.sentence()))
        .unwrap_or_default()
}

/// The gates, one below the other.
pub(super) fn funnel(report: &Report, out: &mut String) -> Result {
    writeln!(out, "<ol class=\"funnel\">")?;
    for gate in gates(report) {
        let share = if gate.of > 0 { 100.0 * gate.passed as f64 / gate.of as f64 } else { 0.0 };
        writeln!(
            out,
            "<li><div class=\"gate\"><span>{}</span><b data-json=\"{}\">{}</b><small>{} %</small></div>{}",
            gate.name,
            gate.pointer,
            number(gate.passed as f64, 0),
            number(share, 1),
            bar(share, "passed")
        )?;
        reasons(out, &gate)?;
        writeln!(out, "</li>")?;
    }
    writeln!(
        out,
        "</ol>\n<p class=\"note\">An event counts once, however many decisions looked at it, and may be \
         refused for several reasons. Percent are of all triggers, of the universe of all \
         product-decisions.</p>"
    )?;
    let exits = counted(&report.funnel.exits_rejected);
    if !exits.is_empty() {
        writeln!(out, "<h3>Sales that the policy refused</h3>")?;
        list(out, exits, "/funnel/exits_rejected")?;
    }
    Ok(())
}

fn reasons(out: &mut String, gate: &Gate<'_>) -> Result {
    if gate.why.is_empty() {
        return Ok(());
    }
    writeln!(out, "<details open><summary>{}</summary>", gate.called)?;
    list(out, gate.why.clone(), gate.why_pointer)?;
    writeln!(out, "</details>")
}

fn list(out: &mut String, mut why: Vec<(&str, u64)>, pointer: &str) -> Result {
    why.sort_by_key(|(word, many)| (core::cmp::Reverse(*many), *word));
    let most = why.iter().map(|(_, many)| *many).max().unwrap_or(1).max(1);
    writeln!(out, "<ul class=\"why\">")?;
    for (word, many) in why {
        let kind = TriggerKind::ALL.iter().any(|kind| kind.as_str() == word);
        let meaning = if kind { "" } else { sentence(word) };
        // A pointer writes / as ~1.
        let key = escaped(&word.replace('~', "~0").replace('/', "~1"));
        writeln!(
            out,
            "<li><b data-json=\"{pointer}/{key}\">{}</b><span><code>{}</code> {}{}</span></li>",
            number(many as f64, 0),
            escaped(word),
            escaped(meaning),
            bar(100.0 * many as f64 / most as f64, "thin")
        )?;
    }
    writeln!(out, "</ul>")
}

/// The limits, the one that came closest first.
pub(super) fn limits(report: &Report, out: &mut String) -> Result {
    let Some(judged) = &report.judged else {
        return writeln!(out, "<p>The independent checker was not run.</p>");
    };
    let word_of = match judged.violations {
        0 => "<strong class=\"up\">clean</strong>".to_owned(),
        _ => format!(
            "<strong class=\"down\"><span data-json=\"/judged/violations\">{}</span> violations</strong>",
            judged.violations
        ),
    };
    writeln!(
        out,
        "<p>The independent checker read <span data-json=\"/judged/facts\">{}</span> facts and judged \
         <span data-json=\"/judged/grants\">{}</span> approvals and <span \
         data-json=\"/judged/intents\">{}</span> orders: {word_of}.</p>",
        number(judged.facts as f64, 0),
        number(judged.grants as f64, 0),
        number(judged.intents as f64, 0)
    )?;
    let columns = [
        word("Limit", "limit"),
        num("Worst use %", "worst_use_bps"),
        word("", ""),
        num("Checked", "checked"),
        num("Violations", "violations"),
    ];
    let row = |(at, one): (usize, &LimitUse)| {
        let pct = one.worst_use_bps.map(|bps| bps as f64 / 100.0);
        let full = if pct.is_some_and(|pct| pct > 100.0) { "over" } else { "passed" };
        let cells = vec![
            format!("<code>{}</code>", escaped(&one.limit)),
            pct.map_or_else(|| "yes or no".to_owned(), |pct| number(pct, 1)),
            pct.map(|pct| bar(pct, full)).unwrap_or_default(),
            number(one.checked as f64, 0),
            number(one.violations as f64, 0),
        ];
        (format!("/judged/limits/{at}"), cells)
    };
    table(out, &columns, judged.limits.iter().enumerate().map(row))
}
