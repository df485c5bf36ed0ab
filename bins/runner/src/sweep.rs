//! `runner sweep`: many configurations over the same history, and what is left of the best of them.

mod shown;

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use backtest::{Data, Described, FeeSchedule, Report, Silent};
use config::{Base, Config, ConfigError, Holds, Key};
use domain::{ProductId, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sweep::{
    Axis, Candidate, Draws, Figures, Lengths, Plan, Played, Proposed, Ran, Ranking, SCHEMA, Search,
    Span, Store, StoreError, Watch, candidates, grid, random, splits,
};

use crate::backtest::{adapted, fees, setup, span, unusable, verified, wanted};
use crate::cli::{Format, PlayArgs, SweepArgs, TimeRange};
use crate::stop::Stop;
use crate::{Code, Failure};

/// Plays what is not there, ranks what is, and prints it.
pub(crate) fn sweep(args: &SweepArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    if args.rank_only {
        return ranked(args, out);
    }
    let market = market(args)?;
    let base = Base::read(&args.config)?;
    let (axes, keys) = axes(args, &base)?;
    let points = match args.random {
        Some(many) => random(&axes, many as usize, args.seed, args.max),
        None => grid(&axes, args.max),
    };
    let points = points.map_err(|error| usage("--set", &error))?;
    let judge = |point: &sweep::Point| judge(&base, &keys, point, &market);
    let candidates = candidates(points, judge);
    if let Some(first) = candidates.iter().find_map(|(one, _)| one.refused.as_ref())
        && candidates.iter().all(|(_, config)| config.is_none())
    {
        let text = format!("the configuration refuses every combination, the first since {first}");
        return Err(Failure::new(Code::Config, text));
    }
    let history = History::load(args, &market)?;
    let (not_traded, own) = adapted(&market.play, base.config().clone())?;
    let ends = (history.span.from, history.span.to);
    let whole = setup(&market.play, &own, &history.data, ends, market.fees.clone())?;
    // Said once, and not by every candidate.
    whole.check().map_err(|error| unusable(&error))?;
    let plan = Plan {
        schema: SCHEMA,
        inputs: inputs(&market, &history, &own)?,
        axes,
        draws: args.random.map(|many| Draws { many: many as usize, seed: args.seed }),
        splits: history.splits.clone(),
        candidates: candidates.len(),
    };
    let store = Store::open(&args.out, &plan).map_err(|error| stored(&error))?;
    let threads = args.threads.map_or_else(cores, usize::from);
    let shard = args.shard;
    let search = Search { splits: &plan.splits, candidates: &candidates, shard, threads };
    let told =
        Told { stop: Stop::listen()?, terminal: io::stderr().is_terminal(), tenth: 0.into() };
    let play = |config: &Config, span: Span| {
        let played = play(&market, &history, config, span, &not_traded);
        played.unwrap_or_else(|failure| Played::Failed(failure.message))
    };
    let ran = search.run(&store, &play, &told);
    told.finish();
    let ran = ran.map_err(|error| stored(&error))?;
    if ran.stopped {
        let text = "interrupted: what is done is kept, and the same command goes on from here";
        return Err(Failure::new(Code::Interrupted, text));
    }
    if args.format == Format::Table {
        shown::played(&candidates, &plan, ran, args, out)?;
    }
    if !shard.is_whole() && store_lacks(&store, &candidates, plan.splits.len()) {
        return part_of_it(args, ran, out);
    }
    ranked(args, out)
}

/// What is played, with fees that were read once.
struct Market {
    dir: PathBuf,
    range: TimeRange,
    play: PlayArgs,
    fees: FeeSchedule,
}

fn market(args: &SweepArgs) -> Result<Market, Failure> {
    let (Some(dir), Some(range)) = (args.data.clone(), args.timerange) else {
        return Err(Failure::new(Code::Usage, "give --data and --timerange"));
    };
    let play = args.play.clone();
    Ok(Market { dir, range, fees: fees(play.fees.as_deref())?, play })
}

/// Candles, loaded once for all threads, and the splits of their span.
struct History {
    data: Data,
    splits: Vec<sweep::Split>,
    span: Span,
}

impl History {
    fn load(args: &SweepArgs, market: &Market) -> Result<Self, Failure> {
        let (from, to) = span(&market.dir, market.range)?;
        let data = Data::load(&market.dir, &wanted(&market.dir, &market.play, from, to)?);
        let data = data.map_err(|error| unusable(&error))?;
        within(&data, from, to)?;
        let lengths = args.train.zip(args.test);
        let lengths = lengths.map(|(train, test)| Lengths { train, embargo: args.embargo, test });
        let span = Span { from, to };
        let splits = splits(span, lengths).map_err(|error| usage("--train, --test", &error))?;
        Ok(Self { data, splits, span })
    }
}

/// A span that the candles do not reach would be played as silence.
fn within(data: &Data, from: Timestamp, to: Timestamp) -> Result<(), Failure> {
    let first = data.series.iter().filter_map(|one| one.bars.starts().first()).min();
    let end = data.series.iter().filter_map(|one| one.bars.end()).max();
    let (Some(first), Some(end)) = (first, end) else { return Ok(()) };
    let slack = 86_400;
    if *first > from || end.plus_secs(slack) < to {
        let text = format!(
            "--timerange: the candles are from {first} to {end}, and {from} to {to} is beyond them"
        );
        return Err(Failure::new(Code::Usage, text));
    }
    Ok(())
}

/// The axes as typed, each held against the keys of the files.
fn axes(args: &SweepArgs, base: &Base) -> Result<(Vec<Axis>, Vec<Key>), Failure> {
    let mut texts = args.set.clone();
    if let Some(file) = &args.axes {
        let place = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::new(Code::Usage, format!("--axes {place}: {error}")))?;
        let lines = text.lines().map(str::trim);
        texts.extend(lines.filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned));
    }
    let (mut axes, mut keys) = (Vec::new(), Vec::new());
    for text in texts {
        let axis: Axis = text.parse().map_err(|error| usage("--set", &error))?;
        let key = base.key(&axis.key).map_err(|error| usage("--set", &error))?;
        if let Some(why) = idle(&key) {
            let text = format!("--set: {} of {} {why}", key.path(), key.file());
            return Err(Failure::new(Code::Usage, text));
        }
        if axis.is_range() && key.holds() == Holds::Other {
            let text = format!("--set: {} is no number, so that it has no range", key.path());
            return Err(Failure::new(Code::Usage, text));
        }
        axes.push(if key.holds() == Holds::Whole { axis.whole() } else { axis });
        keys.push(key);
    }
    Ok((axes, keys))
}

