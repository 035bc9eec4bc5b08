//! The one conversion between Lambda events and the types of backend-core.
