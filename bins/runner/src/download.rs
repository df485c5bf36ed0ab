//! `runner data download`: candles from Coinbase to disk, page by page.
//!
//! What is on disk is always whole: a page that breaks is an error, the pages before it are kept,
//! and the next run goes on after them.

use std::io::Write;

use config::Config;
use domain::{Bar, Bars, Granularity, ProductId, Timestamp};
use exchange_coinbase::rest::{
    self, Audience, Candle, CandleRange, ErrorKind, Product, ProductQuery, RestClient, RestError,
};
use history::{CandleFile, Coverage, Format, HistoryError, Span};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use crate::cli::{DownloadArgs, FileArg};
use crate::listing::unusable;
use crate::stop::Stop;
use crate::{Code, Failure, coinbase, disk, looping};

/// So many pages are written at a time.
const PAGES: usize = 50;

/// Gets what is missing of the products' candles.
pub(crate) fn download(args: &DownloadArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.config)?;
    let hosts = coinbase::hosts(&config).map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    let stop = Stop::listen()?;
    let runtime = looping::network_runtime()?;
    // Candles are public: no key, no account.
    let (client, timer) = coinbase::client(&hosts, None)?;
    runtime.block_on(async {
        use domain::Clock as _;
        let skew = coinbase::synchronise(&client, &timer).await;
        skew.map_err(|error| coinbase::located(&config, &failed(&error)))?;
        let now = timer.now().venue.ok_or_else(|| {
            Failure::new(Code::Failed, "the venue's time is not known".to_owned())
        })?;
        let span = span(args, now)?;
        let listed = listed(&client, args).await?;
        catalog(args, &listed)?;
        let mut code = Code::Done;
        for product in &args.products {
            let mut work = Work { args, client: &client, product: *product, requests: 0 };
            let ended = work.run(span, &stop).await?;
            writeln!(out, "{}", work.told()?)?;
            out.flush()?;
            if ended == Ended::Asked {
                code = Code::Interrupted;
                break;
            }
        }
        Ok(code)
    })
}

/// Whole candles, of which the last is closed.
fn span(args: &DownloadArgs, now: Timestamp) -> Result<Span, Failure> {
    let step = args.granularity.secs();
    let from = args.from.floor_secs(step);
    let to = args.to.unwrap_or(now).min(now).floor_secs(step);
    if from >= to {
        let text = format!(
            "no {} candle begins at or after {} and is closed at {}; the venue's time is {now}",
            args.granularity,
            args.from,
            args.to.unwrap_or(now)
        );
        return Err(Failure::new(Code::Usage, text));
    }
    Ok(Span { from, to })
}

fn failed(error: &RestError) -> Failure {
    let unreachable = matches!(
        error.kind(),
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::RateLimited
    );
    let code = if unreachable { Code::Unreachable } else { Code::Failed };
    Failure::new(code, format!("the candles cannot be read: {error}"))
}

/// The products as the venue lists them; each must be there.
async fn listed(client: &RestClient, args: &DownloadArgs) -> Result<Vec<Product>, Failure> {
    let product_ids = args.products.iter().map(ToString::to_string).collect();
    let query = ProductQuery { product_ids, ..ProductQuery::default() };
    let found = client.products(Audience::Public, &query).await.map_err(|e| failed(&e))?;
    for product in &args.products {
        if !found.iter().any(|listed| listed.product_id == product.as_str()) {
            let text = format!("{product}: the venue lists no such product");
            return Err(Failure::new(Code::Usage, text));
        }
    }
    Ok(found)
}

