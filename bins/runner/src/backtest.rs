//! `runner backtest`: history through the same engine, and what came of it.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use backtest::{
    Assumption, BacktestError, Books, Change, Data, Described, FeeSchedule, FromVenue, Journal,
    Judged, LimitUse, Outcome, Progress, Records, Report, Setup, Slow, Wanted, html, lookahead,
    tables,
};
use config::{Config, Venue};
use domain::{
    AccountId, BootId, Bps, Fact, Fees, Granularity, JournalId, Mode, NamesFact, ProductId,
    RunKind, Timestamp, Usd,
};
use history::Dataset;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::{BacktestArgs, Format, PlayArgs, TimeRange};
use crate::keep::beginning;
use crate::style::{BAD, GOOD, paint};
use crate::{Code, Failure, assemble, disk};

/// The market that the regime is read from.
const BENCHMARK: &str = "BTC-USD";
const DAY_SECS: i64 = 86_400;
/// The future is cut at so many moments evenly over the span, and at so many approvals.
const CUTS: (u32, usize) = (3, 3);

/// Plays, checks, prints and writes.
pub(crate) fn backtest(args: &BacktestArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (not_traded, config) = adapted(&args.play, Config::load(&args.config)?)?;
    let (from, to) = span(&args.data, args.timerange)?;
    let data = Data::load(&args.data, &wanted(&args.data, &args.play, from, to)?)
        .map_err(|e| unusable(&e))?;
    let setup = setup(&args.play, &config, &data, (from, to), fees(args.play.fees.as_deref())?)?;
    let mut bar = Bar::new(&setup);
    let mut records = Lines::default();
    let played = if args.out.is_some() {
        backtest::run_recorded(&setup, &data, &mut records, &mut bar)
    } else {
        backtest::run(&setup, &data, &mut bar)
    };
    bar.finish();
    let outcome = played.map_err(|error| unusable(&error))?;
    let checked = verified(&outcome.facts);
    let foresight = if args.check_lookahead {
        let cuts = lookahead::cuts(&outcome, &setup, CUTS.0, CUTS.1);
        let honest = |_: &Data| Box::new(FromVenue) as Box<dyn backtest::Slots>;
        let found = lookahead::check(&setup, &data, &outcome, &cuts, &honest);
        Some(found.map_err(|error| unusable(&error))?)
    } else {
        None
    };
    let judged = Some(judged(&checked)?);
    let described = Described { not_traded, assumptions: rules_on(&config), judged };
    let report = Report::of(&setup, &data, &outcome, described).map_err(|e| unusable(&e))?;
    let document = document(&report, &checked, foresight.as_ref())?;
    if let Some(dir) = &args.out {
        write(dir, &report, &outcome, &document, records)?;
    }
    match args.format {
        Format::Json => writeln!(out, "{document}")?,
        Format::Table => table(&report, &checked, foresight.as_ref(), args, out)?,
    }
    let code = verdict(&report, &checked, foresight.as_ref());
    code.map_or(Ok(Code::Done), |text| Err(Failure::new(Code::Failed, text)))
}

/// What the independent checker finds in the facts of a run.
pub(crate) fn verified(facts: &Journal) -> verify::Report {
    let mut verifier = verify::Verifier::new(None);
    for fact in facts.iter() {
        verifier.take(&fact);
    }
    verifier.finish()
}

/// A configuration as a backtest has it, and the products that it does not trade.
pub(crate) fn adapted(
    play: &PlayArgs,
    mut config: Config,
) -> Result<(Vec<ProductId>, Config), Failure> {
    config.app.mode = Mode::Paper;
    config.app.exchange.venue = Venue::Simulated;
    config.app.paper.start_cash_usd = play.nav;
    let not_traded = only_for_regime(play, &mut config)?;
    Ok((not_traded, config))
}

