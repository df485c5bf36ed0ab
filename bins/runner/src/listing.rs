//! `runner data list`: what candles a directory has.

use std::io::Write;

use domain::{Granularity, ProductId, Timestamp};
use history::{Completeness, Coverage, Dataset, HistoryError, Span};
use serde::Serialize;
use serde_json::json;

use crate::cli::{Format, ListArgs};
use crate::style::{DIM, WARN, paint};
use crate::{Code, Failure};

/// One file.
#[derive(Debug, Serialize)]
struct Row {
    product: ProductId,
    granularity: Granularity,
    candles: usize,
    /// Start of the first and end of the last.
    span: Option<Span>,
    /// What was asked for when it was downloaded.
    asked: Vec<Span>,
    completeness: Completeness,
    file: String,
}

/// Prints a line for each file.
pub(crate) fn list(args: &ListArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let rows = rows(args).map_err(|error| unusable(&error))?;
    match args.format {
        Format::Json => {
            serde_json::to_writer(&mut *out, &json!({"schema": 1, "files": rows}))?;
            writeln!(out)?;
        }
        Format::Table => table(&rows, out)?,
    }
    Ok(Code::Done)
}

/// What is wrong with candles on disk, as a failure.
pub(crate) fn unusable(error: &HistoryError) -> Failure {
    let code = if error.is_usage() { Code::Usage } else { Code::Failed };
    Failure::new(code, error.to_string())
}

fn rows(args: &ListArgs) -> Result<Vec<Row>, HistoryError> {
    let dataset = Dataset::open(&args.dir)?;
    let mut rows = Vec::new();
    for product in dataset.products() {
        let coverage = Coverage::read(dataset.dir(), &product)?;
        for file in dataset.files(&product) {
            let (starts, granularity) = (file.starts()?, file.granularity());
            let ends = starts.first().zip(starts.last());
            rows.push(Row {
                product,
                granularity,
                candles: starts.len(),
                span: ends.map(|(first, last)| Span {
                    from: *first,
                    to: last.plus_secs(granularity.secs()),
                }),
                asked: coverage.spans(granularity).to_vec(),
                completeness: Completeness::of(&starts, granularity, coverage.spans(granularity)),
                file: file.path().display().to_string(),
            });
        }
    }
    Ok(rows)
}

fn table(rows: &[Row], out: &mut dyn Write) -> std::io::Result<()> {
    let heads =
        format!("{:<12}{:>6}{:>10}  {:<22}{:<22}file", "product", "each", "candles", "from", "to");
    writeln!(out, "{}", paint(DIM, &heads))?;
    for row in rows {
        let moment = |pick: fn(&Span) -> Timestamp| {
            row.span.as_ref().map(pick).map_or_else(|| "-".to_owned(), |at| at.to_string())
        };
        writeln!(
            out,
            "{:<12}{:>6}{:>10}  {:<22}{:<22}{}",
            row.product.as_str(),
            row.granularity.as_str(),
            row.candles,
            moment(|span| span.from),
            moment(|span| span.to),
            row.file
        )?;
        for asked in &row.asked {
            let text = format!("{:<30}asked for {} to {}", "", asked.from, asked.to);
            writeln!(out, "{}", paint(DIM, &text))?;
        }
        gaps(&row.completeness, out)?;
    }
    Ok(())
}

/// So many gaps are printed; JSON has all.
const GAPS: usize = 10;

/// How much is there and what is not, below the line of a file.
pub(crate) fn gaps(found: &Completeness, out: &mut dyn Write) -> std::io::Result<()> {
    let pad = "";
    let text = format!(
        "{pad:<30}{:.2} % of {} candles known: {} there, {} quiet, {} missing; gaps of 5 minutes \
         or longer: {}",
        found.known_pct(),
        found.expected,
        found.present,
        found.quiet,
        found.missing,
        found.gaps.len()
    );
    writeln!(out, "{}", paint(DIM, &text))?;
    for gap in found.gaps.iter().take(GAPS) {
        writeln!(out, "{}", paint(WARN, &format!("{pad:<30}gap from {} to {}", gap.from, gap.to)))?;
    }
    if let (Some(more), Some(longest)) =
        (found.gaps.len().checked_sub(GAPS).filter(|more| *more > 0), found.longest())
    {
        let text = format!(
            "{pad:<30}and {more} more; the longest is from {} to {}",
            longest.from, longest.to
        );
        writeln!(out, "{}", paint(WARN, &text))?;
    }
    Ok(())
}
