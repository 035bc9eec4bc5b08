//! A signal or a computed value.

use std::marker::PhantomData;

use leptos::prelude::{ReadUntracked as _, Track as _};

use super::content::value;
use super::{Memo, RwSignal, memo, rw};

/// A value whose changes are followed, wherever it comes from.
pub struct Signal<T> {
    node: Node,
    value: PhantomData<fn() -> T>,
}

#[derive(Clone, Copy)]
enum Node {
    Rw(rw::Node),
    Memo(memo::Node),
}

impl<T> Copy for Signal<T> {}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// Creates a value that does not change.
    pub fn stored(value: T) -> Self {
        RwSignal::new(value).into()
    }

    /// Follows the changes of the value, without reading it.
    pub fn track(self) {
        match self.node {
            Node::Rw(node) => node.track(),
            Node::Memo(node) => node.track(),
        }
    }

    /// Returns a copy of the value, and follows its changes.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Returns a copy of the value.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// Reads the value, and follows its changes.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        self.track();
        self.with_untracked(read)
    }

    /// Reads the value.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        match self.node {
            Node::Rw(node) => read(value(&node.read_untracked())),
            Node::Memo(node) => read(value(&node.read_untracked())),
        }
    }
}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self { node: Node::Rw(signal.node), value: PhantomData }
    }
}

impl<T> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self { node: Node::Memo(memo.node), value: PhantomData }
    }
}
