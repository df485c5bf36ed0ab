//! What this machine must have.

use config::Config;

use super::Check;
use crate::{Code, disk};

const DATA: &str = "data directory";
const SPACE: &str = "disk space";
const GIB: u64 = 1 << 30;
/// Below this, records of a day may not fit.
const TOO_LITTLE: u64 = GIB / 10;

/// Whether records can be written where they are kept.
pub(super) fn data(config: &Config) -> Check {
    let place = &config.app.data_dir;
    match disk::probe(place) {
        Ok(()) => Check::good(DATA, format!("{} can be written", place.display())),
        Err(error) => Check::bad(
            DATA,
            Code::Failed,
            format!("{} cannot be written: {error}", place.display()),
            "give another data_dir in app.yaml, or make this one writable for this user",
        ),
    }
}

/// Whether there is room for them.
pub(super) fn space(config: &Config) -> Check {
    let place = &config.app.data_dir;
    let todo = "free some, or give a data_dir on another disk in app.yaml";
    match disk::free(place) {
        Ok(Some(free)) => {
            let says = format!("{:.1} GiB free at {}", free as f64 / GIB as f64, place.display());
            match free {
                free if free < TOO_LITTLE => Check::bad(SPACE, Code::Failed, says, todo),
                free if free < GIB => Check::look(SPACE, says, todo),
                _ => Check::good(SPACE, says),
            }
        }
        Ok(None) => Check::good(SPACE, "not looked at on this system"),
        Err(error) => {
            let says = format!("the room at {} is not known: {error}", place.display());
            Check::look(SPACE, says, "see that data_dir in app.yaml is there")
        }
    }
}
