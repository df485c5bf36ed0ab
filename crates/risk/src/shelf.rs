//! Values by key, for hundreds of them: sorted, found by binary search. What is added at the end or
//! taken away moves only keys and places, never the values.

/// Values by key.
#[derive(Debug, Clone)]
pub(crate) struct Shelf<K, V> {
    /// Sorted, each with the place of its value.
    keys: Vec<(K, usize)>,
    values: Vec<V>,
    /// Places whose values are gone.
    free: Vec<usize>,
    /// Where the key that was asked for last is, or was: it is often asked for again.
    last: usize,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self { keys: Vec::new(), values: Vec::new(), free: Vec::new(), last: 0 }
    }
}

impl<K: Copy + Ord, V: Copy> Shelf<K, V> {
    /// Nothing yet, with room for so many.
    pub(crate) fn with_room(many: usize) -> Self {
        let (keys, values) = (Vec::with_capacity(many), Vec::with_capacity(many));
        Self { keys, values, free: Vec::new(), last: 0 }
    }

    /// Where a key is, or would be. New keys are mostly the greatest.
    #[inline]
    fn find(&self, key: &K) -> Result<usize, usize> {
        if self.keys.get(self.last).is_some_and(|(known, _)| known == key) {
            return Ok(self.last);
        }
        if self.keys.last().is_none_or(|(last, _)| last < key) {
            return Err(self.keys.len());
        }
        self.keys.binary_search_by(|(known, _)| known.cmp(key))
    }

    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let at = self.find(key).ok()?;
        Some(&self.values[self.keys[at].1])
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.last = at;
        Some(&mut self.values[self.keys[at].1])
    }

    /// The value of a key; a new one when there was none.
    #[inline]
    pub(crate) fn entry(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                let place = self.put(new());
                self.keys.insert(at, (key, place));
                at
            }
        };
        self.last = at;
        let place = self.keys[at].1;
        &mut self.values[place]
    }

    #[inline]
    fn put(&mut self, value: V) -> usize {
        if let Some(place) = self.free.pop() {
            self.values[place] = value;
            return place;
        }
        self.values.push(value);
        self.values.len() - 1
    }

    #[inline]
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (_, place) = self.keys.remove(self.find(key).ok()?);
        self.free.push(place);
        Some(self.values[place])
    }

    pub(crate) const fn len(&self) -> usize {
        self.keys.len()
    }

    /// All of them, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.keys.iter().map(|(key, place)| (key, &self.values[*place]))
    }

    /// Changes all of them, and keeps those that are to stay.
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&K, &mut V) -> bool) {
        let (values, free) = (&mut self.values, &mut self.free);
        self.keys.retain(|(key, place)| {
            let kept = stays(key, &mut values[*place]);
            if !kept {
                free.push(*place);
            }
            kept
        });
    }
}

/// By what is in it, wherever that lies.
impl<K: Copy + Ord, V: Copy + PartialEq> PartialEq for Shelf<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Copy + Ord, V: Copy + Eq> Eq for Shelf<K, V> {}
