//! `runner venue serve`: the simulated venue on this machine, in Coinbase's protocol.

use std::io::Write;
use std::path::Path;

use domain::{Asset, Timestamp};
use exchange_sim::{Market, Seeded};
use exchange_sim_server::{
    AccountSpec, CandleExcess, Config, IssuedKey, KeyKind, Pace, Permissions, Reuse, ServeError,
    Server, scenario, scenarios, scenarios_in,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::cli::{Format, RepeatedIdArg, ServeArgs, TooManyCandlesArg};
use crate::stop::Stop;
use crate::style::{DIM, STRONG, paint};
use crate::venue::{Reach, recorded};
use crate::{Code, Failure, looping};

/// The keys of each account: to trade with both algorithms, and two that a trader should not use.
const KEYS: [(KeyKind, Permissions); 4] = [
    (KeyKind::Es256, Permissions::TRADER),
    (KeyKind::Ed25519, Permissions::TRADER),
    (KeyKind::Es256, Permissions::VIEWER),
    (KeyKind::Es256, Permissions::ALL),
];
/// The one of old clients, if they are to be served.
const LEGACY: (KeyKind, Permissions) = (KeyKind::Hmac, Permissions::TRADER);

/// Serves until it is asked to stop.
pub(crate) fn serve(args: &ServeArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    if args.list_scenarios {
        return list(args, out);
    }
    let config = config(args)?;
    let mut stop = Stop::listen()?;
    let runtime = looping::network_runtime()?;
    runtime.block_on(async {
        let server = Server::start(config).await.map_err(|e| not_served(args, &e))?;
        tell(args, &server, out)?;
        out.flush()?;
        stop.asked().await;
        tracing::info!(now = %server.now(), requests = server.requests().len(), "served");
        Ok(Code::Done)
    })
}

fn failed(error: &ServeError) -> Failure {
    let code = match error {
        ServeError::UnknownScenario { .. } => Code::Usage,
        ServeError::Listen { .. }
        | ServeError::File { .. }
        | ServeError::Key(_)
        | ServeError::Certificate(_)
        | ServeError::Scenario { .. }
        | ServeError::Config(_)
        | ServeError::Venue(_) => Code::Failed,
    };
    Failure::new(code, error.to_string())
}

/// A port that cannot be had, with the option that chooses another.
fn not_served(args: &ServeArgs, error: &ServeError) -> Failure {
    let ServeError::Listen { port, .. } = error else { return failed(error) };
    let option = if *port == args.port { "--port" } else { "--tls-port" };
    Failure::new(Code::Failed, format!("{error}; choose another with {option}, 0 is any free one"))
}

fn list(args: &ServeArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let mut all = scenarios().map_err(|e| failed(&e))?;
    if let Some(dir) = &args.scenarios {
        let unreadable =
            |e: std::io::Error| Failure::new(Code::Usage, format!("{}: {e}", dir.display()));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            files.push(entry.map_err(unreadable)?.path());
        }
        files.sort();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "yaml")) {
            all.extend(scenarios_in(file).map_err(|e| failed(&e))?);
        }
    }
    match args.format {
        Format::Json => {
            let row = |s: &exchange_sim_server::Scenario| json!({"name": s.name, "about": s.about});
            let rows: Vec<_> = all.iter().map(row).collect();
            writeln!(out, "{}", json!({"schema": 1, "scenarios": rows}))?;
        }
        Format::Table => {
            for scenario in all {
                writeln!(out, "{:<22}{}", scenario.name, scenario.about)?;
            }
        }
    }
    Ok(Code::Done)
}

fn config(args: &ServeArgs) -> Result<Config, Failure> {
    let wrong = |error: &dyn core::fmt::Display| Failure::new(Code::Failed, error.to_string());
    let market: Market = match &args.data {
        Some(dir) => recorded(dir, args.as_of, Reach::ToTheEnd)?.0,
        None => Seeded::new(args.seed).map_err(|e| wrong(&e))?.into(),
    };
    let specs = if args.accounts.is_empty() { vec![usual()?] } else { args.accounts.clone() };
    let keys: Vec<_> = KEYS.into_iter().chain(args.legacy_keys.then_some(LEGACY)).collect();
    let accounts = specs
        .into_iter()
        .map(|(name, funds)| AccountSpec { name, funds, keys: keys.clone() })
        .collect();
    let named = args.scenario.as_ref();
    let scenario = named.map(|name| scenario(name, args.scenarios.as_deref())).transpose();
    let config = Config::new(market, accounts).map_err(|e| wrong(&e))?;
    Ok(Config {
        pace: Pace::Running { from: args.as_of, speed: args.speed },
        http_port: Some(args.port),
        tls_port: Some(args.tls_port),
        dir: Some(args.dir.clone()),
        scenario: scenario.map_err(|e| failed(&e))?,
        reuse: match args.repeated_id {
            RepeatedIdArg::First => Reuse::ReturnsFirst,
            RepeatedIdArg::Refusal => Reuse::Refused,
        },
        candle_excess: match args.too_many_candles {
            TooManyCandlesArg::Newest => CandleExcess::NewestKept,
            TooManyCandlesArg::Refusal => CandleExcess::Refused,
        },
        ..config
    })
}

