//! A value that is computed of others.

use std::marker::PhantomData;

use leptos::prelude::{self, Read as _, ReadUntracked as _, Track as _};

use super::content::{Content, value};

pub(super) type Node = prelude::Memo<Content>;

/// Computes a value from the one before.
type Compute = Box<dyn Fn(Option<&Content>) -> Content + Send + Sync>;

/// Compares the value before with the new one.
type IsChanged = fn(&Content, &Content) -> bool;

/// A value that is computed again when a signal that its function reads has changed. Who follows it is told only if the value is another
/// one then.
pub struct Memo<T> {
    pub(super) node: Node,
    value: PhantomData<fn() -> T>,
}

impl<T> Copy for Memo<T> {}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Memo<T> {
    /// Creates a value that `compute` computes from the value before, if there is one.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        Self::of(compute, is_other::<T>)
    }

    /// Creates a value that `compute` computes from the value before. It has always changed when it was computed, so that it is never
    /// compared.
    pub fn new_each_time(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        Self::of(compute, |_, _| true)
    }

    fn of(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static, is_changed: IsChanged) -> Self {
        let compute: Compute = Box::new(move |before| Box::new(compute(before.map(value))));
        Self { node: node(compute, is_changed), value: PhantomData }
    }

    /// Follows the changes of the value, without reading it.
    pub fn track(self) {
        self.node.track();
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
}

fn is_other<T: PartialEq + 'static>(before: &Content, now: &Content) -> bool {
    value::<T>(before) != value::<T>(now)
}

/// Creates the node of a memo. This function is not generic, so that its code is in the page once.
fn node(compute: Compute, is_changed: IsChanged) -> Node {
    Node::new_owning(move |before| {
        let now = compute(before.as_ref());
        let is_changed = before.is_none_or(|before| is_changed(&before, &now));
        (now, is_changed)
    })
}
