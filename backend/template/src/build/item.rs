//! A resource that becomes part of the app.

use crate::build::fields::Fields;
use crate::evaluate::Scope;
use crate::stack::Resource;

/// A resource that exists, with its evaluated properties.
pub(super) struct Item<'a> {
    pub scope: Scope<'a>,
    pub resource: &'a Resource,
    pub fields: Fields<'a>,
}

impl Item<'_> {
    pub fn is(&self, kind: &str) -> bool {
        self.resource.kind == kind
    }
}
