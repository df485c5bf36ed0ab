//! Puts on record what the engine decides, and takes from the records what it must remember.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::OnceLock;

use config::Config;
use domain::{
    BootId, Fact, JournalId, Mode, NamesFact, PolicyFact, RunKind, Timestamp, remembered,
};
use engine::{Effect, Effects, Engine, Memory};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{CycleEntry, Scope, Store};
use uuid::Uuid;

use crate::desk::Kept;
use crate::summary::{dollars, positions};
use crate::venue::configured_fees;
use crate::{Code, Failure};

/// The records of one account, open for writing.
#[derive(Debug)]
pub(crate) struct Keeper {
    store: Store,
    run: RunKind,
    /// Whether room is held for what must be kept on a full disk.
    has_reserve: bool,
    /// Whether that room is all there is: it is for orders then.
    pub(crate) spares: bool,
}

/// What a new process knows from those before it.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// Facts that count on.
    pub(crate) facts: Vec<Fact>,
    /// What the stages remembered.
    pub(crate) memory: Option<Memory>,
    /// How many cycles there were.
    pub(crate) cycles: u64,
    /// The newest moment that was decided for.
    pub(crate) newest: Option<Timestamp>,
}

/// Mode, venue and account of an engine's records.
pub(crate) fn scope(engine: &Engine) -> Scope {
    let identity = engine.identity();
    Scope { mode: identity.mode, venue: identity.venue.clone(), account: identity.account.clone() }
}

impl Kept for Keeper {
    type Journal = Store;

    fn append_all(&mut self, facts: &[Fact]) -> Result<(), Failure> {
        if !facts.is_empty() {
            self.store.append_all(facts)?;
        }
        Ok(())
    }

    fn journal(&mut self) -> &mut Store {
        &mut self.store
    }
}

impl Keeper {
    /// Opens the records that a run of this kind writes.
    pub(crate) fn open(config: &Config, scope: &Scope, run: RunKind) -> Result<Self, Failure> {
        let store = Store::open(&config.app.data_dir, scope)?;
        Ok(Self { store, run, has_reserve: false, spares: false })
    }

    /// Takes room on the disk, so that orders that must go out on a full one can be put on record.
    pub(crate) fn take_reserve(&mut self) -> Result<(), Failure> {
        let taken = self.store.take_reserve().map_err(|error| {
            let text = format!(
                "{error}\n  a loop with orders takes room for records at its start, so that it can \
                 sell on a full disk: 16 MiB have to be free"
            );
            Failure::new(Code::Failed, text)
        })?;
        if !taken {
            tracing::warn!("somebody reads the records: room is taken later");
        }
        self.has_reserve = true;
        Ok(())
    }

