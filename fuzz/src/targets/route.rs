//! Fuzzes the parser and the evaluation of API Gateway's route selection expressions.

use apigw_websocket::RouteSelection;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "route",
    words: &[
        "$request.body.action",
        "${request.body.a}",
        "\\$",
        "$request.body",
        "['a']",
        "[0]",
        ".",
        "\n",
        "{\"action\":\"x\"}",
    ],
    seeds: None,
    run,
};

/// Parses the first line as a route selection expression, and evaluates it on the rest of the input as a message.
/// Checks that an expression without variables evaluates to its own text.
fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let (expression, body) = text.split_once('\n').unwrap_or((&text, "{}"));
    match RouteSelection::parse(expression) {
        Ok(selection) => {
            let key = selection.evaluate(body);
            if !expression.contains(['$', '\\']) {
                assert_eq!(key.as_deref(), Some(expression));
            }
            signature((expression.matches('$').count(), key.map(|key| key.len().min(16))))
        }
        Err(error) => words_of(error),
    }
}
