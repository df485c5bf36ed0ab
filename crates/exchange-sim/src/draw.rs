//! Numbers that look drawn and are computed: the n-th draw of a stream depends on nothing but the
//! seed, the stream's name and n.
//!
//! `SplitMix64` (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014,
//! with the finaliser constants of Stafford's variant 13) has a state that only counts, so that its
//! n-th output is computed directly.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// Which world the seeds number: another generation is another market for every seed. In this one
/// the default seed's default moment is a lively hour of a sideways market.
const GENERATION: u64 = 40;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a stream of draws is for; each purpose of each series has its own.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Purpose {
    DayLevel = 1,
    DayTail = 2,
    DayVolatility = 3,
    DayVolume = 4,
    HourVolatility = 5,
    Jump = 6,
    MinuteMove = 7,
    MinuteTail = 8,
    MinuteHigh = 9,
    MinuteLow = 10,
    MinuteVolume = 11,
    Halt = 12,
    MinuteIdle = 13,
}

/// A stream of draws, addressed by number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream(u64);

impl Stream {
    /// The stream of a purpose within a series of a seed.
    pub(crate) const fn new(seed: u64, series: u64, purpose: Purpose) -> Self {
        let seeded = mix(seed.wrapping_add(GENERATION.wrapping_mul(GOLDEN)));
        let in_series = mix(seeded ^ series.wrapping_mul(GOLDEN).wrapping_add(GOLDEN));
        Self(mix(in_series ^ (purpose as u64).wrapping_mul(GOLDEN)))
    }

    /// 64 bits.
    pub(crate) const fn bits(self, n: u64) -> u64 {
        mix(self.0.wrapping_add(n.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// Uniform in (0, 1].
    pub(crate) const fn uniform(self, n: u64) -> f64 {
        ((self.bits(n) >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Mean 0, variance 1, bell-shaped within ±3.46: the sum of four uniform 16-bit parts
    /// (Irwin-Hall), so that no library function is involved.
    pub(crate) fn bell(self, n: u64) -> f64 {
        /// Four times the middle of 0..=65535, and 1 / √(4 × (2³² − 1) / 12).
        const MIDDLE: f64 = 131_070.0;
        const SCALE: f64 = 2.642_899_792_13e-5;
        let bits = self.bits(n);
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
        (sum as f64 - MIDDLE) * SCALE
    }

    /// A scale with mean square 1 that turns [`Self::bell`] into something with a heavy tail, as
    /// Student's t does: usually 0.8, one in six 1.4, one in forty 2.8.
    pub(crate) fn tail(self, n: u64) -> f64 {
        match self.uniform(n) {
            u if u > 1.0 / 6.0 + 1.0 / 40.0 => 0.768_450_04,
            u if u > 1.0 / 40.0 => 1.4,
            _ => 2.8,
        }
    }
}

/// eˣ with additions, multiplications and one division only, so that it is the same on every
/// machine. Relative error below 10⁻¹⁵ for |x| < 20.
pub(crate) fn exp(x: f64) -> f64 {
    const LN_2: f64 = core::f64::consts::LN_2;
    let halvings = (x / LN_2).round();
    let rest = x - halvings * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut n = 1.0;
    while n < 14.0 {
        term *= rest / n;
        sum += term;
        n += 1.0;
    }
    let mut left = halvings.abs();
    let step = if halvings < 0.0 { 0.5 } else { 2.0 };
    while left > 0.0 {
        sum *= step;
        left -= 1.0;
    }
    sum
}

/// −ln u for u in (0, 1], likewise: the series of 2 artanh((m − 1) / (m + 1)).
pub(crate) fn minus_ln(u: f64) -> f64 {
    let mut m = u;
    let mut halvings = 0.0;
    while m < 0.75 {
        m *= 2.0;
        halvings += 1.0;
    }
    let y = (m - 1.0) / (m + 1.0);
    let (square, mut power, mut sum, mut n) = (y * y, y, 0.0, 1.0);
    while n < 22.0 {
        sum += power / n;
        power *= square;
        n += 2.0;
    }
    halvings * core::f64::consts::LN_2 - 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_functions_agree_with_the_library() {
        for i in -2000..=2000 {
            let x = f64::from(i) * 0.005;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
        }
        for i in 1..=4000 {
            let u = f64::from(i) / 4000.0;
            assert!((minus_ln(u) + u.ln()).abs() < 1e-14, "ln {u}");
        }
    }

    #[test]
    fn draws_have_the_moments_they_claim() {
        let stream = Stream::new(1, 2, Purpose::Jump);
        let n = 200_000;
        let (mut mean, mut square, mut tail) = (0.0, 0.0, 0.0);
        for i in 0..n {
            let z = stream.bell(i);
            mean += z;
            square += z * z;
            tail += stream.tail(i).powi(2);
        }
        let n = n as f64;
        assert!((mean / n).abs() < 0.01);
        assert!((square / n - 1.0).abs() < 0.01);
        assert!((tail / n - 1.0).abs() < 0.02, "{}", tail / n);
    }
}
