//! `runner replay --verify`: recorded cycles judged again, each verdict held against the recorded
//! one.

use std::io::Write;

use config::Config;
use domain::Fact;
use serde_json::json;
use store::Records;

use crate::again::each_judged;
use crate::cli::{Format, ReplayArgs};
use crate::status::scope;
use crate::style::{BAD, GOOD, paint};
use crate::{Code, Failure};

/// Judges again and compares; a difference ends with code 1.
pub(crate) fn replay(args: &ReplayArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let records = Records::read(&config.app.data_dir, &scope)?;
    let newest = records.facts()?.iter().map(Fact::at).max();
    let since = newest.map_or(domain::Timestamp::from_secs(0), |newest| args.since.from(newest));
    let (mut identical, mut different) = (0_u64, Vec::new());
    let left = each_judged(&records, since, &mut |scene| {
        match scene.difference() {
            None => identical += 1,
            Some(what) => different.push((scene.record.as_of, scene.record.id, what)),
        }
        Ok(())
    })?;
    match args.format {
        Format::Json => {
            let rows = different
                .iter()
                .map(|(at, id, what)| json!({"as_of": at, "cycle_id": id, "difference": what}));
            let value = json!({
                "schema": 1, "since": since, "judged": identical + count(&different),
                "identical": identical, "different": rows.collect::<Vec<_>>(),
                "nothing_to_judge": left.quiet, "too_old": left.old,
            });
            serde_json::to_writer(&mut *out, &value)?;
            writeln!(out)?;
        }
        Format::Table => {
            let judged = identical + count(&different);
            writeln!(out, "{judged} cycles judged again since {since}, {identical} identical")?;
            writeln!(out, "{} had nothing to judge", left.quiet)?;
            if left.old > 0 {
                writeln!(out, "{} are of a version that did not keep what is needed", left.old)?;
            }
            for (at, id, what) in &different {
                writeln!(out, "{} {at} {id}: {what}", paint(BAD, "different"))?;
            }
            if different.is_empty() {
                writeln!(out, "{}", paint(GOOD, "no difference"))?;
            }
        }
    }
    Ok(if different.is_empty() { Code::Done } else { Code::Failed })
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
