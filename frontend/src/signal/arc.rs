//! A signal that exists as long as anybody refers to it.

use std::marker::PhantomData;

use leptos::prelude::{self, Notify as _, Read as _, ReadUntracked as _, Set as _, Track as _, Write as _};

use super::content::{Content, value, value_mut};

/// A value whose changes are followed. It exists as long as a copy of the signal.
pub struct ArcRwSignal<T> {
    pub(super) node: prelude::ArcRwSignal<Content>,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self { node: self.node.clone(), value: PhantomData }
    }
}

impl<T> PartialEq for ArcRwSignal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Send + Sync + 'static> ArcRwSignal<T> {
    /// Creates a signal with its first value.
    pub fn new(value: T) -> Self {
        Self { node: prelude::ArcRwSignal::new(Box::new(value)), value: PhantomData }
    }

    /// Follows the changes of the value, without reading it.
    pub fn track(&self) {
        self.node.track();
    }

    /// Tells all that follow the value that it has changed.
    pub fn notify(&self) {
        self.node.notify();
    }

    /// Returns a copy of the value, and follows its changes.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Returns a copy of the value.
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Reads the value, and follows its changes.
    pub fn with<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(value(&self.node.read()))
    }

    /// Reads the value.
    pub fn with_untracked<U>(&self, read: impl FnOnce(&T) -> U) -> U {
        read(value(&self.node.read_untracked()))
    }

    /// Replaces the value.
    pub fn set(&self, new: T) {
        self.node.set(Box::new(new));
    }

    /// Changes the value, and tells nobody. Returns the result of the change; `None` if the value is being read.
    pub fn try_update_untracked<U>(&self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let mut content = self.node.try_write_untracked()?;
        Some(change(value_mut(&mut content)))
    }
}

impl<T: Default + Send + Sync + 'static> Default for ArcRwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