/// An account to begin with.
fn usual() -> Result<(String, Vec<(Asset, Decimal)>), Failure> {
    let asset =
        |text: &str| text.parse::<Asset>().map_err(|e| Failure::new(Code::Failed, e.to_string()));
    let funds = vec![
        (asset("USD")?, Decimal::from(10_000)),
        (asset("USDC")?, Decimal::from(2_000)),
        (asset("BTC")?, Decimal::new(5, 1)),
    ];
    Ok(("main".to_owned(), funds))
}

/// Says where it is, with which keys, and what to tell clients.
fn tell(args: &ServeArgs, server: &Server, out: &mut dyn Write) -> Result<(), Failure> {
    let place = Place::of(server)?;
    match args.format {
        Format::Json => writeln!(out, "{}", place.json())?,
        Format::Table => place.table(out)?,
    }
    Ok(())
}

/// A file by its whole path: clients are started elsewhere.
fn whole(file: &Path) -> String {
    std::fs::canonicalize(file).as_deref().unwrap_or(file).display().to_string()
}

struct Place<'a> {
    http: String,
    tls: String,
    certificate: String,
    keys: Vec<&'a IssuedKey>,
    now: Timestamp,
}

impl<'a> Place<'a> {
    fn of(server: &'a Server) -> Result<Self, Failure> {
        let missing = |what: &str| Failure::new(Code::Failed, format!("the venue has no {what}"));
        let certificate = server.authority_file().ok_or_else(|| missing("certificate"))?;
        Ok(Self {
            http: server.http().ok_or_else(|| missing("port for http"))?.to_string(),
            tls: server.tls().ok_or_else(|| missing("port for https"))?.to_string(),
            certificate: whole(certificate),
            keys: server.keys().iter().flatten().collect(),
            now: server.now(),
        })
    }

    fn json(&self) -> Value {
        let key = |key: &&IssuedKey| {
            json!({
                "name": key.name, "kind": kind(key.kind), "may": may(key.permissions),
                "file": key.file.as_deref().map(whole),
            })
        };
        json!({
            "schema": 1,
            "now": self.now,
            "http": format!("http://{}", self.http), "ws": format!("ws://{}", self.http),
            "https": format!("https://{}", self.tls), "wss": format!("wss://{}", self.tls),
            "certificate": self.certificate,
            "keys": self.keys.iter().map(key).collect::<Vec<_>>(),
        })
    }

    fn table(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Self { http, tls, certificate, .. } = self;
        writeln!(out, "{} since {}", paint(STRONG, "serving the simulated venue"), self.now)?;
        writeln!(out, "  http://{http}   ws://{http}")?;
        writeln!(out, "  https://{tls}  wss://{tls}")?;
        writeln!(out, "  certificate  {certificate}")?;
        for key in &self.keys {
            let file = key.file.as_deref().map(whole);
            let (kind, may) = (kind(key.kind), may(key.permissions));
            writeln!(out, "  {:<44}{kind:<10}{may}", file.unwrap_or_default())?;
        }
        let first = self.keys.first().and_then(|key| key.file.as_ref());
        let first = first.map(|file| whole(file)).unwrap_or_default();
        for (who, line) in [
            ("runner", format!("CB_API_SECRET_FILE={first}")),
            ("app.yaml", format!("api_base: http://{http}, ws_base and ws_user_base: ws://{http}")),
            (
                "Coinbase's SDK",
                format!("SSL_CERT_FILE={certificate} REQUESTS_CA_BUNDLE={certificate}"),
            ),
            ("", format!("RESTClient(key_file=…, base_url=\"{tls}\")")),
            ("ccxt", format!("urls.api.rest = \"http://{http}\"")),
        ] {
            writeln!(out, "  {} {line}", paint(DIM, &format!("{who:<15}")))?;
        }
        writeln!(out, "{}", paint(DIM, "  Ctrl-C ends it"))
    }
}

const fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Es256 => "ES256",
        KeyKind::Ed25519 => "Ed25519",
        KeyKind::Hmac => "HMAC",
    }
}

fn may(may: Permissions) -> String {
    let words = [(may.view, "view"), (may.trade, "trade"), (may.transfer, "transfer")];
    words.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}
