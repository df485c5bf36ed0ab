//! Cycle records come back as they were kept, are bound to the chain, and older layouts are
//! brought up to date.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::Path;

use domain::{
    AccountId, CycleId, CycleRecord, CycleStatus, Fact, Features, Granularity, Mode, PolicyHash,
    Regime, RunKind, Timestamp, Universe, remembered,
};
use store::{CycleEntry, KeptCycle, Present, Records, Scope, StageMillis, Store, StoreError};

fn scope() -> Scope {
    let account = AccountId("a".to_owned());
    Scope { mode: Mode::DryRun, venue: "simulated".to_owned(), account }
}

fn at(n: i64) -> Timestamp {
    Timestamp::from_secs(1_767_614_400 + 30 * n)
}

fn features(product: &str, revision: u64) -> Features {
    Features {
        product: product.parse().unwrap(),
        revision,
        granularity: Granularity::M5,
        closed_hours: 336,
        hour: None,
        previous_hour: None,
        slot: None,
        previous_slot: None,
    }
}

/// The n-th cycle; features change every tenth.
fn cycle(n: i64) -> CycleRecord {
    let revision = u64::try_from(n / 10).unwrap();
    CycleRecord {
        schema: 1,
        id: CycleId(uuid::Uuid::from_u128(u128::try_from(n).unwrap() + 1)),
        as_of: at(n),
        mode: Mode::DryRun,
        venue: "simulated".to_owned(),
        account: AccountId("a".to_owned()),
        config_hash: "c".to_owned(),
        status: CycleStatus::NoOpportunities,
        no_trade_reason: None,
        regime: Regime::Chop,
        universe: Universe::default(),
        features: vec![features("BTC-USD", revision), features("ETH-USD", revision)],
        triggers: Vec::new(),
        refused: Vec::new(),
        proposals: Vec::new(),
        base_trades: Vec::new(),
        rejections: Vec::new(),
        orders: Vec::new(),
        exits: Vec::new(),
        nav: Some("10000.5".parse().unwrap()),
        purses: Vec::new(),
        judged: None,
    }
}

fn fact(n: i64) -> Fact {
    Fact::Cycle { at: at(n), id: cycle(n).id, nav: cycle(n).nav }
}

fn times() -> StageMillis {
    StageMillis::from([("data".to_owned(), 1.5)])
}

fn keep(store: &mut Store, n: i64) {
    let times = times();
    let memory = Some(format!("{{\"n\":{n}}}"));
    let entry = CycleEntry { record: cycle(n), stage_ms: &times, memory };
    store.append_cycle(&[fact(n)], entry).unwrap();
}

fn written(dir: &Path, cycles: i64) {
    let mut store = Store::open(dir, &scope()).unwrap();
    for n in 0..cycles {
        keep(&mut store, n);
    }
}

fn kept(records: &Records) -> Result<Vec<KeptCycle>, StoreError> {
    let mut all = Vec::new();
    records.each_cycle(|cycle| all.push(cycle))?;
    Ok(all)
}

fn database(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(scope().directory(dir).join("trader.db")).unwrap()
}

fn count(dir: &Path, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    database(dir).query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn cycles_come_back_and_features_are_kept_once_for_those_that_share_them() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 25);
    let records = Records::read(dir.path(), &scope()).unwrap();
    let expected: Vec<_> =
        (0..25).map(|n| KeptCycle { record: cycle(n), stage_ms: times() }).collect();
    assert_eq!(kept(&records).unwrap(), expected);
    assert_eq!(records.last_cycle().unwrap(), expected.last().cloned());
    assert_eq!(records.cycle_count().unwrap(), 25);
    let memory: serde_json::Value = records.memory().unwrap().unwrap();
    assert_eq!(memory["n"], 24, "the newest");
    assert_eq!(count(dir.path(), "features"), 3);
}

