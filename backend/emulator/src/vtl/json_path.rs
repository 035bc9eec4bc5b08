//! Paths in JSON: `$`, `$.name`, `$['name']` and `$.list[0]`.

use serde_json::Value;

/// Returns the value at a path. Expressions with wildcards or filters find nothing.
pub fn find<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut found = value;
    while !rest.is_empty() {
        let (step, after) = step(rest)?;
        found = match found {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            other => other.get(step)?,
        };
        rest = after;
    }
    Some(found)
}

/// Returns the first step of a path and what comes after it.
fn step(path: &str) -> Option<(&str, &str)> {
    if let Some(name) = path.strip_prefix('.') {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        return (end > 0).then(|| name.split_at(end));
    }
    let inner = path.strip_prefix('[')?;
    match inner.chars().next()? {
        mark @ ('\'' | '"') => {
            let (name, after) = inner[1..].split_once(mark)?;
            Some((name, after.strip_prefix(']')?))
        }
        _ => inner.split_once(']'),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_brackets_and_indices_are_steps() {
        let value = json!({"a": {"b c": [1, {"d": 2}]}});
        for (path, found) in [
            ("$", Some(value.clone())),
            ("$.a['b c'][0]", Some(json!(1))),
            ("$['a'][\"b c\"][1].d", Some(json!(2))),
            ("$.a.x", None),
            ("$..b", None),
            ("a", None),
        ] {
            assert_eq!(find(&value, path), found.as_ref(), "{path}");
        }
    }
}