/// Why a key changes nothing here, if so: trials of it would be trials of the same.
fn idle(key: &Key) -> Option<&'static str> {
    let path = key.path();
    let read = ["execution.", "orders.", "loop.catalog_minutes", "loop.account_minutes"];
    if key.file() == "app.yaml" && !read.iter().any(|known| path.starts_with(known)) {
        return Some("plays no part in a backtest, or is given by --nav and --data");
    }
    let is_live = path.rsplit('.').next() == Some("live") || path == "control.live_trading_enabled";
    is_live.then_some("counts in LIVE alone")
}

/// A point as the whole configuration that it would be, with its hash; or why it is none.
fn judge(
    base: &Base,
    keys: &[Key],
    point: &sweep::Point,
    market: &Market,
) -> Result<(String, Config), String> {
    let changes: Vec<_> = keys.iter().zip(point.iter().map(String::as_str)).collect();
    let config = base.with(&changes).map_err(|error| in_short(&error))?;
    let (_, config) = adapted(&market.play, config).map_err(|failure| failure.message)?;
    crate::assemble::limits(&config).map_err(|failure| failure.message)?;
    Ok((config.hash(), config))
}

fn in_short(ConfigError(problems): &ConfigError) -> String {
    let line = |problem: &config::Problem| match &problem.key {
        Some(key) => format!("{key}: {}", problem.what),
        None => problem.what.clone(),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// What the results depend on, beside axes and splits.
fn inputs(market: &Market, history: &History, config: &Config) -> Result<Value, Failure> {
    let mut hash = Sha256::new();
    let mut products = Vec::new();
    // Gaps are those that a download told of, too, which the bars do not show.
    hash.update(serde_json::to_vec(&history.data.gaps)?);
    for one in &history.data.series {
        products.push(format!("{} {}", one.product, one.file));
        hash.update(one.product.as_str().as_bytes());
        // Its steps and bounds, of the directory's own list where it has one.
        hash.update(serde_json::to_vec(&history.data.catalog.get(&one.product))?);
        for bar in one.bars.iter() {
            hash.update(bar.start.secs().to_le_bytes());
            for value in [bar.open, bar.high, bar.low, bar.close, bar.volume] {
                hash.update(value.to_bits().to_le_bytes());
            }
        }
    }
    let hash = hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
        hex
    });
    Ok(json!({
        // Another build may decide otherwise, and results of two are no search.
        "program": crate::keep::program()?,
        "config": config.hash(),
        "nav_usd": market.play.nav,
        "delay_secs": market.play.delay,
        "fees": serde_json::to_value(&market.fees)?,
        "span": serde_json::to_value(history.span)?,
        "granularity": history.data.granularity().map(domain::Granularity::as_str),
        "products": products,
        "candles": hash,
    }))
}

