//! A signal that can be written.

use std::marker::PhantomData;

use leptos::prelude::{self, Notify as _, Read as _, ReadUntracked as _, Track as _, Write as _};

use super::arc::ArcRwSignal;
use super::content::{Content, value, value_mut};

pub(super) type Node = prelude::RwSignal<Content>;

/// A value whose changes are followed. It is dropped together with the part of the page that has created it.
pub struct RwSignal<T> {
    pub(super) node: Node,
    value: PhantomData<fn() -> T>,
}

impl<T> Copy for RwSignal<T> {}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// Creates a signal with its first value.
    pub fn new(value: T) -> Self {
        Self::of(Node::new(Box::new(value)))
    }

    fn of(node: Node) -> Self {
        Self { node, value: PhantomData }
    }

    /// Follows the changes of the value, without reading it.
    pub fn track(self) {
        self.node.track();
    }

    /// Tells all that follow the value that it has changed.
    pub fn notify(self) {
        self.node.notify();
    }

    /// Returns a copy of the value, and follows its changes.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        value::<T>(&self.node.read()).clone()
    }

    /// Returns a copy of the value.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        value::<T>(&self.node.read_untracked()).clone()
    }

    /// Reads the value, and follows its changes.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(value(&self.node.read()))
    }

    /// Reads the value.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(value(&self.node.read_untracked()))
    }

    /// Replaces the value. If it was dropped, nothing happens.
    pub fn set(self, new: T) {
        let _set = self.try_set(new);
    }

    /// Replaces the value. Returns the new value if the old one was dropped.
    pub fn try_set(self, new: T) -> Option<T> {
        let Some(mut content) = self.node.try_write() else { return Some(new) };
        *value_mut(&mut content) = new;
        None
    }

    /// Changes the value. If it was dropped, nothing happens.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let _changed = self.try_update(change);
    }

    /// Changes the value, and returns the result of the change; `None` if the value was dropped.
    pub fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let mut content = self.node.try_write()?;
        Some(change(value_mut(&mut content)))
    }

    /// Changes the value, and tells nobody.
    pub fn update_untracked(self, change: impl FnOnce(&mut T)) {
        if let Some(mut content) = self.node.try_write_untracked() {
            change(value_mut(&mut content));
        }
    }
}

impl<T: Default + Send + Sync + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Send + Sync + 'static> From<ArcRwSignal<T>> for RwSignal<T> {
    fn from(signal: ArcRwSignal<T>) -> Self {
        Self::of(signal.node.into())
    }
}