#[test]
fn a_cycle_that_was_changed_is_not_what_the_chain_says() {
    for (sql, cycle) in [
        ("UPDATE cycles SET body = (SELECT body FROM cycles WHERE number = 2) WHERE number = 3", 3),
        ("UPDATE cycles SET features = 1 WHERE number = 15", 15),
        ("UPDATE features SET body = (SELECT body FROM features WHERE number = 2)", 1),
        ("UPDATE cycles SET body = zeroblob(40) WHERE number = 7", 7),
    ] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), 25);
        database(dir.path()).execute_batch(sql).unwrap();
        let error = kept(&Records::read(dir.path(), &scope()).unwrap()).unwrap_err();
        let what = format!("cycle {cycle}");
        assert!(
            matches!(&error, StoreError::Damaged { what: w, .. } if *w == what),
            "{sql}: {error}"
        );
    }
}

#[test]
fn old_cycles_are_forgotten_with_their_features_and_facts_stay() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    for n in 0..25 {
        keep(&mut store, n);
    }
    assert_eq!(store.forget_cycles_before(at(20)).unwrap(), 20);
    assert_eq!(store.forget_cycles_before(at(20)).unwrap(), 0);
    keep(&mut store, 25);
    drop(store);
    let records = Records::read(dir.path(), &scope()).unwrap();
    assert_eq!(kept(&records).unwrap().len(), 6);
    assert_eq!(records.last_fact(), 26);
    assert_eq!(count(dir.path(), "features"), 1);
}

#[test]
fn a_reader_sees_one_moment_while_a_writer_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    keep(&mut store, 0);
    let records = Records::read(dir.path(), &scope()).unwrap();
    keep(&mut store, 1);
    assert_eq!(kept(&records).unwrap().len(), 1);
    assert_eq!(kept(&Records::read(dir.path(), &scope()).unwrap()).unwrap().len(), 2);
    assert!(store::is_running(dir.path(), &scope()));
    drop(store);
    assert!(!store::is_running(dir.path(), &scope()));
}

#[test]
fn a_backup_of_a_running_store_is_verified_and_restores_to_the_same() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = dir.path().join("copy.db");
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    for n in 0..12 {
        keep(&mut store, n);
    }
    assert_eq!(store::backup(dir.path(), &scope(), &copy).unwrap().last_fact, 12);
    keep(&mut store, 12);
    let restored = store::restore(other.path(), &scope(), &copy, Present::Keep).unwrap();
    assert_eq!(restored.last_fact, 12);
    let mut second = Store::open(other.path(), &scope()).unwrap();
    keep(&mut second, 12);
    assert_eq!(kept(second.records()).unwrap(), kept(store.records()).unwrap());
    let busy = store::restore(other.path(), &scope(), &copy, Present::SetAside).unwrap_err();
    assert!(matches!(busy, StoreError::Locked { .. }), "{busy}");
}

