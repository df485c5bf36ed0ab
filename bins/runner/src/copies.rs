//! `runner backup` and `restore`, `export` and `import`.

use std::io::Write;

use config::Config;
use store::{Present, Scope};

use crate::cli::{BackupArgs, ExportArgs, ImportArgs, RestoreArgs, ScopeArgs};
use crate::status::scope;
use crate::{Code, Failure};

/// Copies the records into one file.
pub(crate) fn backup(args: &BackupArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let copied = store::backup(&config.app.data_dir, &scope, &args.file)?;
    let file = args.file.display();
    writeln!(out, "{file}: {} facts of {}, verified", copied.last_fact, scope.name())?;
    Ok(Code::Done)
}

/// Puts a copy in place.
pub(crate) fn restore(args: &RestoreArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = named(&config, &args.scope)?;
    let present = if args.replace { Present::SetAside } else { Present::Keep };
    let copied = store::restore(&config.app.data_dir, &scope, &args.file, present)?;
    writeln!(
        out,
        "{}: {} facts of {} in place, verified",
        scope.directory(&config.app.data_dir).display(),
        copied.last_fact,
        scope.name()
    )?;
    Ok(Code::Done)
}

/// Writes the facts as JSON lines.
pub(crate) fn export(args: &ExportArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = scope(&config, &args.scope)?;
    let copied = store::export(&config.app.data_dir, &scope, &args.file)?;
    let file = args.file.display();
    writeln!(out, "{file}: {} facts of {}", copied.last_fact, scope.name())?;
    Ok(Code::Done)
}

/// Makes records of an export.
pub(crate) fn import(args: &ImportArgs, out: &mut dyn Write) -> Result<Code, Failure> {
    let config = Config::load(&args.scope.config)?;
    let scope = named(&config, &args.scope)?;
    let copied = store::import(&config.app.data_dir, &scope, &args.file)?;
    writeln!(
        out,
        "{}: {} facts of {} in place, verified",
        scope.directory(&config.app.data_dir).display(),
        copied.last_fact,
        scope.name()
    )?;
    Ok(Code::Done)
}

/// The scope of records that are to be made: somebody has to say whose they are.
fn named(config: &Config, args: &ScopeArgs) -> Result<Scope, Failure> {
    if args.account.is_none() {
        let text = "say with --account whose records these are, such as seed-247 or recorded";
        return Err(Failure::new(Code::Usage, text));
    }
    scope(config, args)
}
