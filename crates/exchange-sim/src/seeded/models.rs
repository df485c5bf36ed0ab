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
    model("AAVE-USD", 313.0, 2.33, 0.0308, 16e6),
    model("ADA-USD", 0.926, 2.21, 0.0293, 47e6),
    model("ALGO-USD", 0.254, 2.53, 0.0251, 8.2e6),
    model("ANKR-USD", 0.0157, 1.89, 0.0299, 460e3),
    model("APT-USD", 4.72, 2.04, 0.0270, 3e6),
    model("ARB-USD", 0.517, 2.31, 0.0306, 6e6),
    model("ATOM-USD", 4.52, 1.80, 0.0239, 2.5e6),
    model("AVAX-USD", 23.7, 2.19, 0.0217, 13e6),
    model("AXS-USD", 2.37, 2.03, 0.0240, 380e3),
    model("BAT-USD", 0.148, 1.89, 0.0248, 270e3),
    model("BCH-USD", 216.0, 1.44, 0.0260, 520e3),
    model("BONK-USD", 0.000_024, 2.98, 0.0395, 29e6),
    model("BTC-USD", 118_000.0, 0.99, 0.0136, 850e6),
    model("CHZ-USD", 0.0402, 1.93, 0.0253, 230e3),
    model("COMP-USD", 48.6, 2.17, 0.0288, 1.4e6),
    model("CRV-USD", 0.912, 2.74, 0.0363, 12e6),
    model("CVC-USD", 0.0934, 1.55, 0.0448, 290e3),
    model("DASH-USD", 22.2, 1.77, 0.0233, 330e3),
    model("DOGE-USD", 0.224, 2.27, 0.0225, 74e6),
    model("DOT-USD", 3.98, 2.02, 0.0200, 7.8e6),
    model("ENA-USD", 0.0877, 2.55, 0.0393, 3e6),
    model("ETC-USD", 22.2, 1.76, 0.0233, 2.4e6),
    model("ETH-USD", 4550.0, 1.80, 0.0146, 410e6),
    model("FARTCOIN-USD", 0.134, 2.68, 0.0561, 1.2e6),
    model("FET-USD", 0.707, 2.37, 0.0328, 8.8e6),
    model("FIL-USD", 2.5, 1.87, 0.0247, 2.9e6),
    model("GLM-USD", 0.25, 1.60, 0.0461, 250e3),
    model("GRT-USD", 0.0927, 2.06, 0.0273, 2.4e6),
    model("HBAR-USD", 0.249, 2.21, 0.0293, 53e6),
    model("HYPE-USD", 54.6, 1.70, 0.0355, 5.3e6),
    model("ICP-USD", 5.45, 1.86, 0.0246, 5.5e6),
    model("INJ-USD", 15.2, 2.54, 0.0336, 6.8e6),
    model("KNC-USD", 0.405, 1.47, 0.0521, 320e3),
    model("LDO-USD", 1.39, 2.67, 0.0354, 3.8e6),
    model("LINK-USD", 22.5, 2.27, 0.0226, 35e6),
    model("LTC-USD", 121.0, 1.87, 0.0270, 28e6),
    model("NEAR-USD", 2.76, 2.18, 0.0288, 5.2e6),
    model("OCEAN-USD", 0.299, 1.47, 0.0521, 280e3),
    model("ONDO-USD", 0.358, 2.12, 0.0292, 3.2e6),
    model("OP-USD", 0.753, 2.30, 0.0305, 3.2e6),
    model("PAXG-USD", 4360.0, 0.06, 0.0083, 790e3),
    model("PENGU-USD", 0.00663, 2.68, 0.0485, 2.5e6),
    model("PEPE-USD", 0.000_002_93, 2.45, 0.0377, 520e3),
    model("POL-USD", 0.0777, 1.95, 0.0248, 200e3),
    model("QNT-USD", 110.0, 1.85, 0.0245, 2.7e6),
    model("RENDER-USD", 1.33, 2.23, 0.0307, 390e3),
    model("SAND-USD", 0.285, 2.18, 0.0216, 1.1e6),
    model("SEI-USD", 0.0419, 2.33, 0.0321, 500e3),
    model("SHIB-USD", 0.000_004_68, 1.95, 0.0248, 260e3),
    model("SOL-USD", 193.0, 2.13, 0.0212, 210e6),
    model("STX-USD", 0.717, 2.20, 0.0291, 3.6e6),
    model("SUI-USD", 3.76, 2.39, 0.0316, 84e6),
    model("TAO-USD", 206.0, 2.14, 0.0330, 6e6),
    model("TIA-USD", 0.328, 2.30, 0.0330, 320e3),
    model("UNI-USD", 10.9, 2.27, 0.0300, 9.5e6),
    model("USDT-USD", 1.0, 0.00, 0.0004, 9.3e6),
    model("WLD-USD", 0.321, 2.25, 0.0345, 1.4e6),
    model("XLM-USD", 0.424, 2.01, 0.0304, 38e6),
    model("XRP-USD", 3.08, 2.14, 0.0225, 330e6),
    model("ZEC-USD", 516.0, 1.53, 0.0544, 13e6),
];
