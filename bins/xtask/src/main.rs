//! Chores of the repository: `cargo xtask docs` writes the reference of the configuration.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

const USAGE: &str = "usage: cargo xtask docs    (writes docs/reference/config)";

fn main() -> ExitCode {
    let words: Vec<_> = env::args().skip(1).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["docs"] => docs(),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed stderr leaves nobody to tell; the exit code still speaks.
            let _closed = writeln!(io::stderr(), "{error}");
            if error.kind() == io::ErrorKind::InvalidInput {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Writes what the types say about the four files.
fn docs() -> io::Result<()> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/config");
    fs::create_dir_all(&place)?;
    for (name, text) in config::reference() {
        fs::write(place.join(name), text)?;
    }
    Ok(())
}
