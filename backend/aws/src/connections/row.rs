//! The rows of the connections table and their keys. A connection and its subscriptions share a partition. The
//! subscribers of a filter share another partition.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use backend_core::Principal;
use backend_core::ports::{Connection, ConnectionId};
use shared::{Filter, Millis};

use crate::item::{AttributeError, Item, number, read_number, read_optional_number, read_text, text};
use crate::tables::{TTL, ttl};

/// Name of the partition key of the connections table.
pub const PK: &str = "pk";
/// Name of the sort key of the connections table.
pub const SK: &str = "sk";
/// Sort key of the row that describes a connection. It sorts before the sort keys of the connection's subscriptions.
pub const OWN: &str = "#";
/// Attribute with the time from which reads ignore the row as expired, in milliseconds since the Unix epoch.
pub const EXPIRES_AT: &str = "expires_at";
/// Attribute with the number of subscriptions of a connection.
pub const SUBSCRIPTIONS: &str = "subscriptions";
/// Attribute with the time at which the connection was made, in milliseconds since the Unix epoch.
pub const CONNECTED_AT: &str = "connected_at";
/// Attribute with the name of the principal that has opened the connection.
pub const NAME: &str = "name";
/// Attribute with the filters that the principal may subscribe to.
pub const MAY_SUBSCRIBE: &str = "may_subscribe";
/// Attribute with the filters of the topics that the principal may publish to.
pub const MAY_PUBLISH: &str = "may_publish";
const MAY_FORGET: &str = "may_forget";
/// Attribute with the filters for the boards that the principal may save.
const MAY_EDIT: &str = "may_edit";
/// Attribute with the time at which the principal's token expires, in milliseconds since the Unix epoch. It is absent
/// if the token does not expire.
pub const TOKEN_EXPIRES_AT: &str = "token_expires_at";

const CONNECTION: &str = "C#";
const FILTER: &str = "F#";

/// Returns the partition key of a connection and its subscriptions.
pub fn partition(id: &ConnectionId) -> AttributeValue {
    text(format!("{CONNECTION}{id}"))
}

/// Returns the partition key of the subscribers of a filter.
pub fn subscribers_partition(filter: &Filter) -> AttributeValue {
    text(format!("{FILTER}{filter}"))
}

/// Returns the key of the row that describes a connection itself.
pub fn own_key(id: &ConnectionId) -> Item {
    Item::from([(PK.into(), partition(id)), (SK.into(), text(OWN))])
}

/// Returns the key of a subscription's row in the partition of the connection. This row lists the connection's filters.
pub fn subscription_key(id: &ConnectionId, filter: &Filter) -> Item {
    Item::from([(PK.into(), partition(id)), (SK.into(), text(format!("{FILTER}{filter}")))])
}

/// Returns the key of a subscription's row in the partition of the filter. By this row a publication finds its
/// subscribers.
pub fn subscriber_key(id: &ConnectionId, filter: &Filter) -> Item {
    Item::from([(PK.into(), subscribers_partition(filter)), (SK.into(), text(id.as_str()))])
}

/// Adds the attributes with which a row expires at `expires_at` to a row that so far consists only of its key.
pub fn ending(mut key: Item, expires_at: Millis) -> Item {
    key.extend([(EXPIRES_AT.into(), number(expires_at)), (TTL.into(), number(ttl(expires_at)))]);
    key
}

/// Returns the attributes of the row that describes a connection, without its key.
pub fn attributes(connection: &Connection) -> Item {
    let Connection { principal, connected_at, expires_at, .. } = connection;
    let mut item = ending(Item::new(), *expires_at);
    item.extend([
        (CONNECTED_AT.into(), number(connected_at)),
        (NAME.into(), text(&principal.name)),
        (MAY_SUBSCRIBE.into(), filters(&principal.subscribe)),
        (MAY_PUBLISH.into(), filters(&principal.publish)),
        (MAY_FORGET.into(), filters(&principal.forget)),
        (MAY_EDIT.into(), filters(&principal.edit)),
    ]);
    item.extend(principal.expires_at.map(|at| (TOKEN_EXPIRES_AT.into(), number(at))));
    item
}

/// Parses a connection from the row that describes it.
pub fn read(id: &ConnectionId, item: &Item) -> Result<Connection, AttributeError> {
    Ok(Connection {
        id: id.clone(),
        principal: Arc::new(Principal {
            name: read_text(item, NAME)?.into(),
            subscribe: read_filters(item, MAY_SUBSCRIBE)?,
            publish: read_filters(item, MAY_PUBLISH)?,
            // Rows that version 0.1.0 stored do not have these two attributes.
            forget: read_optional_filters(item, MAY_FORGET)?,
            edit: read_optional_filters(item, MAY_EDIT)?,
            expires_at: read_optional_number(item, TOKEN_EXPIRES_AT)?,
        }),
        connected_at: read_number(item, CONNECTED_AT)?,
        expires_at: expires_at(item)?,
    })
}

