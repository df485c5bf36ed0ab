//! A venue that goes away and comes back ends no loop.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::served::Served;
use serde_json::Value;

/// A cycle a second: more than it takes to notice, and to connect again after the longest delay.
const MOST: usize = 180;

struct Loop {
    child: Child,
    cycles: Lines<BufReader<ChildStdout>>,
}

impl Loop {
    fn on(venue: &Served) -> Self {
        let words = ["run", "--loop", "--venue", "coinbase", "--interval", "0.0166"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(words).current_dir(venue.home.path()).stdout(Stdio::piped());
        for name in ["CB_API_SECRET_FILE", "COINBASE_API_KEY", "COINBASE_API_SECRET"] {
            command.env_remove(name);
        }
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let cycles = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, cycles }
    }

    fn cycle(&mut self) -> Value {
        let line = self.cycles.next().unwrap_or_else(|| panic!("it ended")).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The first cycle of which this is true; what is not so long must hold of those before it.
    fn until(&mut self, is_so: impl Fn(&Value) -> bool, before: impl Fn(&Value)) -> Value {
        for _ in 0..MOST {
            let cycle = self.cycle();
            if is_so(&cycle) {
                return cycle;
            }
            before(&cycle);
        }
        panic!("not within {MOST} cycles")
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        // It may have ended.
        let _ended = self.child.kill();
        let _code = self.child.wait();
    }
}

fn is_blind(cycle: &Value) -> bool {
    cycle["no_trade_reason"] == "data_unavailable"
}

fn sees(cycle: &Value) -> bool {
    !is_blind(cycle) && cycle["universe_size"].as_u64().unwrap() > 0
}

#[test]
fn a_loop_outlives_its_venue_buys_nothing_meanwhile_and_goes_on_when_it_is_back() {
    let mut venue = Served::new(|config| config);
    venue.jitter();
    let port = venue.server.http().unwrap().port();
    let mut running = Loop::on(&venue);
    let first = running.until(sees, |_| ());

    venue.moves_to(0);
    // A quote is good for five seconds; then nobody knows anything.
    running.until(is_blind, |_| ());
    for _ in 0..5 {
        let cycle = running.cycle();
        assert!(is_blind(&cycle), "{cycle}");
        assert_eq!((&cycle["status"], &cycle["error"]), (&Value::from("NO_TRADE"), &Value::Null));
        assert_eq!(cycle["proposals_approved"], 0, "{cycle}");
    }

    venue.moves_to(port);
    let last = running.until(sees, |cycle| {
        assert_eq!(cycle["status"], "NO_TRADE", "{cycle}");
        assert_eq!(cycle["proposals_approved"], 0, "{cycle}");
    });
    assert_ne!(last["regime"], "unknown");
    let numbers = (first["cycle"].as_u64().unwrap(), last["cycle"].as_u64().unwrap());
    assert!(numbers.0 + 6 < numbers.1, "{numbers:?}: the same loop goes on");
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let code = running.child.wait().unwrap().code();
    assert_eq!(code, Some(130), "stopped by us and by nothing else");
}
