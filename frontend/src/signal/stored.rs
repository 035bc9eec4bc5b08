//! A value that nobody follows.

use std::any::Any;
use std::marker::PhantomData;

use leptos::prelude::{self, LocalStorage, ReadValue as _, WriteValue as _};

use super::content::OTHER;

/// A value of any type. It needs not be sendable, because the page has one thread.
type Node = prelude::StoredValue<Box<dyn Any>, LocalStorage>;

/// A value whose changes nobody follows. It is dropped together with the part of the page that has created it.
pub struct StoredValue<T> {
    node: Node,
    value: PhantomData<fn() -> T>,
}

impl<T> Copy for StoredValue<T> {}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> StoredValue<T> {
    /// Keeps a value.
    pub fn new(value: T) -> Self {
        Self { node: Node::new_local(Box::new(value)), value: PhantomData }
    }

    /// Returns a copy of the value.
    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Reads the value.
    pub fn with_value<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(value(&**self.node.read_value()))
    }

    /// Reads the value; returns `None` if it was dropped.
    pub fn try_with_value<U>(self, read: impl FnOnce(&T) -> U) -> Option<U> {
        let content = self.node.try_read_value()?;
        Some(read(value(&**content)))
    }

    /// Replaces the value. If it was dropped, nothing happens.
    pub fn set_value(self, new: T) {
        self.update_value(|value| *value = new);
    }

    /// Changes the value. If it was dropped, nothing happens.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        let _changed = self.try_update_value(change);
    }

    /// Changes the value, and returns the result of the change; `None` if the value was dropped.
    pub fn try_update_value<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let mut content = self.node.try_write_value()?;
        Some(change((**content).downcast_mut().expect(OTHER)))
    }
}

impl<T: Default + 'static> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

fn value<T: 'static>(content: &dyn Any) -> &T {
    content.downcast_ref().expect(OTHER)
}
