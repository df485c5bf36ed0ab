//! A stranger's project that depends on one crate alone compiles and runs its README's program.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The program of a crate's README, run in a project of its own.
fn run(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let readme = fs::read_to_string(root.join("crates").join(name).join("README.md")).unwrap();
    let program = readme.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("src")).unwrap();
    fs::write(project.path().join("src/main.rs"), program).unwrap();
    let place = root.join("crates").join(name);
    let manifest = format!(
        "[package]\nname = \"stranger\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{name} = {{ path = \"{}\" }}\n\n[workspace]\n",
        place.display()
    );
    fs::write(project.path().join("Cargo.toml"), manifest).unwrap();
    // The same versions as here, so that nothing has to be fetched.
    fs::copy(root.join("Cargo.lock"), project.path().join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(project.path())
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("stranger"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn indicators_alone() {
    assert!(run("indicators").starts_with("EMA "));
}

#[test]
fn triggers_alone() {
    assert_eq!(run("triggers"), "+26.97 % in 24 hours\n");
}

#[test]
fn risk_alone() {
    let out = run("risk");
    assert!(out.contains("of $10000 at most $494.07 in one entry: position_cap"), "{out}");
}
