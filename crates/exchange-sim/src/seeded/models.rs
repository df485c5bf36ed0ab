//! The sixty products, in numbers.
//!
//! Prices, volumes and volatilities are those of the recordings of 2025 (last close; means of
//! January to August), and for products without a recording those of Coinbase's product list of
//! August 2026 with a volatility typical of their kind; see `docs/market-model.md`.

use super::table::OWN_WEEKEND;

/// What is modelled of one product.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    pub(crate) id: &'static str,
    /// The price around which it wanders, in dollars.
    pub(crate) anchor: f64,
    /// How much of the common factor's log move it takes.
    pub(crate) beta: f64,
    /// Standard deviation of its own daily log move.
    pub(crate) own_day_sd: f64,
    /// Mean quote volume of a day, in dollars.
    pub(crate) quote_volume: f64,
}

impl Model {
    /// Its own volatility on weekends / on other days.
    pub(crate) fn weekend(&self) -> f64 {
        let (least, most) = OWN_WEEKEND;
        (0.5 * self.beta).clamp(least, most)
    }
}

const fn model(
    id: &'static str,
    anchor: f64,
    beta: f64,
    own_day_sd: f64,
    quote_volume: f64,
) -> Model {
    Model { id, anchor, beta, own_day_sd, quote_volume }
}

/// Sorted by id.
pub(crate) const MODELS: [Model; 60] = [
    model("AAVE-USD", 313.0, 2.38, 0.0291, 16e6),
    model("ADA-USD", 0.926, 2.26, 0.0277, 47e6),
    model("ALGO-USD", 0.254, 2.57, 0.0232, 8.2e6),
    model("ANKR-USD", 0.0157, 1.93, 0.0288, 460e3),
    model("APT-USD", 4.72, 2.08, 0.0255, 3e6),
    model("ARB-USD", 0.517, 2.36, 0.0289, 6e6),
    model("ATOM-USD", 4.52, 1.84, 0.0226, 2.5e6),
    model("AVAX-USD", 23.7, 2.23, 0.0201, 13e6),
    model("AXS-USD", 2.37, 2.07, 0.0223, 380e3),
    model("BAT-USD", 0.148, 1.93, 0.0234, 270e3),
    model("BCH-USD", 216.0, 1.47, 0.0252, 520e3),
    model("BONK-USD", 0.000_024, 3.05, 0.0373, 29e6),
    model("BTC-USD", 118_000.0, 1.01, 0.0131, 850e6),
    model("CHZ-USD", 0.0402, 1.97, 0.0239, 230e3),
    model("COMP-USD", 48.6, 2.22, 0.0272, 1.4e6),
    model("CRV-USD", 0.912, 2.80, 0.0343, 12e6),
    model("CVC-USD", 0.0934, 1.58, 0.0443, 290e3),
    model("DASH-USD", 22.2, 1.81, 0.0220, 330e3),
    model("DOGE-USD", 0.224, 2.31, 0.0209, 74e6),
    model("DOT-USD", 3.98, 2.05, 0.0186, 7.8e6),
    model("ENA-USD", 0.0877, 2.61, 0.0377, 3e6),
    model("ETC-USD", 22.2, 1.80, 0.0220, 2.4e6),
    model("ETH-USD", 4550.0, 1.83, 0.0130, 410e6),
    model("FARTCOIN-USD", 0.134, 2.74, 0.0549, 1.2e6),
    model("FET-USD", 0.707, 2.42, 0.0312, 8.8e6),
    model("FIL-USD", 2.5, 1.91, 0.0233, 2.9e6),
    model("GLM-USD", 0.25, 1.64, 0.0456, 250e3),
    model("GRT-USD", 0.0927, 2.11, 0.0258, 2.4e6),
    model("HBAR-USD", 0.249, 2.26, 0.0277, 53e6),
    model("HYPE-USD", 54.6, 1.74, 0.0347, 5.3e6),
    model("ICP-USD", 5.45, 1.90, 0.0232, 5.5e6),
    model("INJ-USD", 15.2, 2.60, 0.0318, 6.8e6),
    model("KNC-USD", 0.405, 1.50, 0.0517, 320e3),
    model("LDO-USD", 1.39, 2.73, 0.0335, 3.8e6),
    model("LINK-USD", 22.5, 2.31, 0.0209, 35e6),
    model("LTC-USD", 121.0, 1.91, 0.0258, 28e6),
    model("NEAR-USD", 2.76, 2.23, 0.0272, 5.2e6),
    model("OCEAN-USD", 0.299, 1.50, 0.0517, 280e3),
    model("ONDO-USD", 0.358, 2.17, 0.0277, 3.2e6),
    model("OP-USD", 0.753, 2.35, 0.0288, 3.2e6),
    model("PAXG-USD", 4360.0, 0.06, 0.0083, 790e3),
    model("PENGU-USD", 0.00663, 2.74, 0.0471, 2.5e6),
    model("PEPE-USD", 0.000_002_93, 2.50, 0.0362, 520e3),
    model("POL-USD", 0.0777, 1.99, 0.0233, 200e3),
    model("QNT-USD", 110.0, 1.89, 0.0232, 2.7e6),
    model("RENDER-USD", 1.33, 2.28, 0.0291, 390e3),
    model("SAND-USD", 0.285, 2.22, 0.0200, 1.1e6),
    model("SEI-USD", 0.0419, 2.38, 0.0305, 500e3),
    model("SHIB-USD", 0.000_004_68, 1.99, 0.0233, 260e3),
    model("SOL-USD", 193.0, 2.17, 0.0196, 210e6),
    model("STX-USD", 0.717, 2.25, 0.0275, 3.6e6),
    model("SUI-USD", 3.76, 2.44, 0.0299, 84e6),
    model("TAO-USD", 206.0, 2.19, 0.0317, 6e6),
    model("TIA-USD", 0.328, 2.35, 0.0315, 320e3),
    model("UNI-USD", 10.9, 2.32, 0.0283, 9.5e6),
    model("USDT-USD", 1.0, 0.00, 0.0004, 9.3e6),
    model("WLD-USD", 0.321, 2.30, 0.0331, 1.4e6),
    model("XLM-USD", 0.424, 2.05, 0.0291, 38e6),
    model("XRP-USD", 3.08, 2.19, 0.0205, 330e6),
    model("ZEC-USD", 516.0, 1.56, 0.0540, 13e6),
];