/// Writes the products' increments where `--data` looks for them; others there stay.
fn catalog(args: &DownloadArgs, listed: &[Product]) -> Result<(), Failure> {
    let path = args.out.join("products.json");
    let wrong = |why: String| Failure::new(Code::Failed, format!("{}: {why}", path.display()));
    std::fs::create_dir_all(&args.out).map_err(|e| wrong(e.to_string()))?;
    let mut kept: Vec<Value> = match std::fs::read_to_string(&path) {
        Ok(text) => {
            let file: Value = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
            let rows = file.get("products").and_then(Value::as_array);
            rows.cloned().ok_or_else(|| wrong("it has no list of products".to_owned()))?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(wrong(error.to_string())),
    };
    for product in listed {
        kept.retain(|row| {
            row.get("product_id").and_then(Value::as_str) != Some(&product.product_id)
        });
        kept.extend(row(product));
    }
    let text = format!("{:#}\n", json!({ "products": kept }));
    disk::replace(&path, &text).map_err(|e| wrong(e.to_string()))
}

/// A product in Coinbase's JSON, as far as it is read here; nothing without a step of prices.
fn row(product: &Product) -> Option<Value> {
    let text = |number: Decimal| number.to_string();
    Some(json!({
        "product_id": product.product_id,
        "product_type": "SPOT",
        "base_increment": text(product.base_increment),
        "quote_increment": text(product.quote_increment),
        "price_increment": text(product.price_increment?),
        "base_min_size": text(product.base_min_size),
        "base_max_size": text(product.base_max_size),
        "quote_min_size": text(product.quote_min_size),
        "quote_max_size": text(product.quote_max_size),
        "status": product.status,
        "trading_disabled": product.trading_disabled,
        "is_disabled": product.is_disabled,
        "cancel_only": product.cancel_only,
        "limit_only": product.limit_only,
        "post_only": product.post_only,
        "auction_mode": product.auction_mode,
    }))
}

/// Why a product is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Complete,
    Asked,
}

/// One product's candles.
struct Work<'a> {
    args: &'a DownloadArgs,
    client: &'a RestClient,
    product: ProductId,
    requests: u32,
}

