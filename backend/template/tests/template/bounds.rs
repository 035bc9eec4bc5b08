//! Documents that would take too much time, memory or stack end with an error.

use crate::support::{app, mistake, read_file, serverless};

const QUEUE: &str = "\nResources: { Jobs: { Type: AWS::SQS::Queue } }\n";

#[test]
fn values_that_are_too_deep_are_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let text = format!("Description: {}{}", open.repeat(10_000), close.repeat(10_000));
        let message = mistake(&text);
        let is_told = message.contains("more than 100 values are inside of each other here")
            || message.contains("recursion limit exceeded");
        assert!(is_told, "{message}");
    }
    let levels: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let message = mistake(&levels);
    assert!(message.contains("more than 100 values are inside of each other here"), "{message}");
}

#[test]
fn ninety_levels_are_read() {
    let text = format!("Metadata: {}{}{QUEUE}", "[".repeat(90), "]".repeat(90));
    assert_eq!(app(&text).queues.len(), 1);
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text = "Metadata:\n  a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        text += &format!("  a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
    }
    let message = mistake(&text);
    assert!(message.contains("the document has more than 200000 values"), "{message}");
}

#[test]
fn aliases_that_nest_are_refused() {
    let mut text = "Metadata:\n  a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        text += &format!("  a{level}: &a{level} [*a{}]\n", level - 1);
    }
    let message = mistake(&text);
    assert!(message.contains("more than 100 values are inside of each other here"), "{message}");
}

#[test]
fn an_alias_inside_of_its_own_value_is_refused() {
    let message = mistake("Metadata: &a [*a]");
    assert!(message.starts_with("template.yaml:1:15: "), "{message}");
}

#[test]
fn texts_that_multiply_are_refused() {
    let mut value = "xxxxxxxxxxxxxxxx".to_owned();
    for _ in 0..40 {
        value = format!("!Sub ['${{a}}${{a}}', {{ a: {value} }}]");
    }
    let message = mistake(&format!("{QUEUE}Outputs: {{ A: {{ Value: {value} }} }}"));
    assert!(message.contains("the functions of the template produce too much text"), "{message}");
}

#[test]
fn conditions_that_multiply_are_refused() {
    let mut text = format!("{QUEUE}Conditions:\n  C0: !Equals [a, b]\n");
    for level in 1..60 {
        text += &format!("  C{level}: !Or [!Condition C{0}, !Condition C{0}]\n", level - 1);
    }
    text += "Outputs: { A: { Value: x, Condition: C59 } }\n";
    let message = mistake(&text);
    assert!(message.contains("the functions of the template produce too much"), "{message}");
}

#[test]
fn conditions_in_a_long_chain_are_refused_without_an_overflow() {
    let mut text = format!("{QUEUE}Conditions:\n  C0: !Equals [a, b]\n");
    for level in 1..5_000 {
        text += &format!("  C{level}: !Not [!Condition C{}]\n", level - 1);
    }
    text += "Outputs: { A: { Value: x, Condition: C4999 } }\n";
    let message = mistake(&text);
    assert!(message.contains("more than 200 functions and references are inside of each other"), "{message}");
}

#[test]
fn variables_that_multiply_or_nest_are_refused() {
    let service = "service: a\nprovider: { name: aws }\ncustom:\n  a0: xxxxxxxxxxxxxxxx\n";
    let chain = |levels: usize, twice: bool| {
        let one = |level: usize| format!("${{self:custom.a{}}}", level - 1);
        let value = |level| if twice { one(level) + &one(level) } else { one(level) };
        let levels = (1..levels).map(|level| format!("  a{level}: '{}'\n", value(level)));
        format!("{service}{}", levels.collect::<String>())
    };
    for (text, words) in [
        (chain(40, true), "the variables of the document produce too much text"),
        (chain(1_000, false), "more than 150 values and variables are inside of each other"),
    ] {
        let error = read_file("serverless.yml", &text, &serverless_app::Settings::default()).unwrap_err();
        assert!(error.problem.contains(words), "{error}");
    }
    assert_eq!(serverless(&chain(40, false)).functions, []);
}

#[test]
fn a_large_document_is_refused() {
    let message = mistake(&" ".repeat(9 << 20));
    assert!(message.ends_with("at most 8388608 are read: divide it into several stacks"), "{message}");
}
