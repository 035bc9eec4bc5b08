//! Finds the values in published data of which series are made. The rules are those of the board: a field of an object is a series,
//! and so is an item of a list of numbers.

use std::borrow::Cow;

use serde_json::value::RawValue;
use shared::bucket::{Scalar, is_number};
use shared::data::MESSAGE_FIELDS;
use shared::{Data, limits};

/// Returns the values in `data` with the paths of their fields, in the order in which they were sent. The path of data that is a
/// single value is empty, that of a field in an object is `disk.free`, and that of an item of a list of numbers is `load.0`.
///
/// The result is empty for a line of a log (a long text, or an object with a message) and for a table, and so is that of a list of
/// anything but numbers.
pub(crate) fn fields(data: &Data) -> Vec<(String, Scalar)> {
    let mut found = Vec::new();
    match data.fields() {
        Some(fields) if is_event(&fields) => {}
        Some(fields) => collect_fields(fields, "", limits::DATA_DEPTH - 1, &mut found),
        None => collect(data, String::new(), limits::DATA_DEPTH, &mut found),
    }
    found
}

/// Returns true if an object has a message, so that it is shown as a line of a log.
fn is_event(fields: &[(Cow<'_, str>, &RawValue)]) -> bool {
    fields.iter().any(|(name, value)| value.get().starts_with('"') && MESSAGE_FIELDS.contains(&name.as_ref()))
}

fn collect_fields(
    fields: Vec<(Cow<'_, str>, &RawValue)>,
    path: &str,
    depth: usize,
    found: &mut Vec<(String, Scalar)>,
) {
    for (name, value) in fields {
        collect(&Data::from_raw(value), joined(path, &name), depth, found);
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn collect(data: &Data, path: String, depth: usize, found: &mut Vec<(String, Scalar)>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(fields) = data.fields() {
        collect_fields(fields, &path, depth, found);
    } else if data.text().starts_with('[') {
        for (index, number) in numbers(data.text()).iter().enumerate() {
            collect(number, joined(&path, &index.to_string()), depth, found);
        }
    } else {
        found.extend(Scalar::of(data).map(|value| (path, value)));
    }
}

/// Returns the items of a list of numbers. The result is empty if an item is anything else.
fn numbers(list: &str) -> Vec<Data> {
    let items: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
    let items: Vec<Data> = items.into_iter().map(Data::from_raw).collect();
    if items.iter().all(is_number) { items } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(String, String)> {
        let fields = fields(&Data::parse(text).unwrap());
        fields.into_iter().map(|(name, value)| (name, value.data().text().to_owned())).collect()
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_single_value_has_an_empty_path_and_the_digits_that_were_sent() {
        assert_eq!(named("21.50"), pairs(&[("", "21.50")]));
        assert_eq!(named("\"open\""), pairs(&[("", "\"open\"")]));
        assert_eq!(named("true"), pairs(&[("", "true")]));
    }

    #[test]
    fn the_fields_of_an_object_have_paths_in_the_order_in_which_they_came() {
        assert_eq!(
            named(r#"{"z": 1, "disk": {"free": 2.0, "a\"b": null}, "load": [1.07, 0.84], "on": false}"#),
            pairs(&[
                ("z", "1"),
                ("disk.free", "2.0"),
                ("disk.a\"b", "null"),
                ("load.0", "1.07"),
                ("load.1", "0.84"),
                ("on", "false")
            ])
        );
        assert_eq!(named("[1, 2.5]"), pairs(&[("0", "1"), ("1", "2.5")]));
    }

    #[test]
    fn lines_of_a_log_and_tables_have_no_values() {
        let long = format!("\"{}\"", "x".repeat(41));
        for text in [&long, r#"{"msg": "started", "ms": 12}"#, r#"[{"a": 1}]"#, "[1, \"a\"]", "[]", "{}"] {
            assert_eq!(named(text), [], "{text}");
        }
    }
}
