//! Properties of each type, a file for each service.

pub(super) mod api;
pub(super) mod lambda;
pub(super) mod sam;
pub(super) mod storage;
pub(super) mod web;
