//! `runner`: 247trader's one binary.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use runner::{Cli, Code, dispatch, init_logs};

fn main() -> ExitCode {
    // Clap answers --help with 0 and wrong usage with 2, on the right stream, by itself.
    let cli = Cli::parse();
    init_logs();
    let mut out = io::stdout().lock();
    let code = match dispatch(cli, &mut out).and_then(|()| out.flush().map_err(Into::into)) {
        Ok(()) => Code::Done,
        Err(failure) => {
            // A closed stderr leaves nobody to tell; the exit code still speaks.
            let _closed = writeln!(io::stderr(), "error: {failure}");
            failure.code
        }
    };
    ExitCode::from(code as u8)
}
