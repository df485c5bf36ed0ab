//! LIVE on a disk that fills while it trades, and on one that takes nothing any more.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::rehearsal::{self, BUSY, FILE, LIVE, Rehearsal, WORD, signal, until};
use crate::served::{TRADER, text};
use domain::{Fact, Side, Timestamp};
use exchange_sim::spot::{Order, Status};

/// A small disk at `data` of a home, in a namespace that lives as long as this.
struct Disk {
    holder: Child,
    home: PathBuf,
}

impl Disk {
    /// None where nothing may be mounted, which is said.
    fn mount(home: &Path) -> Option<Self> {
        fs::create_dir_all(home.join("data")).unwrap();
        let script = "mount -t tmpfs -o size=64m none data && echo mounted && exec sleep 900";
        let mut holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script])
            .current_dir(home)
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let disk = Self { holder, home: home.to_owned() };
        if said.trim() == "mounted" {
            return Some(disk);
        }
        println!("SKIPPED, no disk can be mounted here: {said:?}");
        None
    }

    /// Its files, seen from here.
    fn data(&self) -> PathBuf {
        let below = self.home.strip_prefix("/").unwrap().join("data");
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(below)
    }

    /// The program, with this disk.
    fn command(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string(), "--user", "--mount"]);
        // A place from outside leads past the disk.
        command.args(["--preserve-credentials", "--", "sh", "-c", "cd \"$0\" && exec \"$@\""]);
        command.arg(&self.home).arg(env!("CARGO_BIN_EXE_runner")).args(LIVE);
        command
    }

    /// Leaves no byte of it free.
    fn fill(&self) {
        let mut ballast = File::create(self.data().join("ballast")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Puts what is on it, without the ballast, in its place on the disk below.
    fn moved_to_a_larger_one(&self) {
        fs::remove_file(self.data().join("ballast")).unwrap();
        let (from, below) = (self.data(), self.home.join("data"));
        let copy = self.home.join("copy");
        assert!(Command::new("cp").arg("-a").args([&from, &copy]).status().unwrap().success());
        // This takes the small disk away.
        fs::remove_dir_all(&below).unwrap();
        fs::rename(copy, below).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It may be over already.
        let _over = self.holder.kill();
        let _status = self.holder.wait();
    }
}

/// Started with the operator's word. What it says is kept by this process, whose files may grow; it
/// is all there when the thread has ended.
fn started(
    rehearsal: &Rehearsal,
    mut command: Command,
) -> (Child, BufReader<ChildStdout>, JoinHandle<()>) {
    command.env(FILE, rehearsal.venue.key(TRADER)).env(WORD, &rehearsal.word);
    command.env("RUST_LOG", "info");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let mut said = child.stderr.take().unwrap();
    let mut errors = File::create(rehearsal.venue.home.path().join("errors")).unwrap();
    let copies = thread::spawn(move || {
        io::copy(&mut said, &mut errors).unwrap();
    });
    (child, reader, copies)
}

fn said(rehearsal: &Rehearsal) -> String {
    fs::read_to_string(rehearsal.venue.home.path().join("errors")).unwrap()
}

fn rests(order: &Order) -> bool {
    order.side == Side::Buy && order.status == Status::Open
}

/// Something is held, and an entry rests.
fn is_at_work(rehearsal: &Rehearsal) -> bool {
    let coins = rehearsal.wallets().values().filter(|held| !held.is_zero()).count() > 1;
    coins && rehearsal.at_venue().iter().any(rests)
}

/// Intents of a side that were put on record from a moment on.
fn intents(facts: &[Fact], side: Side, from: Timestamp) -> usize {
    let wanted = |fact: &&Fact| matches!(fact, Fact::Intent(i) if i.side == side && i.at >= from);
    facts.iter().filter(wanted).count()
}

/// A new process on a disk with room agrees with the venue, and the books are the fills.
fn goes_on_and_agrees(rehearsal: &Rehearsal) {
    let (child, mut reader) = rehearsal.start();
    until(&mut reader, "an agreement", |_| {
        let status = rehearsal.json(&["status"]);
        status["reconciled"]["complete"] == true && status["open_orders"] == 0
    });
    let halt = rehearsal.venue.run(&["halt", "--reason", "the books are compared"], &[]);
    assert_eq!(halt.status.code(), Some(0), "{}", text(&halt.stderr));
    until(&mut reader, "nothing open under a kill", |_| {
        rehearsal.json(&["status"])["open_orders"] == 0
    });
    signal(&child, "-INT");
    rehearsal.ends(child, 8);
    rehearsal.books_are_the_fills();
}

#[test]
fn on_a_full_disk_it_buys_nothing_cancels_and_sells_from_its_reserve() {
    let rehearsal = Rehearsal::new(&BUSY, None);
    let home = rehearsal.venue.home.path();
    let Some(disk) = Disk::mount(home) else { return };
    let (mut child, mut reader, _) = started(&rehearsal, disk.command());
    until(&mut reader, "something held and an entry that rests", |_| is_at_work(&rehearsal));
    disk.fill();
    until(&mut reader, "what it says of it", |_| said(&rehearsal).contains("the disk is full"));
    let full = rehearsal::now();
    until(&mut reader, "an entry that is not sent for it", |_| {
        said(&rehearsal).lines().any(|line| line.contains("not sent") && line.contains("entries"))
    });
    rehearsal.falls(None);
    until(&mut reader, "all of it sold and no entry open", |cycle| {
        let held = !cycle["portfolio"]["positions"].as_array().unwrap().is_empty();
        !held && !rehearsal.at_venue().iter().any(rests)
    });
    let late = rehearsal.at_venue().into_iter().filter(|o| o.side == Side::Buy && o.created > full);
    assert_eq!(late.count(), 0, "nothing was bought");
    assert!(File::create(disk.data().join("more")).unwrap().write_all(b"x").is_err(), "still full");
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130), "{}", said(&rehearsal));
    disk.moved_to_a_larger_one();
    drop(disk);
    let facts = rehearsal.facts();
    assert_eq!(intents(&facts, Side::Buy, full), 0, "entries after {full}");
    assert!(intents(&facts, Side::Sell, full) > 0, "stops sell from the reserve");
    goes_on_and_agrees(&rehearsal);
}

