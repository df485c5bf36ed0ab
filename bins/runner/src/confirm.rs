//! The operator's word before the first order: `YES` at the terminal after seeing what is at stake,
//! or, without a terminal, the hash of exactly that in a variable.

use core::fmt;
use std::io::{BufRead, Write};

use crate::{Code, Failure};

/// Holds the printed hash where nobody can type.
pub(crate) const VARIABLE: &str = "TRADER_CONFIRM_LIVE";

/// What is confirmed: change any of it, and the word given for it is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stake {
    /// SHA-256 of the effective configuration.
    pub(crate) config_hash: String,
    /// The venue's host, with its port where that is not the usual one.
    pub(crate) host: String,
    /// The name of the key; never its secret.
    pub(crate) key_name: String,
    /// The portfolio that the key belongs to.
    pub(crate) portfolio: String,
    /// Balances and limits, a line each.
    pub(crate) lines: Vec<String>,
}

impl Stake {
    /// The hash to give. The parts are told apart by their lengths, so that no two stakes share it.
    pub(crate) fn hash(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let mut hash = Sha256::new();
        for part in [&self.config_hash, &self.host, &self.key_name, &self.portfolio] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
            text
        })
    }

    fn show(&self, to: &mut dyn Write) -> std::io::Result<()> {
        writeln!(to, "LIVE: real orders with real money")?;
        writeln!(to, "  venue       {}", self.host)?;
        writeln!(to, "  key         {}", self.key_name)?;
        writeln!(to, "  portfolio   {}", self.portfolio)?;
        for line in &self.lines {
            writeln!(to, "  {line}")?;
        }
        writeln!(to, "  hash        {}", self.hash())
    }
}

/// How the word can be given.
pub(crate) enum Given<'a> {
    /// Somebody sits at a terminal.
    Terminal(&'a mut dyn BufRead),
    /// Nobody does; this is what the variable holds.
    Variable(Option<String>),
}

/// Shows what is at stake and takes the operator's word for it.
///
/// # Errors
/// [`Code::Gate`] without the right word; nothing was sent then.
pub(crate) fn confirm(stake: &Stake, given: Given<'_>, to: &mut dyn Write) -> Result<(), Failure> {
    stake.show(to)?;
    match given {
        Given::Terminal(typed) => {
            write!(to, "Type YES to let it trade: ")?;
            to.flush()?;
            let mut line = String::new();
            typed.read_line(&mut line)?;
            if line.trim() == "YES" {
                Ok(())
            } else {
                Err(refused("it was not confirmed with YES"))
            }
        }
        Given::Variable(Some(hash)) if hash.trim() == stake.hash() => Ok(()),
        Given::Variable(Some(_)) => Err(refused(&format!(
            "{VARIABLE} holds another hash: configuration, venue, key or portfolio is not what was \
             confirmed. The hash is above"
        ))),
        Given::Variable(None) => Err(refused(&format!(
            "there is no terminal to type YES at; set {VARIABLE} to the hash above"
        ))),
    }
}

fn refused(why: &str) -> Failure {
    Failure::new(Code::Gate, format!("LIVE is refused; no order was or will be sent:\n  - {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stake() -> Stake {
        Stake {
            config_hash: "ab12".to_owned(),
            host: "api.coinbase.com".to_owned(),
            key_name: "organizations/o/apiKeys/k".to_owned(),
            portfolio: "8bfc20d7-f7c6-4422-bf07-8243ca4169fe".to_owned(),
            lines: vec!["USD         $300.00".to_owned()],
        }
    }

    fn said(given: Given<'_>) -> (Result<(), Failure>, String) {
        let mut shown = Vec::new();
        let done = confirm(&stake(), given, &mut shown);
        (done, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn yes_after_seeing_balances_confirms_and_nothing_else_does() {
        let (done, shown) = said(Given::Terminal(&mut &b"YES\n"[..]));
        assert!(done.is_ok() && shown.contains("$300.00") && shown.contains("api.coinbase.com"));
        for typed in ["", "\n", "yes\n", "Y\n", "YES please\n", "NO\n"] {
            let (done, _) = said(Given::Terminal(&mut typed.as_bytes()));
            assert_eq!(done.unwrap_err().code, Code::Gate, "{typed:?}");
        }
    }

    #[test]
    fn without_a_terminal_only_the_printed_hash_confirms() {
        let hash = stake().hash();
        let (done, shown) = said(Given::Variable(Some(format!("{hash}\n"))));
        assert!(done.is_ok() && shown.contains(&hash));
        for wrong in [None, Some(String::new()), Some("YES".to_owned()), Some(hash[1..].to_owned())]
        {
            let (done, shown) = said(Given::Variable(wrong));
            let refused = done.unwrap_err();
            assert_eq!(refused.code, Code::Gate);
            assert!(refused.message.contains(VARIABLE) && shown.contains(&hash));
        }
    }

    #[test]
    fn every_part_of_the_stake_changes_the_hash() {
        let change: [fn(&mut Stake); 5] = [
            |s| s.config_hash.push('0'),
            |s| s.host.push('0'),
            |s| s.key_name.push('0'),
            |s| s.portfolio.push('0'),
            |s| (s.host, s.key_name) = (format!("{}o", s.host), s.key_name[1..].to_owned()),
        ];
        for change in change {
            let mut other = stake();
            change(&mut other);
            assert_ne!(other.hash(), stake().hash());
        }
    }
}
