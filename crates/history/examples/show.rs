//! Prints the last closed bars of each product of a directory: `show DIR [TIME]`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::path::PathBuf;

use history::Dataset;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let Some(dir) = words.next().map(PathBuf::from) else {
        println!("usage: show DIR [TIME]; DIR holds a folder for each product, such as BTC-USD");
        return Ok(());
    };
    let dataset = Dataset::open(&dir)?;
    let end = dataset.bounds()?.map(|(_, end)| end).ok_or("no bars of an hour or less")?;
    let as_of = words.next().map_or(Ok(end), |text| text.parse())?;
    for product in dataset.products() {
        let Some(loaded) = dataset.load(&product, as_of, 6 * 3600)? else { continue };
        let Some(last) = loaded.bars.iter().last() else { continue };
        println!("{product:12} {} close {} volume {}", last.start, last.close, last.volume);
    }
    Ok(())
}
