//! The logical ids that the Serverless Framework gives to its resources (`lib/plugins/aws/lib/naming.js`).

/// Returns the name of a function or a layer as a part of logical ids: the first letter is large, and signs are words.
pub(super) fn normalized(name: &str) -> String {
    let words = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns the logical id of a function.
pub(super) fn function(name: &str) -> String {
    format!("{}LambdaFunction", normalized(name))
}

/// Returns the logical id of a layer.
pub(super) fn layer(name: &str) -> String {
    format!("{}LambdaLayer", normalized(name))
}

/// Returns a route key as a part of logical ids. Different keys have different results.
pub(super) fn route(key: &str) -> String {
    let word = |letter: char| match letter {
        '$' => "S".to_owned(),
        letter if letter.is_ascii_alphanumeric() => letter.to_string(),
        other => format!("x{:x}", u32::from(other)),
    };
    key.chars().map(word).collect()
}
