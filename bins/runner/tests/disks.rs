//! Disks that may not be written, and disks that are full.
#![cfg(unix)]
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Home, looped, text};
use serde_json::Value;

/// Runs as a user who may not write there, also where the tests run as root.
fn as_nobody(command: &mut Command) -> &mut Command {
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if root { command.uid(65_534).gid(65_534) } else { command }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Everything below a directory, with its bytes.
fn tree(dir: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            tree(&path, into);
        } else {
            into.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn a_data_directory_that_may_not_be_written_is_refused_by_name_and_can_be_read() {
    let home = Home::new();
    assert_eq!(home.run(&looped(&["--speed", "max", "--cycles", "3"])).status.code(), Some(0));
    let binary = home.0.path().join("runner");
    fs::copy(env!("CARGO_BIN_EXE_runner"), &binary).unwrap();
    for dir in
        [home.0.path().to_path_buf(), home.0.path().join("config"), home.0.path().join("data")]
            .into_iter()
            .chain(home.records().ancestors().take(3).map(Path::to_path_buf))
    {
        chmod(&dir, 0o555);
    }
    for file in fs::read_dir(home.records()).unwrap() {
        chmod(&file.unwrap().path(), 0o444);
    }
    let mut before = Vec::new();
    tree(&home.0.path().join("data"), &mut before);
    let run = |words: &[&str]| {
        let mut command = Command::new(&binary);
        command.args(words).current_dir(home.0.path());
        as_nobody(&mut command).output().unwrap()
    };
    let refused = run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(text(&refused.stderr).contains("seed-7/lock: Permission denied"), "{refused:?}");
    let elsewhere = run(&["run", "--once", "--seed", "8"]);
    assert_eq!(elsewhere.status.code(), Some(1));
    assert!(text(&elsewhere.stderr).contains("seed-8: Permission denied"), "{elsewhere:?}");
    let status = run(&["status", "--account", "seed-7"]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
    let mut after = Vec::new();
    tree(&home.0.path().join("data"), &mut after);
    assert!(before == after, "something changed");
    chmod(home.0.path(), 0o755);
    chmod(&home.0.path().join("data"), 0o755);
    for dir in home.records().ancestors().take(3) {
        chmod(dir, 0o755);
    }
}

#[test]
fn a_full_disk_ends_the_loop_by_name_and_what_was_printed_is_kept() {
    let home = Home::new();
    // A file size limit stands in for a full disk: writes beyond it fail, here as there. The
    // shell ignores the signal that comes with it, and the program inherits that.
    let script = format!(
        "trap '' XFSZ; ulimit -f 512; exec {} run --loop --interval 0.5 --speed max --seed 7",
        env!("CARGO_BIN_EXE_runner")
    );
    let output =
        Command::new("sh").args(["-c", &script]).current_dir(home.0.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.contains("trader.db: "), "{said}");
    let printed = text(&output.stdout);
    let ids: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["cycle_id"].clone())
        .collect();
    assert!(!ids.is_empty(), "{said}");
    let again = home.run(&looped(&["--speed", "max", "--cycles", "1"]));
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    let next: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(next["cycle"], ids.len() + 1, "the cycle that did not fit was never kept");
}

/// Runs a script in the home with a small disk mounted at `data`, in a namespace that ends with it.
/// What the script leaves in the home is read afterwards; `$RUNNER` is the program. False where
/// nothing may be mounted.
fn on_a_disk_of_its_own(home: &Home, script: &str) -> bool {
    const MOUNT: &str = "mount -t tmpfs -o size=3m none data";
    let place = home.0.path();
    fs::create_dir(place.join("data")).unwrap();
    let run = |script: &str| {
        Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script])
            .current_dir(place)
            .env("RUNNER", env!("CARGO_BIN_EXE_runner"))
            .output()
    };
    let trial = run(MOUNT);
    if !trial.as_ref().is_ok_and(|trial| trial.status.success()) {
        println!("SKIPPED, no disk can be mounted here: {trial:?}");
        return false;
    }
    let output = run(&format!("{MOUNT}\n{script}")).unwrap();
    assert!(output.status.success(), "{output:?}");
    true
}

fn left(home: &Home, name: &str) -> String {
    fs::read_to_string(home.0.path().join(name)).unwrap()
}

#[test]
fn a_disk_that_is_full_is_named_and_once_there_is_room_the_loop_goes_on() {
    let home = Home::new();
    let ran = on_a_disk_of_its_own(
        &home,
        "loop='run --loop --interval 0.5 --speed max --seed 7'
        head -c 1000000 /dev/zero >data/ballast
        $RUNNER $loop >printed 2>said; echo $? >code
        cat /dev/zero >data/rest 2>errors
        $RUNNER $loop --cycles 1 >printed.full 2>said.full; echo $? >code.full
        rm data/ballast data/rest
        $RUNNER $loop --cycles 1 >printed.after 2>said.after; echo $? >code.after",
    );
    if !ran {
        return;
    }
    for (code, said) in [("code", "said"), ("code.full", "said.full")] {
        let said = left(&home, said);
        assert_eq!(left(&home, code), "1\n", "{said}");
        assert!(said.contains("seed-7/") && said.contains("full"), "{said}");
    }
    assert_eq!(left(&home, "printed.full"), "");
    let printed = left(&home, "printed").lines().count();
    assert!(printed > 0, "{}", left(&home, "said"));
    assert_eq!(left(&home, "code.after"), "0\n", "{}", left(&home, "said.after"));
    let next: Value = serde_json::from_str(&left(&home, "printed.after")).unwrap();
    assert_eq!(next["cycle"], printed + 1, "all that was printed is kept, and no more");
}

#[test]
fn a_disk_that_is_mounted_read_only_is_refused_by_name_and_can_be_read() {
    let home = Home::new();
    let ran = on_a_disk_of_its_own(
        &home,
        "loop='run --loop --speed max --seed 7 --cycles 3'
        sums() { find data -type f -exec sha256sum {} + | sort; }
        $RUNNER $loop >printed 2>said; echo $? >code
        mount -o remount,ro data
        sums >before
        $RUNNER $loop >printed.loop 2>said.loop; echo $? >code.loop
        $RUNNER --seed 8 >printed.once 2>said.once; echo $? >code.once
        $RUNNER status --format json >status 2>said.status
        sums >after",
    );
    if !ran {
        return;
    }
    assert_eq!(left(&home, "code"), "0\n", "{}", left(&home, "said"));
    for (code, said, names) in
        [("code.loop", "said.loop", "seed-7"), ("code.once", "said.once", "seed-8")]
    {
        let said = left(&home, said);
        assert_eq!(left(&home, code), "1\n", "{said}");
        assert!(said.contains(names) && said.contains("Read-only file system"), "{said}");
    }
    assert_eq!(left(&home, "printed.loop") + &left(&home, "printed.once"), "");
    let status: Value = serde_json::from_str(&left(&home, "status")).unwrap();
    assert_eq!(status["loop_cycles"], 3);
    assert_eq!(left(&home, "before"), left(&home, "after"), "something changed");
}
