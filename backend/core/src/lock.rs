//! Locks that stay usable after a panic of a thread that held them.
//!
//! The standard library marks such a lock as poisoned. The functions here ignore that mark: every change that this
//! workspace makes under a lock is a single step, so that the value is consistent even after a panic, and the server
//! can go on serving its other clients.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Locks `mutex`, even if it is poisoned.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks `value` for reading, even if the lock is poisoned.
pub fn read<T>(value: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    value.read().unwrap_or_else(PoisonError::into_inner)
}

/// Locks `value` for writing, even if the lock is poisoned.
pub fn write<T>(value: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    value.write().unwrap_or_else(PoisonError::into_inner)
}