/// Why the result is not to be used, if so.
fn verdict(
    report: &Report,
    checked: &verify::Report,
    foresight: Option<&lookahead::Checked>,
) -> Option<String> {
    if !checked.is_clean() {
        let many = checked.violation_count();
        return Some(format!("the journal of the run breaks the policy: {many} violations"));
    }
    if let Some(found) = foresight.and_then(|checked| checked.found.first()) {
        return Some(format!(
            "a decision knew the future: cut at {}, the records differ at {}",
            found.cut, found.at
        ));
    }
    report.void()
}

/// With products named and BTC-USD not among them, it is read and never traded.
fn only_for_regime(play: &PlayArgs, config: &mut Config) -> Result<Vec<ProductId>, Failure> {
    let benchmark: ProductId =
        BENCHMARK.parse().map_err(|e| Failure::new(Code::Failed, format!("{BENCHMARK}: {e}")))?;
    if play.products.is_empty() || play.products.contains(&benchmark) {
        return Ok(Vec::new());
    }
    if !config.universe.exclusions.contains(&benchmark) {
        config.universe.exclusions.push(benchmark);
    }
    Ok(vec![benchmark])
}

/// The span, with open ends from the data.
pub(crate) fn span(dir: &Path, range: TimeRange) -> Result<(Timestamp, Timestamp), Failure> {
    if let (Some(from), Some(to)) = (range.from, range.to) {
        return Ok((from, to));
    }
    let unusable = |error: history::HistoryError| unusable(&error.into());
    let dataset = Dataset::open(dir).map_err(unusable)?;
    let Some((first, end)) = dataset.bounds().map_err(unusable)? else {
        return Err(unusable(history::HistoryError::Empty(dir.to_owned())));
    };
    let (from, to) = (range.from.unwrap_or(first), range.to.unwrap_or(end));
    if to <= from {
        let text = format!("--timerange: the data is from {first} to {end}, and nothing is left");
        return Err(Failure::new(Code::Usage, text));
    }
    Ok((from, to))
}

/// What to load for a span.
pub(crate) fn wanted(
    dir: &Path,
    play: &PlayArgs,
    from: Timestamp,
    to: Timestamp,
) -> Result<Wanted, Failure> {
    let mut products = play.products.clone();
    if !products.is_empty() {
        let there: Vec<_> =
            Dataset::open(dir).map_err(|error| unusable(&error.into()))?.products().collect();
        if let Some(missing) = products.iter().find(|one| !there.contains(one)) {
            let names: Vec<_> = there.iter().map(ToString::to_string).collect();
            let (dir, names) = (dir.display(), names.join(" "));
            let text = format!("--products {missing}: {dir} has candles of {names}");
            return Err(Failure::new(Code::Usage, text));
        }
        products.extend(BENCHMARK.parse::<ProductId>().ok());
    }
    let products = (!products.is_empty()).then_some(products);
    Ok(Wanted { products, granularity: play.granularity, from, to })
}

/// A run from a moment to a moment.
pub(crate) fn setup(
    play: &PlayArgs,
    config: &Config,
    data: &Data,
    (from, to): (Timestamp, Timestamp),
    fees: FeeSchedule,
) -> Result<Setup, Failure> {
    let account = AccountId("recorded".to_owned());
    let (settings, identity) = assemble::parts(config, account)?;
    let mut preamble = beginning(config, from, RunKind::Loop)?;
    // Names that the same run always has: its orders are nobody else's.
    let own = Uuid::new_v5(&Uuid::NAMESPACE_URL, config.hash().as_bytes());
    preamble.push(Fact::Named(NamesFact { at: from, journal: JournalId(own), boot: BootId(own) }));
    let finest = data.granularity().unwrap_or(Granularity::M1);
    let pace = &config.app.pace;
    Ok(Setup {
        settings,
        identity,
        policy: config.policy_hash(),
        preamble,
        ids: assemble::cycle_id,
        cash: play.nav,
        fees,
        from,
        to,
        interval_secs: finest.secs(),
        delay_secs: i64::from(play.delay),
        slow: Slow {
            catalog_secs: i64::from(pace.catalog_minutes) * 60,
            account_secs: i64::from(pace.account_minutes) * 60,
        },
        books: Books::Glanced,
    })
}

