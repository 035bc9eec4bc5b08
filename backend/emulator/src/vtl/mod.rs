//! Mapping templates of API Gateway: the part of Velocity's language that they are written in ("API Gateway mapping template and
//! access logging variable reference").
//!
//! Done are references, `#set`, `#if`, `#foreach`, comments, expressions, `$input`, `$context`, `$stageVariables` and `$util`, and the
//! usual methods of text, lists and maps. Macros and patterns of `replaceAll` beyond plain text are not. An unknown method of a value
//! is an error. Pure: a template and its input are arguments.

mod cursor;
mod error;
mod evaluate;
mod expression;
mod input;
mod json_path;
mod methods;
mod parse;
mod print;
mod syntax;
mod util;

pub use error::TemplateError;
pub use input::Input;

/// Evaluates a template.
///
/// # Errors
///
/// [`TemplateError`] if the template is malformed, uses what is not done, or repeats too often.
pub fn render(template: &str, input: &Input<'_>) -> Result<String, TemplateError> {
    evaluate::render(&parse::template(template)?, input)
}

#[cfg(test)]
mod tests;
