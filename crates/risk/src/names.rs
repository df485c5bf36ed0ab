//! Names that the venue gave, as many as a journal has. They lie one after the other in one text:
//! a tree of so many would be deep, and a box for each of them slow.
#![expect(clippy::disallowed_types, reason = "asked for members alone, so that it has no order")]

use core::hash::{BuildHasher as _, BuildHasherDefault, Hasher};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Names, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    list: List,
    /// The place in the list of a name with such a hash.
    places: HashMap<u64, usize, BuildHasherDefault<Quick>>,
    /// Names whose hash another one had already.
    others: BTreeSet<Box<str>>,
}

impl Names {
    /// None yet, with room for so many.
    pub(crate) fn with_room(many: usize) -> Self {
        let places = HashMap::with_capacity_and_hasher(many, BuildHasherDefault::default());
        Self { places, ..Self::default() }
    }

    /// Adds a name; whether it is new.
    #[inline]
    pub(crate) fn insert(&mut self, name: &str) -> bool {
        match self.places.entry(hash(name)) {
            Entry::Vacant(free) => {
                free.insert(self.list.push(name));
                true
            }
            Entry::Occupied(place) if self.list.get(*place.get()) == name => false,
            Entry::Occupied(_) => self.others.insert(name.into()),
        }
    }

    /// Takes back the name that was inserted last.
    pub(crate) fn take_back(&mut self, name: &str) {
        if !self.others.remove(name) {
            self.places.remove(&hash(name));
            self.list.pop();
        }
    }

    fn all(&self) -> BTreeSet<&str> {
        self.list.iter().chain(self.others.iter().map(AsRef::as_ref)).collect()
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Names {}

/// Names as they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    text: String,
    ends: Vec<usize>,
}

impl List {
    /// Adds a name; its place.
    #[inline]
    pub(crate) fn push(&mut self, name: &str) -> usize {
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.ends.len() - 1
    }

    fn pop(&mut self) {
        self.ends.pop();
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }

    #[inline]
    fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[place]]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|place| self.get(place))
    }
}

#[inline]
fn hash(name: &str) -> u64 {
    BuildHasherDefault::<Quick>::default().hash_one(name)
}

/// A hasher without a random state, and quick: the names are the venue's, and nobody else picks
/// them to be slow with.
#[derive(Debug, Default)]
struct Quick(u64);

/// Odd, with its bits spread: 2⁶⁴ over the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const WORD: usize = size_of::<u64>();

impl Hasher for Quick {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<WORD>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        self.write_u64(rest);
    }

    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte.into());
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(SPREAD);
    }

    /// Tables look at the highest and the lowest bits.
    #[inline]
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(SPREAD);
        mixed ^ mixed >> 29
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of every length up to one beyond the longest that venues give, and some that differ
    /// from others in one letter, or in one at an end alone.
    fn texts() -> BTreeSet<String> {
        let long = "0123456789abcdef".repeat(5);
        let some = |n| long.chars().take(n).collect::<String>();
        let mut texts: BTreeSet<String> = (0..=65).map(some).collect();
        for n in 0..=65 {
            let same = some(n);
            texts.extend([format!("{same}\0"), format!("{same}é"), format!("x{same}")]);
        }
        texts
    }

    /// Two names of sixteen letters that have one hash: what the first word changes, the second
    /// changes back.
    fn alike() -> [String; 2] {
        let after = |word: u64| {
            let mut quick = Quick::default();
            quick.write_u64(word);
            quick.0.rotate_left(23)
        };
        let first = *b"aaaaaaaa";
        let found = (0..100_000_u32).find_map(|n| {
            let mut other = *b"00000000";
            other.copy_from_slice(format!("{n:08}").as_bytes());
            // A product carries upwards alone: the first letters must differ.
            other.reverse();
            let turned = after(u64::from_le_bytes(first)) ^ after(u64::from_le_bytes(other));
            let (ends, back) = (*b"bbbbbbbb", u64::from_le_bytes(*b"bbbbbbbb") ^ turned);
            let names = [[first, ends], [other, back.to_le_bytes()]].map(|words| words.concat());
            let [one, another] = names.map(|name| String::from_utf8(name).ok());
            one.zip(another).map(|(one, another)| [one, another])
        });
        found.unwrap_or_default()
    }

    #[test]
    fn a_name_is_equal_to_itself_and_to_no_other() {
        let mut names = Names::default();
        for text in &texts() {
            assert!(names.insert(text), "{text:?} is new");
            assert!(!names.insert(text), "{text:?} is known");
        }
        assert_eq!(names.all(), texts().iter().map(String::as_str).collect());
    }

    #[test]
    fn names_that_share_a_hash_are_two() {
        let [one, another] = alike();
        assert_ne!(one, another);
        assert_eq!(hash(&one), hash(&another));
        let mut names = Names::default();
        for name in [&one, &another] {
            assert!(names.insert(name) && !names.insert(name), "{name:?}");
        }
        assert_eq!(names.all(), BTreeSet::from([one.as_str(), another.as_str()]));
        names.take_back(&another);
        assert_eq!(names.all(), BTreeSet::from([one.as_str()]));
        assert!(!names.insert(&one) && names.insert(&another));
    }

    #[test]
    fn the_newest_name_can_be_taken_back_and_comes_again() {
        let (mut names, mut kept) = (Names::default(), Names::default());
        for (at, text) in texts().iter().enumerate() {
            assert!(names.insert(text));
            if at % 2 == 0 {
                names.take_back(text);
                assert!(names.insert(text), "{text:?} comes again");
                names.take_back(text);
            } else {
                kept.insert(text);
            }
        }
        assert_eq!(names, kept);
        assert!(kept.insert("one more") && names != kept);
    }

    #[test]
    fn names_that_count_upwards_spread_over_a_table() {
        let hashes: BTreeSet<u64> = (0..4_096).map(|n| hash(&format!("{n:036}"))).collect();
        assert_eq!(hashes.len(), 4_096);
        // Of the ends that a table looks at, none comes much more often than by chance.
        let most = |end: fn(u64) -> u64| {
            let mut used = [0_u32; 128];
            for hash in &hashes {
                used[usize::try_from(end(*hash)).unwrap_or_default()] += 1;
            }
            used.into_iter().max()
        };
        assert!(most(|hash| hash >> 57) < Some(70) && most(|hash| hash & 127) < Some(70));
    }
}