/// The fees of a file, else those of the entry tier.
pub(crate) fn fees(file: Option<&Path>) -> Result<FeeSchedule, Failure> {
    let Some(file) = file else {
        return FeeSchedule::coinbase_entry().map_err(|error| unusable(&error));
    };
    let place = file.display();
    let wrong = |what: String| Failure::new(Code::Usage, format!("--fees {place}: {what}"));
    let text = fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let mut steps = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("from_usd") {
            continue;
        }
        let cells: Vec<_> = line.split(',').map(str::trim).collect();
        let [from, maker, taker] = cells[..] else {
            let (at, many) = (at + 1, cells.len());
            return Err(wrong(format!(
                "line {at} has {many} cells; give from_usd,maker_bps,taker_bps"
            )));
        };
        let number = |error: domain::NumError| wrong(format!("line {}: {error}", at + 1));
        let (maker_bps, taker_bps) = (Bps::parse(maker), Bps::parse(taker));
        let fees =
            Fees { maker_bps: maker_bps.map_err(number)?, taker_bps: taker_bps.map_err(number)? };
        steps.push((Usd::parse(from).map_err(number)?, fees));
    }
    FeeSchedule::ladder(steps).map_err(|error| wrong(error.to_string()))
}

/// Which rules are on.
fn rules_on(config: &Config) -> Vec<Assumption> {
    let text = format!(
        "as enabled for PAPER by the configuration {}; nothing is tuned to the span",
        config.hash().chars().take(12).collect::<String>()
    );
    vec![Assumption { about: "rules", text }]
}

/// What the independent checker found, in the words of a report.
fn judged(checked: &verify::Report) -> Result<Judged, Failure> {
    let mut limits = Vec::with_capacity(checked.checks.len());
    for (check, tally) in &checked.checks {
        let name = serde_json::to_value(check)?;
        limits.push(LimitUse {
            limit: name.as_str().unwrap_or_default().to_owned(),
            checked: tally.checked,
            violations: tally.violations,
            worst_use_bps: tally.worst_use_bps.and_then(|bps| u64::try_from(bps).ok()),
        });
    }
    let judged = Judged {
        facts: checked.facts,
        grants: checked.grants,
        intents: checked.intents,
        violations: checked.violation_count(),
        limits,
    };
    Ok(judged.sorted())
}

/// The report with what the independent checker and the guard found.
fn document(
    report: &Report,
    checked: &verify::Report,
    foresight: Option<&lookahead::Checked>,
) -> Result<String, Failure> {
    let mut value = serde_json::to_value(report)?;
    if let Value::Object(fields) = &mut value {
        let verified = json!({
            "clean": checked.is_clean(),
            "violations_in_all": checked.violation_count(),
            "report": checked,
        });
        fields.insert("verify".to_owned(), verified);
        if let Some(foresight) = foresight {
            fields.insert("lookahead".to_owned(), serde_json::to_value(foresight)?);
        }
    }
    Ok(serde_json::to_string(&value)?)
}

/// What is new at each decision, a line each.
#[derive(Default)]
struct Lines(String);

impl Records for Lines {
    fn changed(&mut self, change: &Change<'_>) -> io::Result<()> {
        self.0.push_str(&serde_json::to_string(change)?);
        self.0.push('\n');
        Ok(())
    }
}

