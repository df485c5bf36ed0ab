//! `runner trades --disposals YEAR`: what was sold in a year, a line each, for a tax return.

use std::io::Write;

use domain::Timestamp;

use crate::holdings::Holdings;
use crate::{Code, Failure};

/// The columns.
const HEADS: &str = "asset,quantity,acquired,sold,days_held,proceeds_usd,cost_usd,sale_fee_usd,\
                     gain_usd,product,lot,fill";

/// Prints disposals from the first to the last second of a UTC year as CSV. No value here has a
/// comma or a quotation mark: they are names of products, numbers and the venue's ids, and an id
/// that had one would be refused.
pub(crate) fn print(holdings: &Holdings, year: u16, out: &mut dyn Write) -> Result<Code, Failure> {
    let failed = |why: &str| Failure::new(Code::Failed, why);
    let ledger = holdings.state.ledger();
    let all = ledger.disposals();
    let all = all.ok_or_else(|| failed("the sums of the sales leave exact decimals"))?;
    let (from, to) = (begin(year)?, begin(year + 1)?);
    writeln!(out, "{HEADS}")?;
    for sale in all.iter().filter(|sale| (from..to).contains(&sale.sold)) {
        if sale.entry_id.contains([',', '"', '\n', '\r']) {
            return Err(failed("a fill's id at the venue cannot be a CSV value"));
        }
        writeln!(
            out,
            "{},{},{},{},{},{},{},{},{},{},{},{}",
            sale.asset,
            sale.qty,
            sale.acquired,
            sale.sold,
            sale.days_held(),
            sale.proceeds,
            sale.cost,
            sale.fee,
            sale.gain,
            sale.product,
            sale.lot.0.0,
            sale.entry_id
        )?;
    }
    match ledger.doubts().next() {
        None => Ok(Code::Done),
        Some((asset, doubt)) => {
            Err(failed(&format!("the lines above are not all: {asset} is not understood: {doubt}")))
        }
    }
}

fn begin(year: u16) -> Result<Timestamp, Failure> {
    let text = format!("{year:04}-01-01T00:00:00Z");
    text.parse().map_err(|e: domain::TimeError| Failure::new(Code::Usage, e.to_string()))
}