/// One configuration over one span: played, checked and counted as `backtest` does it.
fn play(
    market: &Market,
    history: &History,
    config: &Config,
    span: Span,
    not_traded: &[ProductId],
) -> Result<Played, Failure> {
    let data = &history.data;
    let setup = setup(&market.play, config, data, (span.from, span.to), market.fees.clone())?;
    let outcome = backtest::run(&setup, data, &mut Silent).map_err(|error| unusable(&error))?;
    let checked = verified(&outcome.facts);
    if !checked.is_clean() {
        let many = checked.violation_count();
        return Ok(Played::Failed(format!("its journal breaks the policy: {many} violations")));
    }
    let described =
        Described { not_traded: not_traded.to_vec(), assumptions: Vec::new(), judged: None };
    let report = Report::of(&setup, data, &outcome, described).map_err(|e| unusable(&e))?;
    if let Some(failed) = &outcome.observed.failed {
        return Ok(Played::Failed(format!("a stage failed at {}: {}", failed.at, failed.what)));
    }
    let nothing = report.funnel.proposed == 0;
    let proposed = if nothing { Proposed::Nothing } else { Proposed::Something };
    Ok(Played::Figures(Box::new(Figures::of(&report)), proposed))
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Whether other shards have not put their results here.
fn store_lacks(store: &Store, candidates: &[(Candidate, Option<Config>)], splits: usize) -> bool {
    candidates.iter().any(|(one, _)| (0..splits).any(|split| !store.has(&one.id, split)))
}

/// A shard is done, and others are not here.
fn part_of_it(args: &SweepArgs, ran: Ran, out: &mut dyn Write) -> Result<Code, Failure> {
    match args.format {
        Format::Json => writeln!(
            out,
            "{}",
            json!({
                "schema": SCHEMA,
                "shard": args.shard.to_string(),
                "played": ran.done,
                "there_before": ran.there,
            })
        )?,
        Format::Table => writeln!(
            out,
            "shard {} is done; put the files of parts/ of all shards into one directory and rank \
             them: runner sweep --out DIR --rank-only",
            args.shard
        )?,
    }
    Ok(Code::Done)
}

/// Ranks what a directory has, and writes all of it as one file.
fn ranked(args: &SweepArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let (store, there) = Store::found(&args.out).map_err(|error| stored(&error))?;
    let rows = store.rows().map_err(|error| stored(&error))?;
    let path = store.write_all(&rows).map_err(|error| stored(&error))?;
    let ranking = Ranking::of(&rows, store.keys(), &there, args.trials_before, args.top);
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&ranking)?)?,
        Format::Table => {
            shown::ranking(&ranking, store.keys(), out)?;
            writeln!(out, "written: {}", path.display())?;
        }
    }
    if let Some((candidate, why)) = ranking.failed.first() {
        let many = ranking.failed.len();
        let text = format!("{many} candidates could not be played, the first, {candidate}: {why}");
        return Err(Failure::new(Code::Failed, text));
    }
    if !rows.is_empty() && rows.iter().all(|row| !matches!(row.status, sweep::Status::Ok)) {
        let text = "no candidate proposed anything on any span: there is nothing to judge";
        return Err(Failure::new(Code::Failed, text));
    }
    Ok(Code::Done)
}

fn usage(flag: &str, error: &dyn core::fmt::Display) -> Failure {
    Failure::new(Code::Usage, format!("{flag}: {error}"))
}

fn stored(error: &StoreError) -> Failure {
    let code = match error {
        StoreError::Other { .. } | StoreError::Strange(_) | StoreError::NoPlan(_) => Code::Usage,
        StoreError::Io { .. } | StoreError::Damaged { .. } => Code::Failed,
    };
    Failure::new(code, format!("--out: {error}"))
}

/// A line that is written over on a terminal, a line for every tenth elsewhere.
struct Told {
    stop: Stop,
    terminal: bool,
    tenth: AtomicUsize,
}

impl Told {
    fn finish(&self) {
        if self.terminal {
            // Progress is no result: where it cannot be shown it is not.
            let _shown = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Watch for Told {
    fn done(&self, done: usize, of: usize) {
        if of == 0 {
            return;
        }
        if self.terminal {
            let full = done * 30 / of;
            let (bar, rest) = ("█".repeat(full), "░".repeat(30 - full));
            let _shown = write!(io::stderr(), "\r{bar}{rest} {done} of {of} candidates on splits");
            return;
        }
        let tenth = done * 10 / of;
        if self.tenth.fetch_max(tenth, Ordering::Relaxed) < tenth {
            tracing::info!("{done} of {of} candidates on splits are done");
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_asked()
    }
}