#[test]
fn when_nothing_can_be_put_on_record_it_cancels_its_entries_and_ends_by_name() {
    // Without a cancel an entry rests for longer than it is waited for here.
    let rests_on = ("app.yaml", "cancel_entry_secs: 2", "cancel_entry_secs: 12");
    let rehearsal = Rehearsal::new(&[&BUSY[..], &[rests_on]].concat(), None);
    // A limit on the size of files fails as a broken disk does; the shell ignores its signal, and
    // the program inherits that.
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; exec {} \"$@\"", env!("CARGO_BIN_EXE_runner"));
    command.args(["-c", &script, "sh"]).args(LIVE).current_dir(rehearsal.venue.home.path());
    let (mut child, mut reader, copies) = started(&rehearsal, command);
    until(&mut reader, "something held and an entry that rests", |_| is_at_work(&rehearsal));
    let pid = format!("--pid={}", child.id());
    assert!(Command::new("prlimit").args([&pid, "--fsize=1024:1024"]).status().unwrap().success());
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{}", said(&rehearsal));
    copies.join().unwrap();
    let errors = said(&rehearsal);
    assert!(errors.contains("error: ") && errors.contains("trader.db"), "{errors}");
    let waited = Instant::now();
    while rehearsal.at_venue().iter().any(rests) {
        assert!(waited.elapsed() < Duration::from_secs(5), "an entry is left: {errors}");
        thread::sleep(Duration::from_millis(50));
    }
    goes_on_and_agrees(&rehearsal);
}