#[test]
fn a_damaged_or_foreign_copy_is_not_put_in_place() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = dir.path().join("copy.db");
    written(dir.path(), 3);
    store::backup(dir.path(), &scope(), &copy).unwrap();
    let somebody = Scope { account: AccountId("b".to_owned()), ..scope() };
    let foreign = store::restore(other.path(), &somebody, &copy, Present::Keep).unwrap_err();
    assert!(matches!(foreign, StoreError::Foreign { .. }), "{foreign}");
    let sql = "UPDATE facts SET body = replace(body, '10000.5', '20000.5') WHERE number = 2";
    rusqlite::Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
    let damaged = store::restore(other.path(), &scope(), &copy, Present::Keep).unwrap_err();
    assert!(matches!(damaged, StoreError::Damaged { .. }), "{damaged}");
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn the_first_layout_is_brought_up_to_date_after_a_copy() {
    let dir = tempfile::tempdir().unwrap();
    let home = scope().directory(dir.path());
    fs::create_dir_all(&home).unwrap();
    let db = database(dir.path());
    db.execute_batch(
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
         CREATE TABLE facts (
             number INTEGER PRIMARY KEY, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
         CREATE TABLE cycles (
             number INTEGER PRIMARY KEY, cycle_id TEXT NOT NULL, as_of TEXT NOT NULL,
             body TEXT NOT NULL) STRICT;
         CREATE INDEX cycles_as_of ON cycles (as_of);
         INSERT INTO meta VALUES ('scope', 'DRY_RUN simulated a');
         PRAGMA user_version = 1;",
    )
    .unwrap();
    let mut hash = [0_u8; 32];
    for n in 0..12_i64 {
        let body = serde_json::to_string(&fact(n)).unwrap();
        hash = {
            use sha2::Digest as _;
            sha2::Sha256::new().chain_update(hash).chain_update(&body).finalize().into()
        };
        let record = serde_json::to_string(&cycle(n)).unwrap();
        db.execute("INSERT INTO facts VALUES (?1, ?2, ?3)", (n + 1, body, hash)).unwrap();
        let (id, as_of) = (cycle(n).id.to_string(), at(n).to_string());
        db.execute("INSERT INTO cycles VALUES (?1, ?2, ?3, ?4)", (n + 1, id, as_of, record))
            .unwrap();
    }
    drop(db);
    let early = Records::read(dir.path(), &scope()).unwrap_err();
    assert!(matches!(early, StoreError::Older { found: 1, .. }), "{early}");
    let mut store = Store::open(dir.path(), &scope()).unwrap();
    keep(&mut store, 12);
    drop(store);
    let records = Records::read(dir.path(), &scope()).unwrap();
    let found: Vec<_> = kept(&records).unwrap().into_iter().map(|kept| kept.record).collect();
    assert_eq!(found, (0..13).map(cycle).collect::<Vec<_>>());
    assert_eq!(records.facts().unwrap(), (0..13).map(fact).collect::<Vec<_>>());
    assert!(home.join("trader.db.layout-1").is_file());
}

/// The newest layout there is.
const NEWEST: i64 = 4;

#[test]
fn layouts_with_the_same_tables_are_read_as_they_are_and_marked_when_they_are_written_to() {
    for old in 2..NEWEST {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path(), &scope()).unwrap();
        keep(&mut store, 0);
        drop(store);
        let version = |db: &rusqlite::Connection| {
            db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        let db = database(dir.path());
        assert_eq!(version(&db), NEWEST);
        db.pragma_update(None, "user_version", old).unwrap();
        drop(db);
        assert_eq!(kept(&Records::read(dir.path(), &scope()).unwrap()).unwrap().len(), 1);
        drop(Store::open(dir.path(), &scope()).unwrap());
        assert_eq!(version(&database(dir.path())), NEWEST);
        let copy = scope().directory(dir.path()).join(format!("trader.db.layout-{old}"));
        assert_eq!(version(&rusqlite::Connection::open(copy).unwrap()), old);
    }
}

#[test]
fn a_layout_that_is_none_is_refused_by_name() {
    for wrong in [-1, NEWEST + 1, i64::from(i32::MAX)] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), 1);
        database(dir.path()).pragma_update(None, "user_version", wrong).unwrap();
        let refused = Store::open(dir.path(), &scope()).unwrap_err();
        assert!(refused.to_string().contains(&format!("layout {wrong}")), "{refused}");
        let refused = Records::read(dir.path(), &scope()).unwrap_err();
        assert!(refused.to_string().contains(&format!("layout {wrong}")), "{refused}");
    }
}

#[test]
fn what_a_single_run_wrote_is_not_remembered_and_what_an_operator_said_is() {
    let boot =
        |run| Fact::Boot { at: at(0), mode: Mode::DryRun, policy: PolicyHash(String::new()), run };
    let latch = domain::Latch::Kill;
    let latched = Fact::Latched { at: at(3), latch, reason: String::new() };
    let facts = [
        boot(RunKind::Loop),
        fact(1),
        boot(RunKind::Once),
        fact(2),
        latched.clone(),
        boot(RunKind::Loop),
        fact(4),
    ];
    let left: Vec<_> = remembered(facts).collect();
    assert_eq!(left, [boot(RunKind::Loop), fact(1), latched, boot(RunKind::Loop), fact(4)]);
}