fn write(
    dir: &Path,
    report: &Report,
    outcome: &Outcome,
    document: &str,
    records: Lines,
) -> Result<(), Failure> {
    let failed = |what: &Path, error: &io::Error| {
        Failure::new(Code::Failed, format!("{} cannot be written: {error}", what.display()))
    };
    fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
    let files = [
        ("report.json", format!("{document}\n")),
        ("report.html", html::page(report)),
        ("trades.csv", tables::trades_csv(report)),
        ("equity.csv", tables::equity_csv(&outcome.observed.points)),
        ("facts.jsonl", facts(&outcome.facts)?),
        ("cycles.jsonl", records.0),
    ];
    for (name, text) in files {
        let path = dir.join(name);
        disk::replace(&path, &text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

/// A fact a line.
fn facts(facts: &Journal) -> Result<String, Failure> {
    let mut lines = String::new();
    for fact in facts.iter() {
        lines.push_str(&serde_json::to_string(&fact)?);
        lines.push('\n');
    }
    Ok(lines)
}

fn table(
    report: &Report,
    checked: &verify::Report,
    foresight: Option<&lookahead::Checked>,
    args: &BacktestArgs,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "{}", tables::text(report))?;
    writeln!(out)?;
    let judged = format!(
        "verify: {} facts, {} grants, {} intents, {} violations",
        checked.facts,
        checked.grants,
        checked.intents,
        checked.violation_count()
    );
    writeln!(out, "{}", paint(if checked.is_clean() { GOOD } else { BAD }, &judged))?;
    if let Some(foresight) = foresight {
        let text = format!(
            "look-ahead: {} facts compared at {} cuts, {} differences",
            foresight.compared,
            foresight.cuts.len(),
            foresight.found.len()
        );
        let style = if foresight.found.is_empty() { GOOD } else { BAD };
        writeln!(out, "{}", paint(style, &text))?;
        for found in &foresight.found {
            let (cut, at) = (found.cut, found.at);
            writeln!(out, "  cut at {cut}: at {at}\n    {}\n    {}", found.whole, found.changed)?;
        }
    }
    if let Some(dir) = &args.out {
        writeln!(out, "written: {}", dir.join("report.html").display())?;
    }
    Ok(())
}

/// What to tell of it, and the code to end with.
pub(crate) fn unusable(error: &BacktestError) -> Failure {
    let (code, what) = match error {
        BacktestError::History(error) if error.is_usage() => (Code::Usage, "--data: "),
        BacktestError::History(_) | BacktestError::Catalog(_) => (Code::Failed, "--data: "),
        BacktestError::NoBars { .. } | BacktestError::NoClose { .. } => (Code::Usage, "--data: "),
        BacktestError::EmptySpan { .. } => (Code::Usage, "--timerange: "),
        BacktestError::Delay { .. } => (Code::Usage, "--delay: "),
        BacktestError::Engine(_)
        | BacktestError::Venue(_)
        | BacktestError::Commit(_)
        | BacktestError::Records(_)
        | BacktestError::Num(_)
        | BacktestError::NothingInCommon
        | BacktestError::Fees(_) => (Code::Failed, ""),
    };
    Failure::new(code, format!("{what}{error}"))
}

/// How far it is: a line that is written over on a terminal, a line for every tenth elsewhere.
struct Bar {
    from: Timestamp,
    days: i64,
    told: i64,
    terminal: bool,
}

impl Bar {
    fn new(setup: &Setup) -> Self {
        let days = (setup.to.secs_since(setup.from) / DAY_SECS).max(1);
        Self { from: setup.from, days, told: 0, terminal: io::stderr().is_terminal() }
    }

    fn finish(&self) {
        if self.terminal {
            // Progress is no result: where it cannot be shown it is not.
            let _shown = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Progress for Bar {
    fn reached(&mut self, at: Timestamp) {
        let done = at.secs_since(self.from) / DAY_SECS;
        if self.terminal {
            let full = usize::try_from(done * 30 / self.days).unwrap_or(0).min(30);
            let (bar, rest) = ("█".repeat(full), "░".repeat(30 - full));
            let _shown = write!(io::stderr(), "\r{bar}{rest} {at} day {done} of {}", self.days);
        } else {
            let tenth = done * 10 / self.days;
            if tenth > self.told {
                self.told = tenth;
                tracing::info!(%at, "{} % played", tenth * 10);
            }
        }
    }
}
