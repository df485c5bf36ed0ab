//! `runner data import`: candles of other programs, file by file.
//!
//! A file is taken whole or not at all. One that is refused does not keep the next from being taken,
//! and a run that was stopped goes on with what is not there yet.

use std::io::Write;

use history::{Completeness, Coverage, Format as Written, HistoryError, Imported, Target};
use serde_json::json;

use crate::cli::{CandlesArgs, FileArg, Format};
use crate::listing::{gaps, unusable};
use crate::stop::Stop;
use crate::style::{BAD, WARN, paint};
use crate::{Code, Failure, clock};

/// So many marks of a file are printed; JSON has all.
const MARKS: usize = 20;

/// What became of the files.
struct Done {
    taken: Vec<Imported>,
    refused: Vec<(String, HistoryError)>,
    stopped: bool,
}

/// Takes each file, says what became of it, and how complete the candles are now.
pub(crate) fn import(args: &CandlesArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let stop = Stop::listen()?;
    let target = Target {
        dir: args.out.clone(),
        product: args.product,
        granularity: args.granularity,
        format: match args.write {
            FileArg::Parquet => Written::Parquet,
            FileArg::Csv => Written::Csv,
        },
        now: clock::wall(),
        replace: args.replace,
    };
    let mut done = Done { taken: Vec::new(), refused: Vec::new(), stopped: false };
    for source in &args.files {
        if stop.is_asked() {
            done.stopped = true;
            break;
        }
        match history::import(source, &target) {
            Ok(imported) => {
                if args.format == Format::Table {
                    told(&imported, out)?;
                    out.flush()?;
                }
                done.taken.push(imported);
            }
            Err(error @ HistoryError::Unwritable { .. }) => return Err(unusable(&error)),
            Err(error) => {
                if args.format == Format::Table {
                    writeln!(out, "{}", paint(BAD, &format!("refused: {error}")))?;
                }
                done.refused.push((source.display().to_string(), error));
            }
        }
    }
    report(args, &target, &done, out)?;
    ended(args, &done)
}

/// A line for the file, and one for each mark.
fn told(imported: &Imported, out: &mut dyn Write) -> std::io::Result<()> {
    if imported.already {
        return writeln!(out, "{}: taken already", imported.source);
    }
    let span = imported.span.map(|span| format!(" from {} to {}", span.from, span.to));
    writeln!(
        out,
        "{}: {} candles{}, {} new, {} replaced",
        imported.source,
        imported.candles,
        span.unwrap_or_default(),
        imported.added,
        imported.replaced
    )?;
    for mark in imported.marks.iter().take(MARKS) {
        writeln!(out, "{}", paint(WARN, &format!("  {mark}")))?;
    }
    match imported.marks.len().checked_sub(MARKS) {
        Some(more) if more > 0 => {
            writeln!(out, "{}", paint(WARN, &format!("  and {more} marks more")))
        }
        Some(_) | None => Ok(()),
    }
}

/// How complete the candles are, all files together.
fn report(
    args: &CandlesArgs,
    target: &Target,
    done: &Done,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let file = target.file();
    let read = || -> Result<Completeness, HistoryError> {
        let asked = Coverage::read(&args.out, &args.product)?;
        let starts = file.all()?;
        Ok(Completeness::of(starts.starts(), args.granularity, asked.spans(args.granularity)))
    };
    let found = read().map_err(|error| unusable(&error))?;
    if args.format == Format::Json {
        let refused: Vec<_> = done
            .refused
            .iter()
            .map(|(source, error)| json!({ "source": source, "why": error.to_string() }))
            .collect();
        let value = json!({
            "schema": 1,
            "product": args.product,
            "granularity": args.granularity,
            "file": file.path().display().to_string(),
            "taken": done.taken,
            "refused": refused,
            "completeness": found,
        });
        serde_json::to_writer(&mut *out, &value)?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(out, "{} {}: {}", args.product, args.granularity, file.path().display())?;
    gaps(&found, out)?;
    Ok(())
}

fn ended(args: &CandlesArgs, done: &Done) -> Result<Code, Failure> {
    if let Some((_, first)) = done.refused.first() {
        let (many, all) = (done.refused.len(), args.files.len());
        let text = format!("{many} of {all} files refused, nothing of them was taken: {first}");
        return Err(Failure::new(Code::Failed, text));
    }
    Ok(if done.stopped { Code::Interrupted } else { Code::Done })
}