impl Work<'_> {
    fn file(&self) -> CandleFile {
        let format = match self.args.files {
            FileArg::Parquet => Format::Parquet,
            FileArg::Csv => Format::Csv,
        };
        CandleFile::of(&self.args.out, &self.product, self.args.granularity, format)
    }

    fn told(&self) -> Result<String, Failure> {
        let candles = self.file().starts().map_err(|e| unusable(&e))?.len();
        Ok(format!(
            "{} {}: {candles} candles, {} requests; {}",
            self.product,
            self.args.granularity,
            self.requests,
            self.file().path().display()
        ))
    }

    async fn run(&mut self, wanted: Span, stop: &Stop) -> Result<Ended, Failure> {
        let (dir, granularity) = (&self.args.out, self.args.granularity);
        // Without its candles a coverage means nothing.
        let mut coverage = if self.file().path().exists() {
            Coverage::read(dir, &self.product).map_err(|e| unusable(&e))?
        } else {
            Coverage::default()
        };
        for span in coverage.missing(granularity, wanted) {
            let latest = span.to.plus_secs(-granularity.secs());
            let range = CandleRange { from: span.from, to: latest, granularity: wire(granularity) };
            let parts: Vec<_> = range.parts().collect();
            for chunk in parts.chunks(PAGES) {
                let mut got = Got { bars: Vec::new(), span: None };
                let outcome = self.pages(chunk, stop, &mut got).await;
                // Whole pages are kept, whatever came after them.
                self.keep(&got, &mut coverage).map_err(|e| unusable(&e))?;
                if outcome? == Ended::Asked {
                    return Ok(Ended::Asked);
                }
            }
        }
        Ok(Ended::Complete)
    }

    async fn pages(
        &mut self,
        parts: &[CandleRange],
        stop: &Stop,
        got: &mut Got,
    ) -> Result<Ended, Failure> {
        for part in parts {
            if stop.is_asked() {
                return Ok(Ended::Asked);
            }
            let bars = self.page(*part).await?;
            got.bars.extend(bars);
            let to = part.to.plus_secs(part.granularity.secs());
            got.span = Some(Span { from: got.span.map_or(part.from, |span| span.from), to });
        }
        Ok(Ended::Complete)
    }

    /// One page, of which nothing is missing: a reply whose oldest candles were cut off looks like a
    /// quiet market, so the quiet part is asked about once more.
    async fn page(&mut self, part: CandleRange) -> Result<Vec<Bar>, Failure> {
        let candles = self.ask(part).await?;
        let step = part.granularity.secs();
        if let Some(first) = candles.first().map(|candle| candle.start)
            && first > part.from
        {
            let before = CandleRange { to: first.plus_secs(-step), ..part };
            if let Some(cut) = self.ask(before).await?.first() {
                let text = format!(
                    "{}: the venue answers in part: asked for {} to {}, it began at {first}, and \
                     yet it has a candle of {}; nothing of this page was kept",
                    self.product, part.from, part.to, cut.start
                );
                return Err(Failure::new(Code::Failed, text));
            }
        }
        let wrong = |error: &dyn core::fmt::Display| {
            Failure::new(Code::Failed, format!("{}: {error}", self.product))
        };
        candles.iter().map(|c| bar(c, step).map_err(|e| wrong(&e))).collect()
    }

    async fn ask(&mut self, part: CandleRange) -> Result<Vec<Candle>, Failure> {
        self.requests += 1;
        let got = self.client.candles(Audience::Public, self.product.as_str(), part).await;
        let got = got.map_err(|error| failed(&error))?;
        tracing::debug!(product = %self.product, from = %part.from, candles = got.len(), "a page");
        Ok(got)
    }

    /// Adds to the file, then says for which span: in this order, so that a crash between them asks
    /// again rather than never.
    fn keep(&self, got: &Got, coverage: &mut Coverage) -> Result<(), HistoryError> {
        let Some(span) = got.span else { return Ok(()) };
        let (file, granularity) = (self.file(), self.args.granularity);
        let old = file.all()?;
        // The venue's latest word replaces what it said before.
        let kept = old.iter().filter(|bar| bar.start < span.from || bar.start >= span.to);
        let mut all: Vec<Bar> = kept.chain(got.bars.iter().copied()).collect();
        all.sort_by_key(|bar| bar.start);
        let mut bars = Bars::with_capacity(granularity, all.len());
        for (at, bar) in all.into_iter().enumerate() {
            let path = file.path().to_owned();
            bars.push(bar).map_err(|source| HistoryError::Bar {
                file: path,
                row: at + 1,
                source,
            })?;
        }
        file.replace(&bars)?;
        coverage.add(granularity, span);
        coverage.write(&self.args.out, &self.product)?;
        tracing::info!(product = %self.product, through = %span.to, candles = bars.len(), "on disk");
        Ok(())
    }
}

/// Whole pages, and the span that they answer.
struct Got {
    bars: Vec<Bar>,
    span: Option<Span>,
}

/// A candle as a bar; candles are signals.
fn bar(candle: &Candle, step: i64) -> Result<Bar, domain::BarError> {
    let signal = |value: Decimal| value.to_f64().unwrap_or(f64::NAN);
    let bar = Bar {
        start: candle.start,
        open: signal(candle.open),
        high: signal(candle.high),
        low: signal(candle.low),
        close: signal(candle.close),
        volume: signal(candle.volume),
    };
    bar.check()?;
    if bar.start.floor_secs(step) == bar.start {
        Ok(bar)
    } else {
        Err(domain::BarError::Unaligned(bar.start))
    }
}

const fn wire(granularity: Granularity) -> rest::Granularity {
    match granularity {
        Granularity::M1 => rest::Granularity::OneMinute,
        Granularity::M5 => rest::Granularity::FiveMinutes,
        Granularity::M15 => rest::Granularity::FifteenMinutes,
        Granularity::M30 => rest::Granularity::ThirtyMinutes,
        Granularity::H1 => rest::Granularity::OneHour,
        Granularity::H2 => rest::Granularity::TwoHours,
        Granularity::H6 => rest::Granularity::SixHours,
        Granularity::D1 => rest::Granularity::OneDay,
    }
}
