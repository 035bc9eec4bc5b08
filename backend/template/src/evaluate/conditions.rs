//! Conditions (AWS CloudFormation User Guide, "Condition functions").

use crate::error::Error;
use crate::evaluate::Scope;
use crate::node::{Node, Value};
use crate::stack::Resource;
use crate::words;

impl Scope<'_> {
    /// Returns true if the resource exists, because it has no condition or its condition is true.
    pub fn exists(self, resource: &Resource) -> Result<bool, Error> {
        resource.condition.as_ref().map_or(Ok(true), |condition| self.condition(condition))
    }

    /// Returns the value of the condition that `node` names.
    pub fn condition(self, node: &Node) -> Result<bool, Error> {
        let Some(name) = node.as_text() else {
            // A condition may also be written in place, as `!Condition NAME` or a function.
            return self.holds(node);
        };
        let Some(condition) = self.stack.conditions.get(name) else {
            let known = self.stack.conditions.entries().iter().map(|entry| entry.key.as_str());
            let problem = format!("there is no condition `{name}`");
            return Err(Error::new(&node.place, problem, words::instead(name, known)));
        };
        let key = format!("the condition {name}");
        self.all.once(key, &node.place, || self.holds(condition))
    }

    pub(super) fn holds(self, node: &Node) -> Result<bool, Error> {
        self.all.budget.charge(1, &node.place)?;
        self.all.budget.deeper(&node.place, || self.value_of_condition(node))
    }

    fn value_of_condition(self, node: &Node) -> Result<bool, Error> {
        let [entry] = node.entries() else { return self.literal(node) };
        let argument = &entry.node;
        match entry.key.as_str() {
            "Condition" => self.condition(argument),
            "Fn::Equals" => self.equal(argument),
            "Fn::Not" => Ok(!self.holds(self.operands(argument, 1, 1)?.first().unwrap_or(argument))?),
            "Fn::And" => self.any(argument, false).map(|any_false| !any_false),
            "Fn::Or" => self.any(argument, true),
            _ => self.literal(node),
        }
    }

    fn literal(self, node: &Node) -> Result<bool, Error> {
        match self.text(node, "a condition")?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => {
                let problem = format!("`{other}` is not a condition");
                let advice = "write a function such as `!Equals [!Ref Stage, prod]`, or `!Condition NAME`";
                Err(Error::new(&node.place, problem, advice))
            }
        }
    }

    fn operands(self, argument: &Node, least: usize, most: usize) -> Result<&[Node], Error> {
        let items = argument.items();
        if (least..=most).contains(&items.len()) {
            return Ok(items);
        }
        let problem = format!("this condition has {} operands", items.len());
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        Err(Error::new(&argument.place, problem, format!("write a list of {wanted}")))
    }

    fn equal(self, argument: &Node) -> Result<bool, Error> {
        let items = self.operands(argument, 2, 2)?;
        let values = [self.evaluate(&items[0])?, self.evaluate(&items[1])?];
        Ok(values[0].as_ref().map(bare) == values[1].as_ref().map(bare))
    }

    /// Returns true if one of the operands has the value `wanted`.
    fn any(self, argument: &Node, wanted: bool) -> Result<bool, Error> {
        for item in self.operands(argument, 2, 10)? {
            if self.holds(item)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A value without its places.
#[derive(PartialEq)]
enum Bare<'a> {
    Null,
    Text(&'a str),
    List(Vec<Bare<'a>>),
    Map(Vec<(&'a str, Bare<'a>)>),
}

fn bare(node: &Node) -> Bare<'_> {
    match &node.value {
        Value::Null => Bare::Null,
        Value::Text(text, _) => Bare::Text(text),
        Value::List(items) => Bare::List(items.iter().map(bare).collect()),
        Value::Map(entries) => {
            Bare::Map(entries.iter().map(|entry| (entry.key.as_str(), bare(&entry.node))).collect())
        }
    }
}
