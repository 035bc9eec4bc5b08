//! The JSON Schema of board documents, made from [`super::fields`].

use serde_json::{Map, Value, json};

use super::fields::{BOARD, Object, Shape};
use crate::limits;

/// End of the description of a field that only later versions of the page apply.
const KEPT: &str = "It is kept, and has no effect in this version of the page.";

/// Returns the JSON Schema (draft 2020-12) of board documents. The file `docs/board.schema.json` contains it.
///
/// The schema allows fields that it does not describe, because documents of newer versions have such fields.
pub fn schema() -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "Tickertape board".into());
    schema.extend(of_object(&BOARD));
    Value::Object(schema)
}

fn of_object(object: &Object) -> Map<String, Value> {
    let properties = object.fields.iter().map(|field| {
        let mut schema = of_shape(&field.shape);
        // The description of a field replaces that of its type.
        let about = if field.is_applied { field.about.to_owned() } else { format!("{} {KEPT}", field.about) };
        schema.insert("description".into(), about.into());
        (field.name.to_owned(), Value::Object(schema))
    });
    let required: Vec<&str> =
        object.fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    let mut schema = fields(json!({
        "description": object.about,
        "type": "object",
        "properties": properties.collect::<Map<String, Value>>(),
    }));
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    if !object.one_of.is_empty() {
        let one = object.one_of.iter().map(|name| json!({"required": [name]}));
        schema.insert("oneOf".into(), one.collect());
    }
    schema
}

fn of_shape(shape: &Shape) -> Map<String, Value> {
    match shape {
        Shape::Object(object) => of_object(object),
        Shape::List(of, least, most) => {
            fields(json!({"type": "array", "items": of_shape(of), "minItems": least, "maxItems": most}))
        }
        Shape::Text(most_bytes) => fields(json!({"type": "string", "maxLength": most_bytes})),
        Shape::Topic => {
            let segments = limits::TOPIC_SEGMENTS - 1;
            let pattern = format!("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){{0,{segments}}}$");
            fields(json!({"type": "string", "pattern": pattern, "maxLength": limits::TOPIC_BYTES}))
        }
        Shape::Whole(least, most) => fields(json!({"type": "integer", "minimum": least, "maximum": most})),
        Shape::Number => fields(json!({"type": "number"})),
        Shape::Between(least, most) => fields(json!({"type": "number", "minimum": least, "maximum": most})),
        Shape::Flag => fields(json!({"type": "boolean"})),
        Shape::Word(words) => fields(json!({"enum": words})),
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
