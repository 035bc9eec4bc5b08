//! Keeps the digits of published numbers as they were sent. A parsed number no longer has them: `21.50` becomes 21.5.

use std::cell::Cell;

use serde_json::{Number, Value};

/// The digits of every number in one publication, as they were sent.
///
/// A parsed JSON value keeps the order in which its numbers were sent. So the first number in the value has the
/// digits of the first number in the text, and so on. The default contains no digits, and every number is then
/// written with the fewest digits that are read back as that number.
#[derive(Clone, Debug, Default)]
pub struct Digits<'a> {
    /// The address of each number in the parsed value, in the order in which they were sent, and the digits of the number.
    numbers: Vec<(*const Number, &'a str)>,
    /// Index after the number that was found last. Numbers are read in about the order in which they were sent.
    next: Cell<usize>,
}

impl<'a> Digits<'a> {
    /// Finds the digits of all numbers in `value`, which was parsed from the JSON text `text`.
    pub fn of(value: &Value, text: &'a str) -> Self {
        let mut found = Vec::new();
        collect(value, &mut found);
        let tokens = tokens(text);
        // The counts differ only if the value was not parsed from this text.
        if found.len() != tokens.len() {
            return Self::default();
        }
        Self { numbers: found.into_iter().zip(tokens).collect(), next: Cell::new(0) }
    }

    /// Returns the digits of `number` as they were sent. `number` must be a part of the parsed value.
    pub fn sent(&self, number: &Number) -> String {
        let (earlier, later) = self.numbers.split_at(self.next.get().min(self.numbers.len()));
        let mut known = later.iter().chain(earlier);
        match known.position(|(known, _)| std::ptr::eq(*known, number)) {
            Some(distance) => {
                let index = (self.next.get() + distance) % self.numbers.len();
                self.next.set(index + 1);
                self.numbers[index].1.to_owned()
            }
            None => number.to_string(),
        }
    }

    /// Returns the JSON text of `value`, which is a part of the parsed publication, with the digits of its numbers as
    /// they were sent.
    pub fn json(&self, value: &Value) -> String {
        match value {
            Value::Number(number) => self.sent(number),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.json(item)).collect();
                format!("[{}]", items.join(","))
            }
            Value::Object(fields) => {
                let field =
                    |(name, value): (&String, &Value)| format!("{}:{}", quoted(name), self.json(value));
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
            }
            Value::String(text) => quoted(text),
            // Not written by serde_json, because the code that writes any value would make the page larger.
            Value::Bool(value) => value.to_string(),
            Value::Null => "null".to_owned(),
        }
    }
}

/// Returns a text as a JSON string.
fn quoted(text: &str) -> String {
    // An error is impossible for a string.
    serde_json::to_string(text).unwrap_or_default()
}

fn collect(value: &Value, found: &mut Vec<*const Number>) {
    match value {
        Value::Number(number) => found.push(number),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Returns the numbers in a JSON text, in their order. Digits inside strings are not numbers.
fn tokens(text: &str) -> Vec<&str> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    let (bytes, mut at, mut found) = (text.as_bytes(), 0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_string(bytes, at + 1),
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
                found.push(&text[at..at + length]);
                at += length;
            }
            _ => at += 1,
        }
    }
    found
}

/// Returns the index after the quote that ends a string. The first byte of the string has the index `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn sent(text: &str, pointer: &str) -> String {
        let value: Value = serde_json::from_str(text).unwrap();
        let Some(Value::Number(number)) = value.pointer(pointer) else { panic!("no number at {pointer}") };
        Digits::of(&value, text).sent(number)
    }

    #[test]
    fn every_number_has_the_digits_with_which_it_was_sent() {
        let text = r#"{"a \" 7": [1.50, {"b": -0.0}], "c": "8 9", "d": 12345678901234567890, "e": 1E+2}"#;
        assert_eq!(sent(text, "/a \" 7/0"), "1.50");
        assert_eq!(sent(text, "/a \" 7/1/b"), "-0.0");
        assert_eq!(sent(text, "/d"), "12345678901234567890");
        assert_eq!(sent(text, "/e"), "1E+2");
        assert_eq!(sent("1.08370", ""), "1.08370");
    }

    #[test]
    fn json_of_a_part_has_the_digits_that_were_sent() {
        let text = r#"{"a": {"b \"": [1.50, null, "x"], "c": 1E+2}}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Digits::of(&value, text).json(&value["a"]), r#"{"b \"":[1.50,null,"x"],"c":1E+2}"#);
    }

    #[test]
    fn a_value_without_its_text_has_the_shortest_digits() {
        let value = Value::from(21.5);
        let Value::Number(number) = &value else { panic!("no number") };
        assert_eq!(Digits::default().sent(number), "21.5");
        assert_eq!(Digits::of(&value, "[1, 2]").sent(number), "21.5");
    }
}
