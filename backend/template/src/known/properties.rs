//! Looks up properties of the types that become part of the app.

use crate::known::table::Table;
use crate::known::tables::{api, lambda, sam, storage, web};

/// Treatment of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It becomes part of the app.
    Done,
    /// It means nothing on one machine, with the reason.
    Irrelevant(&'static str),
    /// It is not done, with the consequences.
    Missing(&'static str),
}

/// Returns the treatment of a property. `of` is a type or, for the properties inside of a property, the type, a dot
/// and the outer property. The result is `None` for a property that is not in the table.
pub(crate) fn property(of: &str, name: &str) -> Option<Known> {
    let table = table(of)?;
    let reason =
        |list: &[(&str, &'static str)]| list.iter().find(|(key, _)| *key == name).map(|(_, why)| *why);
    if table.done.contains(&name) {
        return Some(Known::Done);
    }
    reason(table.irrelevant).map(Known::Irrelevant).or_else(|| reason(table.missing).map(Known::Missing))
}

/// Returns true if the properties of `of` are in the table.
pub(crate) fn has_table(of: &str) -> bool {
    table(of).is_some()
}

fn tables() -> impl Iterator<Item = &'static Table> {
    [sam::TABLES, lambda::TABLES, storage::TABLES, api::TABLES, web::TABLES].into_iter().flatten()
}

/// Returns the table of `of`. Inside of their properties, both types of tables of DynamoDB are the same.
fn table(of: &str) -> Option<&'static Table> {
    let of = of.replace("AWS::DynamoDB::GlobalTable.", "AWS::DynamoDB::Table.");
    tables().find(|table| table.of == of)
}
