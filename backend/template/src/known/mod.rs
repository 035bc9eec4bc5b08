//! Tables of the resource types and properties of CloudFormation that this crate knows.

mod properties;
mod table;
mod tables;
mod types;

pub(crate) use properties::{Known, has_table, property};
pub(crate) use types::{attributes, consequence, irrelevance, is_done, similar_types};
