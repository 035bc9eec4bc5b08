//! The functions of a host, and those that were replaced.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use crate::fleet::Fleet;

/// The functions of a host by their names. It also knows those that were replaced, as long as they have invocations.
pub(crate) struct Fleets {
    by_name: BTreeMap<String, Arc<Fleet>>,
    replaced: Vec<Weak<Fleet>>,
}

impl Fleets {
    /// Creates a list of functions, each of which has a name of its own.
    pub fn new(all: impl Iterator<Item = Arc<Fleet>>) -> Self {
        let by_name = all.map(|fleet| (fleet.function.name.clone(), fleet)).collect();
        Self { by_name, replaced: Vec::new() }
    }

    /// Returns the functions that can be invoked, by their names.
    pub fn by_name(&self) -> &BTreeMap<String, Arc<Fleet>> {
        &self.by_name
    }

    /// Adds a function. Returns the former one of the same name, which the caller retires.
    pub fn replace(&mut self, fleet: Arc<Fleet>) -> Option<Arc<Fleet>> {
        self.replaced.retain(|replaced| replaced.strong_count() > 0);
        let former = self.by_name.insert(fleet.function.name.clone(), fleet)?;
        self.replaced.push(Arc::downgrade(&former));
        Some(former)
    }

    /// Returns all functions that may have processes: also those that were replaced and still have invocations.
    pub fn all(&self) -> Vec<Arc<Fleet>> {
        let replaced = self.replaced.iter().filter_map(Weak::upgrade);
        self.by_name.values().cloned().chain(replaced).collect()
    }
}
