//! `runner`: 247trader's one binary.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use runner::{Cli, dispatch, init_logs};

fn main() -> ExitCode {
    // Clap answers --help with 0 and wrong usage with 2, on the right stream, by itself.
    let cli = Cli::parse();
    init_logs();
    // Styles go to a terminal and nowhere else, and not there if NO_COLOR says so.
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    let done = dispatch(cli, &mut out);
    let code = match done.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(failure) => {
            // A closed stderr leaves nobody to tell; the exit code still speaks.
            let _closed = writeln!(io::stderr(), "error: {failure}");
            failure.code
        }
    };
    ExitCode::from(code as u8)
}