    /// Why the room that is held cannot be filled up again, if so.
    pub(crate) fn short_of_reserve(&mut self) -> Option<String> {
        if !self.has_reserve {
            return None;
        }
        match self.store.has_reserve() {
            Ok(true) => None,
            Ok(false) => self.store.take_reserve().err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// What is remembered. A single cycle remembers nothing.
    pub(crate) fn past(&self) -> Result<Past, Failure> {
        if self.run == RunKind::Once {
            return Ok(Past::default());
        }
        let records = self.store.records();
        let facts: Vec<_> = remembered(records.facts()?).collect();
        let cycles = facts
            .iter()
            .filter_map(|fact| if let Fact::Cycle { at, .. } = fact { Some(*at) } else { None });
        let (count, newest) =
            cycles.fold((0, None), |(n, newest), at| (n + 1, newest.max(Some(at))));
        Ok(Past { memory: records.memory()?, cycles: count, newest, facts })
    }

    /// Records that a process begins, and by which policy.
    /// A process that may send orders also says what it will call them.
    pub(crate) fn boot(&mut self, config: &Config, at: Timestamp) -> Result<Vec<Fact>, Failure> {
        let mut facts = beginning(config, at, self.run)?;
        if config.app.mode != Mode::DryRun {
            facts.push(Fact::Named(NamesFact {
                at,
                journal: self.journal_id()?,
                boot: BootId(random()?),
            }));
        }
        self.store.append_all(&facts)?;
        Ok(facts)
    }

    /// The journal's id: random when it was begun, and the same ever since.
    fn journal_id(&self) -> Result<JournalId, Failure> {
        let facts = self.store.records().facts()?;
        let named = facts.iter().find_map(|fact| {
            if let Fact::Named(names) = fact { Some(names.journal) } else { None }
        });
        named.map_or_else(|| Ok(JournalId(random()?)), Ok)
    }

    /// Puts one fact on record by itself.
    pub(crate) fn append(&mut self, fact: &Fact) -> Result<(), Failure> {
        self.store.append(fact)?;
        Ok(())
    }

    /// The facts of a step that sends nothing.
    pub(crate) fn facts(effects: Effects) -> Result<Vec<Fact>, Failure> {
        let mut facts = Vec::new();
        for effect in effects.list {
            match effect {
                Effect::Append(fact) => facts.push(fact),
                Effect::CycleDone => {}
                Effect::Place(_)
                | Effect::Cancel(_)
                | Effect::Query(_)
                | Effect::List { .. }
                | Effect::GivenUp { .. }
                | Effect::KeptByEngine { .. }
                | Effect::Alarm(_) => {
                    let what = format!("{effect:?} was asked for, and nothing here sends");
                    return Err(Failure::new(Code::Failed, what));
                }
            }
        }
        Ok(facts)
    }

    /// Records a cycle with its facts and, in a loop, what to remember of it. On a full disk its
    /// facts alone: what is left of the reserve is for orders.
    pub(crate) fn cycle(
        &mut self,
        engine: &Engine,
        facts: &[Fact],
        stage_ms: &BTreeMap<String, f64>,
    ) -> Result<(), Failure> {
        if self.spares {
            return self.append_all(facts);
        }
        let memory = match self.run {
            RunKind::Once => None,
            RunKind::Loop => Some(serde_json::to_string(&engine.memory())?),
        };
        self.store.append_cycle(facts, CycleEntry { record: engine.record(), stage_ms, memory })?;
        if self.run == RunKind::Loop {
            let picture = picture(engine, self.store.records().last_fact());
            if let Err(error) = self.store.write_snapshot(&format!("{picture:#}\n")) {
                tracing::error!(%error, "the picture of the state stays as it was");
            }
        }
        Ok(())
    }

    /// Deletes cycles that are older than they are to be kept.
    pub(crate) fn forget(&mut self, config: &Config, now: Timestamp) -> Result<(), Failure> {
        let days = i64::from(config.app.records.keep_cycles_days);
        let gone = self.store.forget_cycles_before(now.plus_secs(-days * 86_400))?;
        if gone > 0 {
            tracing::info!(cycles = gone, "older than {days} days: deleted from the records");
        }
        Ok(())
    }

    /// Every fact on record, those included that no later process remembers.
    pub(crate) fn facts_on_record(&self) -> Result<Vec<Fact>, Failure> {
        Ok(self.store.records().facts()?)
    }

    /// Where the records are.
    pub(crate) fn place(&self) -> String {
        self.store.records().path().display().to_string()
    }
}

/// What every process puts on record when it begins: itself, and the policy it decides by.
pub(crate) fn beginning(
    config: &Config,
    at: Timestamp,
    run: RunKind,
) -> Result<Vec<Fact>, Failure> {
    let hash = config.policy_hash();
    let boot = Fact::Boot { at, mode: config.app.mode, policy: hash.clone(), run };
    let named = config.universe.clusters.iter();
    let clusters = named.map(|(name, assets)| (name.as_str().to_owned(), assets.clone()));
    let policy = Fact::Policy(Box::new(PolicyFact {
        at,
        hash,
        text: config.policy_text(),
        clusters: clusters.collect(),
        fees: configured_fees(config),
        program: (config.app.mode != Mode::DryRun).then(program).transpose()?,
    }));
    Ok(vec![boot, policy])
}

/// SHA-256 of this program's file: it goes on record beside the policy, before any order of it. Read
/// once: a search begins thousands of runs.
pub(crate) fn program() -> Result<String, Failure> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(known) = HASH.get() {
        return Ok(known.clone());
    }
    let read = hash_of_program()?;
    Ok(HASH.get_or_init(|| read).clone())
}

fn hash_of_program() -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        let text =
            format!("this program's file cannot be read, which records are to name: {error}");
        Failure::new(Code::Failed, text)
    };
    let mut file = std::env::current_exe().and_then(std::fs::File::open).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut part).map_err(unreadable)?;
        match part.get(..count) {
            None | Some([]) => break,
            Some(read) => hash.update(read),
        }
    }
    Ok(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = core::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    }))
}

/// A random id.
pub(crate) fn random() -> Result<Uuid, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| {
        Failure::new(Code::Failed, format!("this machine has no random source: {e}"))
    })?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// The state as people read it.
fn picture(engine: &Engine, last_fact: i64) -> Value {
    let (identity, cycle, state) = (engine.identity(), engine.cycle(), engine.state());
    json!({
        "schema": 1,
        "mode": identity.mode,
        "venue": identity.venue,
        "account": identity.account,
        "as_of": cycle.as_of,
        "last_fact": last_fact,
        "control": state.control(cycle.as_of),
        "latches": state.latches(cycle.as_of),
        "regime": cycle.reading.regime,
        "nav_usd": cycle.nav.map(dollars),
        "positions": positions(state),
        "last_cycle": {
            "cycle_id": cycle.id,
            "status": cycle.status,
            "no_trade_reason": cycle.no_trade_reason,
        },
    })
}
