//! Which of two values is the more extreme.

use core::fmt::Debug;

/// [`Highest`] or [`Lowest`]; nobody else can implement it.
pub trait Order: Copy + Debug + sealed::Sealed {
    /// What an absent value counts as: anything is more extreme.
    const ABSENT: f64;

    /// Whether `a` is strictly more extreme than `b`.
    fn exceeds(a: f64, b: f64) -> bool;

    /// The more extreme of two values that are not NaN.
    #[inline]
    fn better(a: f64, b: f64) -> f64 {
        if Self::exceeds(a, b) { a } else { b }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Highest {}
    impl Sealed for super::Lowest {}
}

/// The higher is the more extreme.
#[derive(Debug, Clone, Copy)]
pub enum Highest {}

/// The lower is the more extreme.
#[derive(Debug, Clone, Copy)]
pub enum Lowest {}

impl Order for Highest {
    const ABSENT: f64 = f64::NEG_INFINITY;

    #[inline]
    fn exceeds(a: f64, b: f64) -> bool {
        a > b
    }
}

impl Order for Lowest {
    const ABSENT: f64 = f64::INFINITY;

    #[inline]
    fn exceeds(a: f64, b: f64) -> bool {
        a < b
    }
}
