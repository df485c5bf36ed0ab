//! Which combinations of values are tried.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::axis::{Axis, Values};

/// A value for each axis, in their order.
pub type Point = Vec<String>;

/// A search that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    /// No axis at all.
    #[error("there is nothing to try: give at least one axis")]
    Empty,
    /// A key on two axes.
    #[error("{0} is on two axes; give all its values on one")]
    Twice(String),
    /// A range in a grid.
    #[error("{0} is a range, from which values are drawn at random; list its values for a grid")]
    Range(String),
    /// More than is allowed.
    #[error("{0} combinations are more than {1}; allow more, or draw at random")]
    TooMany(String, usize),
}

/// Every combination, the last axis changing fastest.
///
/// # Errors
/// [`SpaceError`].
pub fn grid(axes: &[Axis], most: usize) -> Result<Vec<Point>, SpaceError> {
    sound(axes)?;
    let mut lists: Vec<&[String]> = Vec::with_capacity(axes.len());
    for axis in axes {
        match &axis.values {
            Values::Listed(values) => lists.push(values),
            Values::Between { .. } => return Err(SpaceError::Range(axis.key.clone())),
        }
    }
    let many = lists.iter().try_fold(1_usize, |product, list| product.checked_mul(list.len()));
    let many = many.filter(|many| *many <= most).ok_or_else(|| {
        let shown = many.map_or_else(|| "countless".to_owned(), |many| many.to_string());
        SpaceError::TooMany(shown, most)
    })?;
    let mut points = Vec::with_capacity(many);
    points.push(Point::new());
    for list in lists {
        let longer = |point: &Point| {
            let point = point.clone();
            list.iter().map(move |value| [point.as_slice(), core::slice::from_ref(value)].concat())
        };
        points = points.iter().flat_map(longer).collect();
    }
    Ok(points)
}

/// So many different combinations drawn at random, the same for the same seed. Fewer where the axes
/// have no more.
///
/// # Errors
/// [`SpaceError`].
pub fn random(
    axes: &[Axis],
    many: usize,
    seed: u64,
    most: usize,
) -> Result<Vec<Point>, SpaceError> {
    sound(axes)?;
    if many > most {
        return Err(SpaceError::TooMany(many.to_string(), most));
    }
    let (mut seen, mut points) = (BTreeSet::new(), Vec::with_capacity(many));
    let mut state = seed;
    for _ in 0..many.saturating_mul(20) {
        if points.len() == many {
            break;
        }
        let point: Point = axes.iter().map(|axis| axis.at(unit(&mut state))).collect();
        if seen.insert(point.clone()) {
            points.push(point);
        }
    }
    Ok(points)
}

fn sound(axes: &[Axis]) -> Result<(), SpaceError> {
    if axes.is_empty() {
        return Err(SpaceError::Empty);
    }
    for (at, axis) in axes.iter().enumerate() {
        if axes.iter().take(at).any(|before| before.key == axis.key) {
            return Err(SpaceError::Twice(axis.key.clone()));
        }
    }
    Ok(())
}

/// The next number in [0, 1) of a well mixed sequence (splitmix64).
fn unit(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// One configuration to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in the search.
    pub number: usize,
    /// 16 letters of the hash of its effective configuration; of its values where it has none.
    pub id: String,
    /// A value for each axis.
    pub values: Point,
    /// Why it is never run, if so.
    pub refused: Option<String>,
}

/// What points come to: points with the same effective configuration are one candidate, the first.
/// `judge` gives a point's configuration with its hash, or why there is none.
pub fn candidates<C>(
    points: Vec<Point>,
    mut judge: impl FnMut(&Point) -> Result<(String, C), String>,
) -> Vec<(Candidate, Option<C>)> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::with_capacity(points.len()));
    for (number, values) in points.into_iter().enumerate() {
        let (id, refused, config) = match judge(&values) {
            Ok((hash, config)) => (short(&hash), None, Some(config)),
            Err(why) => (short(&format!("refused\n{}", values.join("\n"))), Some(why), None),
        };
        if seen.insert(id.clone()) {
            found.push((Candidate { number, id, values, refused }, config));
        }
    }
    found
}

/// 16 letters that stand for a text.
pub(crate) fn short(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).fold(String::with_capacity(16), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(texts: &[&str]) -> Vec<Axis> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_grid_is_every_combination_in_order() {
        let points = grid(&axes(&["a=1,2", "b=x,y"]), 4).unwrap();
        assert_eq!(points, [["1", "x"], ["1", "y"], ["2", "x"], ["2", "y"]]);
    }

    #[test]
    fn what_cannot_be_tried_says_why() {
        for (given, most, expected) in [
            (&[][..], 9, "nothing to try"),
            (&["a=1", "a=2"][..], 9, "on two axes"),
            (&["a=1..2"][..], 9, "is a range"),
            (&["a=1,2", "b=1,2"][..], 3, "4 combinations are more than 3"),
        ] {
            let error = grid(&axes(given), most).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(random(&axes(&["a=1..2"]), 5, 1, 4).is_err());
    }

    #[test]
    fn draws_are_the_same_for_a_seed_and_others_for_another() {
        let space = axes(&["a=1..2", "b=x,y,z", "c=1..1000:log"]);
        let draw = |seed| random(&space, 50, seed, 100).unwrap();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(draw(7).len(), 50);
        assert_eq!(random(&axes(&["a=1,2"]), 50, 7, 100).unwrap().len(), 2, "no more there are");
        let low = draw(7).iter().filter(|point| point[2].parse::<f64>().unwrap() < 31.6).count();
        assert!((15..=35).contains(&low), "{low} of 50 below the middle of the logarithms");
    }

    #[test]
    fn points_with_one_configuration_are_one_candidate() {
        let points = grid(&axes(&["a=6,6.0,7,x"]), 4).unwrap();
        let found = candidates(points, |point| match point[0].parse::<f64>() {
            Ok(value) => Ok((value.to_string(), value)),
            Err(error) => Err(error.to_string()),
        });
        let numbers: Vec<_> = found.iter().map(|(one, _)| one.number).collect();
        assert_eq!(numbers, [0, 2, 3]);
        assert!(found[2].0.refused.is_some() && found[2].1.is_none());
        assert_ne!(found[0].0.id, found[1].0.id);
    }
}
