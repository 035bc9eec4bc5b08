//! Choices of the person who runs the app.

use std::collections::BTreeMap;

use crate::surroundings::Surroundings;

/// Choices of the person who runs the app. The default has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Values of parameters of templates (`--param`), and of `${param:}` and `${opt:}` in serverless.yml.
    pub parameters: BTreeMap<String, String>,
    /// Stage of a serverless.yml (`${opt:stage}`).
    pub stage: Option<String>,
    /// Environment variables that `${env:}` in serverless.yml may read.
    pub environment: BTreeMap<String, String>,
    /// Account and region.
    pub surroundings: Surroundings,
}
