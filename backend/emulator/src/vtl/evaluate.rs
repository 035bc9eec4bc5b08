//! Evaluates templates that were read.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::error::TemplateError;
use super::input::Input;
use super::print::printed;
use super::syntax::{Expression, Node, Operator, Reference, Step};
use super::{methods, util};

/// Maximum number of repetitions of all loops of a template together. API Gateway: 1,000 for each loop.
const REPETITIONS: usize = 10_000;
/// Maximum size of the output, in bytes. API Gateway: 300 KB for a template, and 128 KB for a message.
const OUTPUT_BYTES: usize = 1024 * 1024;

/// Evaluates the parts of a template.
pub fn render(nodes: &[Node], input: &Input<'_>) -> Result<String, TemplateError> {
    let mut evaluation = Evaluation { input, variables: BTreeMap::new(), repetitions: 0 };
    let mut output = String::new();
    evaluation.nodes(nodes, &mut output)?;
    Ok(output)
}

struct Evaluation<'a> {
    input: &'a Input<'a>,
    variables: BTreeMap<String, Value>,
    repetitions: usize,
}

impl Evaluation<'_> {
    fn nodes(&mut self, nodes: &[Node], output: &mut String) -> Result<(), TemplateError> {
        for node in nodes {
            self.node(node, output)?;
            if output.len() > OUTPUT_BYTES {
                return Err(TemplateError::new(format!("its output has more than {OUTPUT_BYTES} bytes")));
            }
        }
        Ok(())
    }

    fn node(&mut self, node: &Node, output: &mut String) -> Result<(), TemplateError> {
        match node {
            Node::Text(text) => output.push_str(text),
            Node::Reference(reference, source) => match self.reference(reference)? {
                // A variable that was never set stays as it is written.
                Value::Null if !self.is_known(&reference.name) => output.push_str(source),
                value => output.push_str(&printed(&value)),
            },
            Node::Set(name, value) => {
                let value = self.value(value)?;
                self.variables.insert(name.clone(), value);
            }
            Node::If(cases, otherwise) => {
                for (condition, then) in cases {
                    let value = self.value(condition)?;
                    if is_true(&value) {
                        return self.nodes(then, output);
                    }
                }
                self.nodes(otherwise, output)?;
            }
            Node::ForEach(name, list, body) => self.for_each(name, list, body, output)?,
        }
        Ok(())
    }

    fn for_each(
        &mut self,
        name: &str,
        list: &Expression,
        body: &[Node],
        output: &mut String,
    ) -> Result<(), TemplateError> {
        let items = match self.value(list)? {
            Value::Array(items) => items,
            Value::Object(fields) => fields.into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        let before = [name, "foreach", "velocityCount"].map(|name| self.variables.remove(name));
        let last = items.len();
        for (index, item) in items.into_iter().enumerate() {
            self.repetitions += 1;
            if self.repetitions > REPETITIONS {
                return Err(TemplateError::new(format!("its loops repeat more than {REPETITIONS} times")));
            }
            let (count, has_next) = (index + 1, index + 1 < last);
            let state = serde_json::json!({"index": index, "count": count, "hasNext": has_next, "first": index == 0, "last": !has_next});
            self.variables.insert(name.to_owned(), item);
            self.variables.insert("foreach".to_owned(), state);
            self.variables.insert("velocityCount".to_owned(), count.into());
            self.nodes(body, output)?;
        }
        for (name, value) in [name, "foreach", "velocityCount"].into_iter().zip(before) {
            match value {
                Some(value) => drop(self.variables.insert(name.to_owned(), value)),
                None => drop(self.variables.remove(name)),
            }
        }
        Ok(())
    }

    fn is_known(&self, name: &str) -> bool {
        matches!(name, "input" | "context" | "stageVariables" | "util") || self.variables.contains_key(name)
    }

    fn reference(&mut self, reference: &Reference) -> Result<Value, TemplateError> {
        let Reference { name, steps } = reference;
        let (mut value, steps) = match (name.as_str(), steps.as_slice()) {
            ("input", [first, rest @ ..]) => (self.of_input(first)?, rest),
            ("util", [Step::Method(function, arguments), rest @ ..]) => {
                let arguments = self.values(arguments)?;
                (util::call(function, &arguments.first().map(printed).unwrap_or_default())?, rest)
            }
            (name, steps) => {
                let own = self.variables.get(name).cloned();
                (own.or_else(|| self.input.variables(name)).unwrap_or_default(), steps)
            }
        };
        for (index, step) in steps.iter().enumerate() {
            let next = self.step(&mut value, step)?;
            // `add` and `put` change the variable itself.
            if index == 0
                && let (Step::Method(..), Some(variable)) = (step, self.variables.get_mut(name))
            {
                variable.clone_from(&value);
            }
            value = next;
        }
        Ok(value)
    }

    fn of_input(&mut self, step: &Step) -> Result<Value, TemplateError> {
        let (name, arguments) = match step {
            Step::Property(name) => (name.as_str(), Vec::new()),
            Step::Method(name, arguments) => (name.as_str(), self.values(arguments)?),
            Step::Index(_) => ("[]", Vec::new()),
        };
        let first = arguments.first().map(printed);
        match (name, first) {
            ("body", None) => Ok(self.input.body.into()),
            ("json", Some(path)) => Ok(self.input.json(&path).into()),
            ("path", Some(path)) => Ok(self.input.path(&path)),
            ("params", None) => Ok(self.input.parameters()),
            ("params", Some(name)) => Ok(self.input.parameter(&name)),
            _ => Err(TemplateError::new(format!("$input.{name} is not done"))),
        }
    }

    fn step(&mut self, value: &mut Value, step: &Step) -> Result<Value, TemplateError> {
        match step {
            Step::Property(name) => Ok(value.get(name).cloned().unwrap_or_default()),
            Step::Method(name, arguments) => {
                let arguments = self.values(arguments)?;
                methods::call(value, name, &arguments)
            }
            Step::Index(index) => {
                let index = self.value(index)?;
                let at = index.as_u64().and_then(|number| usize::try_from(number).ok());
                let item = at.and_then(|at| value.get(at)).or_else(|| value.get(printed(&index)));
                Ok(item.cloned().unwrap_or_default())
            }
        }
    }

    fn values(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, TemplateError> {
        expressions.iter().map(|expression| self.value(expression)).collect()
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, TemplateError> {
        Ok(match expression {
            Expression::Literal(value) => value.clone(),
            Expression::Text(nodes) => {
                let mut text = String::new();
                self.nodes(nodes, &mut text)?;
                text.into()
            }
            Expression::Reference(reference) => self.reference(reference)?,
            Expression::List(items) => self.values(items)?.into(),
            Expression::Map(entries) => {
                let mut fields = serde_json::Map::new();
                for (key, value) in entries {
                    fields.insert(printed(&self.value(key)?), self.value(value)?);
                }
                fields.into()
            }
            Expression::Range(first, last) => range(&self.value(first)?, &self.value(last)?)?,
            Expression::Not(inner) => (!is_true(&self.value(inner)?)).into(),
            Expression::Binary(operator, left, right) => {
                let left = self.value(left)?;
                match (operator, is_true(&left)) {
                    (Operator::Or, true) => true.into(),
                    (Operator::And, false) => false.into(),
                    _ => binary(*operator, &left, &self.value(right)?)?,
                }
            }
        })
    }
}

/// Returns false for `false` and for what is missing.
fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn range(first: &Value, last: &Value) -> Result<Value, TemplateError> {
    let (Some(first), Some(last)) = (first.as_i64(), last.as_i64()) else {
        return Err(TemplateError::new("a range needs two whole numbers"));
    };
    if first.abs_diff(last) > REPETITIONS as u64 {
        return Err(TemplateError::new(format!("a range has more than {REPETITIONS} numbers")));
    }
    Ok(match first <= last {
        true => (first..=last).map(Value::from).collect(),
        false => (last..=first).rev().map(Value::from).collect(),
    })
}

fn binary(operator: Operator, left: &Value, right: &Value) -> Result<Value, TemplateError> {
    let ordered = || left.as_f64().zip(right.as_f64());
    Ok(match operator {
        Operator::Or | Operator::And => is_true(right).into(),
        Operator::Equal => are_equal(left, right).into(),
        Operator::NotEqual => (!are_equal(left, right)).into(),
        Operator::Less => ordered().is_some_and(|(left, right)| left < right).into(),
        Operator::LessOrEqual => ordered().is_some_and(|(left, right)| left <= right).into(),
        Operator::Greater => ordered().is_some_and(|(left, right)| left > right).into(),
        Operator::GreaterOrEqual => ordered().is_some_and(|(left, right)| left >= right).into(),
        Operator::Add if left.is_string() || right.is_string() => {
            format!("{}{}", printed(left), printed(right)).into()
        }
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            arithmetic(operator, left, right)?
        }
    })
}

fn are_equal(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
        _ => printed(left) == printed(right) && left.is_null() == right.is_null(),
    }
}

/// Calculates with whole numbers, or with fractions if one of the numbers has one. Java does the same.
fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Result<Value, TemplateError> {
    let failed =
        || TemplateError::new(format!("{} and {} are no numbers for this", printed(left), printed(right)));
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        let result = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide => left.checked_div(right),
            _ => left.checked_rem(right),
        };
        return result.map(Value::from).ok_or_else(failed);
    }
    let (left, right) = left.as_f64().zip(right.as_f64()).ok_or_else(failed)?;
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    };
    Number::from_f64(result).map(Value::Number).ok_or_else(failed)
}
