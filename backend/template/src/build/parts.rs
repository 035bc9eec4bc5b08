//! Looks up the resources of API Gateway that belong together.

use crate::build::item::Item;
use crate::build::named::Named;
use crate::error::Error;

/// Resources of API Gateway, to look up those of one API.
pub(super) struct Parts<'a, 'b> {
    items: &'b [Item<'a>],
    pub named: &'b Named,
}

impl<'a, 'b> Parts<'a, 'b> {
    pub fn new(items: &'b [Item<'a>], named: &'b Named) -> Self {
        Self { items, named }
    }

    /// Returns the resources of a type that belong to the API with this identifier.
    pub fn of(&self, api: &str, kind: &str) -> Result<Vec<&'b Item<'a>>, Error> {
        let mut found = Vec::new();
        for item in self.items.iter().filter(|item| item.is(kind)) {
            if item.fields.required("ApiId", "!Ref API")? == api {
                found.push(item);
            }
        }
        Ok(found)
    }

    /// Returns the resource of a type that another resource of the same stack names by its identifier.
    pub fn named(&self, beside: &Item<'a>, kind: &str, id: &str) -> Option<&'b Item<'a>> {
        let is_beside = |item: &Item<'a>| std::ptr::eq(item.scope.stack, beside.scope.stack);
        self.items.iter().find(|item| item.is(kind) && item.resource.id == id && is_beside(item))
    }

    pub fn domains(&self) -> impl Iterator<Item = &'b Item<'a>> {
        self.items.iter().filter(|item| item.is("AWS::ApiGatewayV2::ApiMapping"))
    }
}
