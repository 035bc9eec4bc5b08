//! A table of properties, and reasons that several tables have.

/// Properties of one type, or of one property of a type that is a map.
pub(super) struct Table {
    /// Type, such as `AWS::SQS::Queue`, and the property inside of it, if any.
    pub of: &'static str,
    pub done: &'static [&'static str],
    pub irrelevant: &'static [(&'static str, &'static str)],
    pub missing: &'static [(&'static str, &'static str)],
}

pub(super) const LABEL: &str = "it describes the resource";
pub(super) const PERMISSION: &str = "permissions are not checked on one machine";
pub(super) const ENCRYPTION: &str = "nothing is encrypted with keys of an account here";
