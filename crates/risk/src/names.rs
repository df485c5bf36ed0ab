//! Names that the venue gave, as many as a journal has: a tree of so many would be deep.
#![expect(clippy::disallowed_types, reason = "asked for members alone, so that it has no order")]

use core::hash::BuildHasherDefault;
use std::collections::{HashMap, HashSet};
use std::hash::DefaultHasher;

/// A hasher without a random state.
type Fixed = BuildHasherDefault<DefaultHasher>;

/// Names.
pub(crate) type Names = HashSet<Box<str>, Fixed>;

/// Values by name.
pub(crate) type ByName<V> = HashMap<Box<str>, V, Fixed>;
