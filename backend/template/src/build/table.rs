//! `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable`.

use std::collections::BTreeMap;

use crate::app::{Index, KeySchema, Table};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::error::Error;
use crate::words;

const STREAMS: [&str; 4] = ["KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE"];

pub(super) fn read(item: &Item<'_>) -> Result<Table, Error> {
    let fields = &item.fields;
    let attributes = attributes(fields)?;
    let table = Table {
        name: item.scope.name(item.resource)?,
        logical_id: item.resource.id.clone(),
        arn: item.scope.arn(item.resource)?,
        key: key(fields, &attributes)?,
        global_indexes: indexes(fields, "GlobalSecondaryIndexes", &attributes)?,
        local_indexes: indexes(fields, "LocalSecondaryIndexes", &attributes)?,
        stream: stream(fields)?,
        ttl_attribute: ttl_attribute(fields)?,
        place: item.resource.place.clone(),
        attributes,
    };
    Ok(table)
}

fn attributes(fields: &Fields<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut attributes = BTreeMap::new();
    for attribute in fields.list("AttributeDefinitions")? {
        let name = attribute.required("AttributeName", "id")?;
        attribute.required("AttributeType", "S")?;
        let kind = attribute.choice("AttributeType", &["B", "N", "S"])?;
        attributes.insert(name, kind.unwrap_or_default());
    }
    Ok(attributes)
}

fn key(fields: &Fields<'_>, attributes: &BTreeMap<String, String>) -> Result<KeySchema, Error> {
    let (mut hash, mut range) = (None, None);
    for part in fields.list("KeySchema")? {
        let name = part.required("AttributeName", "id")?;
        part.required("KeyType", "HASH")?;
        if !attributes.contains_key(&name) {
            let problem = format!("the key attribute {name} has no type");
            let known = words::instead(&name, attributes.keys().map(String::as_str));
            let advice = format!("add it to `AttributeDefinitions` of the table, or {known}");
            return Err(Error::new(part.place_of("AttributeName"), problem, advice));
        }
        match part.choice("KeyType", &["HASH", "RANGE"])?.as_deref() {
            Some("HASH") => hash = Some(name),
            _ => range = Some(name),
        }
    }
    let Some(hash) = hash else {
        let problem = format!("{} has no attribute with the type HASH", fields.path_of("KeySchema"));
        let advice = "add `KeySchema: [{ AttributeName: id, KeyType: HASH }]`";
        return Err(Error::new(fields.place_of("KeySchema"), problem, advice));
    };
    Ok(KeySchema { hash, range })
}

fn indexes(
    fields: &Fields<'_>,
    name: &str,
    attributes: &BTreeMap<String, String>,
) -> Result<Vec<Index>, Error> {
    let index = |index: &Fields<'_>| {
        let projection = index.inner("Projection")?;
        let kind = projection.as_ref().map(|projection| projection.text("ProjectionType")).transpose()?;
        let included =
            projection.as_ref().map(|projection| projection.texts("NonKeyAttributes")).transpose()?;
        Ok(Index {
            name: index.required("IndexName", "by-user")?,
            key: key(index, attributes)?,
            projection: kind.flatten().unwrap_or_else(|| "ALL".to_owned()),
            attributes: included.unwrap_or_default(),
        })
    };
    fields.list(name)?.iter().map(index).collect()
}

fn stream(fields: &Fields<'_>) -> Result<Option<String>, Error> {
    let Some(stream) = fields.inner("StreamSpecification")? else { return Ok(None) };
    stream.required("StreamViewType", "NEW_AND_OLD_IMAGES")?;
    stream.choice("StreamViewType", &STREAMS)
}

fn ttl_attribute(fields: &Fields<'_>) -> Result<Option<String>, Error> {
    let Some(ttl) = fields.inner("TimeToLiveSpecification")? else { return Ok(None) };
    if !ttl.flag("Enabled", false)? {
        return Ok(None);
    }
    ttl.required("AttributeName", "expires").map(Some)
}