/// Returns the time from which reads ignore the row as expired, in milliseconds since the Unix epoch.
pub fn expires_at(item: &Item) -> Result<Millis, AttributeError> {
    read_number(item, EXPIRES_AT)
}

/// Returns the number of a connection's subscriptions, from the row that describes the connection.
pub fn subscriptions(item: &Item) -> Result<usize, AttributeError> {
    Ok(read_optional_number(item, SUBSCRIPTIONS)?.unwrap_or_default())
}

/// Returns the filter of a row in a connection's partition, or `None` for the row that describes the connection itself.
pub fn read_filter(item: &Item) -> Result<Option<Filter>, AttributeError> {
    let Some(filter) = read_text(item, SK)?.strip_prefix(FILTER) else { return Ok(None) };
    Filter::new(filter).map(Some).map_err(|error| AttributeError::new(SK, error))
}

/// Returns the id of a connection from the row that describes it.
pub fn read_id(item: &Item) -> Result<ConnectionId, AttributeError> {
    let id = read_text(item, PK)?.strip_prefix(CONNECTION);
    id.map(ConnectionId::new).ok_or_else(|| AttributeError::new(PK, "it does not name a connection"))
}

/// Returns the id of the subscribed connection from a row in a filter's partition.
pub fn read_subscriber(item: &Item) -> Result<ConnectionId, AttributeError> {
    read_text(item, SK).map(ConnectionId::new)
}

fn filters(filters: &[Filter]) -> AttributeValue {
    AttributeValue::L(filters.iter().map(|filter| text(filter.to_string())).collect())
}

/// Reads a list of filters that may be missing, because an older version wrote the row.
fn read_optional_filters(item: &Item, name: &str) -> Result<Vec<Filter>, AttributeError> {
    if item.contains_key(name) { read_filters(item, name) } else { Ok(Vec::new()) }
}

fn read_filters(item: &Item, name: &str) -> Result<Vec<Filter>, AttributeError> {
    let list = item.get(name).and_then(|value| value.as_l().ok());
    let list = list.ok_or_else(|| AttributeError::new(name, "it is not a list"))?;
    let filter = |value: &AttributeValue| {
        let text = value
            .as_s()
            .map_err(|_| AttributeError::new(name, "it contains a value that is not a string"))?;
        Filter::new(text).map_err(|error| AttributeError::new(name, error))
    };
    list.iter().map(filter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(expires_at: Option<Millis>) -> Connection {
        Connection {
            id: ConnectionId::new("XDmENcnwIE0CFEQ="),
            principal: Arc::new(Principal {
                name: "agent".into(),
                subscribe: vec![Filter::All, Filter::new("host/*").unwrap()],
                publish: vec![],
                forget: vec![Filter::All],
                edit: vec![Filter::new("shop").unwrap()],
                expires_at,
            }),
            connected_at: 1_000,
            expires_at: 2_999,
        }
    }

    #[test]
    fn a_connection_is_read_back_from_its_row() {
        for written in [connection(None), connection(Some(7))] {
            let mut item = own_key(&written.id);
            item.extend(attributes(&written));
            assert_eq!(read(&written.id, &item), Ok(written.clone()));
            assert_eq!(read_id(&item), Ok(written.id));
            assert_eq!(read_filter(&item), Ok(None));
            assert_eq!(subscriptions(&item), Ok(0));
        }
    }

    #[test]
    fn a_subscription_is_found_from_both_ends() {
        let (id, filter) = (ConnectionId::new("a="), Filter::new("host/*").unwrap());
        assert_eq!(read_filter(&subscription_key(&id, &filter)), Ok(Some(filter.clone())));
        assert_eq!(read_subscriber(&subscriber_key(&id, &filter)), Ok(id));
    }

    #[test]
    fn a_row_is_not_deleted_before_it_expires() {
        assert_eq!(ttl(2_999), 3);
        assert_eq!(ttl(3_000), 4);
    }

    #[test]
    fn a_damaged_row_is_an_error() {
        let written = connection(None);
        for name in [NAME, MAY_SUBSCRIBE, MAY_PUBLISH, CONNECTED_AT, EXPIRES_AT] {
            let mut item = attributes(&written);
            item.remove(name);
            assert!(read(&written.id, &item).is_err(), "{name}");
        }
    }
}
