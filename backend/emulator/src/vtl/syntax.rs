//! The parts of a template.

use serde_json::Value;

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Text(String),
    /// A reference, and the text that is printed if it has no value.
    Reference(Reference, String),
    /// `#set($name = value)`.
    Set(String, Expression),
    /// `#if`, `#elseif` with their conditions, and `#else`.
    If(Vec<(Expression, Vec<Node>)>, Vec<Node>),
    /// `#foreach($name in list)`.
    ForEach(String, Expression, Vec<Node>),
}

/// A variable with what follows its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    pub name: String,
    pub steps: Vec<Step>,
}

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Property(String),
    Method(String, Vec<Expression>),
    Index(Expression),
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    Literal(Value),
    /// Text in double quotes, in which references are replaced.
    Text(Vec<Node>),
    Reference(Reference),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    Range(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
