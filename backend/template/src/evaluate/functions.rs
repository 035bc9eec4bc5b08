//! The functions that combine values (AWS CloudFormation User Guide, "Intrinsic function reference").

use crate::error::Error;
use crate::evaluate::Scope;
use crate::node::{Node, Value};
use crate::place::Place;
use crate::words;

impl Scope<'_> {
    pub(super) fn call(self, name: &str, argument: &Node) -> Result<Option<Node>, Error> {
        match name {
            "Ref" => self.reference(argument),
            "Fn::If" => self.if_(argument),
            "Fn::GetAtt" => self.get_att(argument).map(Some),
            "Fn::Sub" => self.sub(argument).map(Some),
            "Fn::Join" => self.join(argument).map(Some),
            "Fn::Select" => self.select(argument),
            "Fn::Split" => self.split(argument).map(Some),
            "Fn::FindInMap" => self.find_in_map(argument).map(Some),
            "Fn::ImportValue" => self.import_value(argument).map(Some),
            "Fn::GetAZs" => Ok(Some(self.zones(&argument.place))),
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
                let holds = self.holds(&Node::call(name, argument.clone()))?;
                Ok(Some(Node::text(holds.to_string(), &argument.place)))
            }
            name => Ok(Some(self.not_evaluated(name, &argument.place))),
        }
    }

    fn not_evaluated(self, name: &str, place: &Place) -> Node {
        self.missing(
            name.to_owned(),
            "this function is not evaluated, and its value is an empty text",
            place,
        );
        Node::text("", place)
    }

    /// Returns the arguments of a function that takes a list of them.
    fn arguments<'n>(self, argument: &'n Node, count: &[usize], usage: &str) -> Result<&'n [Node], Error> {
        let items = argument.items();
        if matches!(argument.value, Value::List(_)) && count.contains(&items.len()) {
            return Ok(items);
        }
        let problem = match &argument.value {
            Value::List(items) => format!("this function has {} arguments", items.len()),
            _ => format!("the argument of this function is {}", argument.kind()),
        };
        Err(Error::new(&argument.place, problem, format!("write {usage}")))
    }

    fn if_(self, argument: &Node) -> Result<Option<Node>, Error> {
        let usage = "`!If [CONDITION, VALUE_IF_TRUE, VALUE_IF_FALSE]`";
        let items = self.arguments(argument, &[3], usage)?;
        let chosen = if self.condition(&items[0])? { &items[1] } else { &items[2] };
        self.evaluate(chosen)
    }

    fn join(self, argument: &Node) -> Result<Node, Error> {
        let items = self.arguments(argument, &[2], "`!Join [DELIMITER, [VALUE, VALUE]]`")?;
        let delimiter = self.text(&items[0], "the delimiter of `Join`")?;
        let values = self.list(&items[1], "the second argument of `Join`")?;
        let texts = values.iter().map(|value| self.text(value, "a value of `Join`"));
        let joined = texts.collect::<Result<Vec<_>, _>>()?.join(&delimiter);
        self.produced(joined, &argument.place)
    }

    /// Returns a text that a function produced, after counting its size.
    pub(super) fn produced(self, text: String, place: &Place) -> Result<Node, Error> {
        self.all.budget.charge(text.len() / 16, place)?;
        Ok(Node::text(text, place))
    }

    fn list(self, node: &Node, wanted: &str) -> Result<Vec<Node>, Error> {
        match self.evaluate(node)? {
            Some(Node { value: Value::List(items), .. }) => Ok(items),
            other => {
                let kind = other.map_or("AWS::NoValue", |node| node.kind());
                Err(Error::new(&node.place, format!("{wanted} is {kind}"), "write a list"))
            }
        }
    }

    fn select(self, argument: &Node) -> Result<Option<Node>, Error> {
        let items = self.arguments(argument, &[2], "`!Select [INDEX, [VALUE, VALUE]]`")?;
        let index = self.text(&items[0], "the index of `Select`")?;
        let values = self.list(&items[1], "the second argument of `Select`")?;
        let value = index.parse::<usize>().ok().and_then(|index| values.get(index).cloned());
        value.map(Some).ok_or_else(|| {
            let problem = format!("the list has {} values, and none with the index `{index}`", values.len());
            Error::new(&items[0].place, problem, "write an index that exists; the first one is 0")
        })
    }

    fn split(self, argument: &Node) -> Result<Node, Error> {
        let items = self.arguments(argument, &[2], "`!Split [DELIMITER, TEXT]`")?;
        let delimiter = self.text(&items[0], "the delimiter of `Split`")?;
        let text = self.text(&items[1], "the text of `Split`")?;
        let place = &argument.place;
        if delimiter.is_empty() {
            return Err(Error::new(
                &items[0].place,
                "the delimiter of `Split` is empty",
                "write one, such as ','",
            ));
        }
        self.all.budget.charge(text.matches(&*delimiter).count() + 1, place)?;
        Ok(Node::list(text.split(&*delimiter).map(|part| Node::text(part, place)).collect(), place))
    }

    fn find_in_map(self, argument: &Node) -> Result<Node, Error> {
        let usage = "`!FindInMap [MAP, FIRST_KEY, SECOND_KEY]`";
        let items = self.arguments(argument, &[3, 4], usage)?;
        let mut found = &self.stack.mappings;
        for item in &items[..3] {
            let key = self.text(item, "a key of `FindInMap`")?;
            match (found.get(&key), items.get(3).and_then(|item| item.get("DefaultValue"))) {
                (Some(node), _) => found = node,
                (None, Some(default)) => {
                    return Ok(self.evaluate(default)?.unwrap_or_else(|| default.clone()));
                }
                (None, None) => {
                    let known = found.entries().iter().map(|entry| entry.key.as_str());
                    let problem = format!("the mappings have no `{key}` here");
                    return Err(Error::new(&item.place, problem, words::instead(&key, known)));
                }
            }
        }
        Ok(Node { value: found.value.clone(), place: argument.place.clone() })
    }

    fn import_value(self, argument: &Node) -> Result<Node, Error> {
        let name = self.text(argument, "the name of an import")?;
        for stack in self.all.stacks {
            let scope = Scope { stack, ..self };
            for output in stack.outputs.entries() {
                if scope.export_name(&output.node)?.as_deref() == Some(&*name)
                    && let Some(value) = output.node.get("Value")
                {
                    let key = format!("the export {name}");
                    let text = || scope.text(value, "the value of an export");
                    return Ok(Node::text(self.all.once(key, &argument.place, text)?, &argument.place));
                }
            }
        }
        let meaning =
            "no stack of this app exports this name, so the value is a placeholder: the name itself";
        self.missing(format!("ImportValue {name}"), meaning, &argument.place);
        Ok(Node::text(name, &argument.place))
    }

    /// Returns the name under which an output is exported to other stacks.
    fn export_name(self, output: &Node) -> Result<Option<String>, Error> {
        let Some(name) = output.get("Export").and_then(|export| export.get("Name")) else { return Ok(None) };
        if let Some(condition) = output.get("Condition")
            && !self.condition(condition)?
        {
            return Ok(None);
        }
        self.all.once(format!("the name of the export at {}", name.place), &name.place, || {
            self.text(name, "the name of an export").map(Some)
        })
    }

    /// Returns three zones, because that is the number in most regions.
    fn zones(self, place: &Place) -> Node {
        let zone = |letter| Node::text(format!("{}{letter}", self.all.surroundings.region), place);
        Node::list(vec![zone('a'), zone('b'), zone('c')], place)
    }
}
