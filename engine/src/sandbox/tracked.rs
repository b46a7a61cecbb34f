//! A map that knows what was touched.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads like a map; writes are remembered, so that a large estate is not written anew for each small change.
#[derive(Debug, Clone)]
pub struct Tracked<V> {
    map: BTreeMap<String, V>,
    touched: BTreeSet<String>,
}

impl<V> Tracked<V> {
    pub fn insert(&mut self, key: String, value: V) {
        self.touched.insert(key.clone());
        self.map.insert(key, value);
    }

    pub fn remove(&mut self, key: &str) -> Option<V> {
        let removed = self.map.remove(key);
        if removed.is_some() {
            self.touched.insert(key.to_owned());
        }
        removed
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let found = self.map.get_mut(key);
        if found.is_some() {
            self.touched.insert(key.to_owned());
        }
        found
    }

    /// All of them count as touched.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.touched.extend(self.map.keys().cloned());
        self.map.values_mut()
    }
}

impl<V: Clone> Tracked<V> {
    /// What was touched since it was asked last, as it is now; none for what is gone.
    pub(super) fn take_touched(&mut self) -> BTreeMap<String, Option<V>> {
        let touched = std::mem::take(&mut self.touched);
        touched
            .into_iter()
            .map(|key| {
                let value = self.map.get(&key).cloned();
                (key, value)
            })
            .collect()
    }

    /// What another process touched.
    pub(super) fn follow(&mut self, changes: BTreeMap<String, Option<V>>) {
        for (key, value) in changes {
            match value {
                Some(value) => self.map.insert(key, value),
                None => self.map.remove(&key),
            };
        }
    }
}

impl<V> Default for Tracked<V> {
    fn default() -> Self {
        Tracked { map: BTreeMap::new(), touched: BTreeSet::new() }
    }
}

impl<V> Deref for Tracked<V> {
    type Target = BTreeMap<String, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<V: PartialEq> PartialEq for Tracked<V> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<V: Serialize> Serialize for Tracked<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.map.serialize(serializer)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Tracked<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Tracked { map: BTreeMap::deserialize(deserializer)?, touched: BTreeSet::new() })
    }
}
