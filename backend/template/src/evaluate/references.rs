//! The functions `Ref` and `Fn::GetAtt`.

use crate::error::Error;
use crate::evaluate::Scope;
use crate::node::{Node, Value};
use crate::place::Place;
use crate::stack::Resource;
use crate::words;

impl Scope<'_> {
    /// Returns the value of a pseudo parameter, a parameter or a resource. It is `None` for `AWS::NoValue`.
    pub(super) fn reference(self, argument: &Node) -> Result<Option<Node>, Error> {
        let place = &argument.place;
        let Some(name) = argument.as_text() else {
            let problem = format!("the argument of `Ref` is {}", argument.kind());
            return Err(Error::new(place, problem, "write the name of a parameter or a resource"));
        };
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if name == "AWS::NotificationARNs" {
            return Ok(Some(Node::list(Vec::new(), place)));
        }
        if let Some(text) = self.pseudo_parameter(name) {
            return Ok(Some(Node::text(text, place)));
        }
        if let Some(value) = self.stack.parameter(name) {
            self.all.budget.charge(value.count(), place)?;
            return Ok(Some(value.clone()));
        }
        let resource = self.existing(name, place)?;
        Ok(Some(Node::text(self.value_of_ref(resource, place)?, place)))
    }

    /// Returns the attribute of a resource, from `RESOURCE.ATTRIBUTE` or `[RESOURCE, ATTRIBUTE]`.
    pub(super) fn get_att(self, argument: &Node) -> Result<Node, Error> {
        let place = &argument.place;
        let parts = match &argument.value {
            Value::Text(text, _) => text.split_once('.').map(|(id, name)| (id.to_owned(), name.to_owned())),
            Value::List(items) => match items.as_slice() {
                [id, name] => Some((self.text(id, "a resource")?, self.text(name, "an attribute")?)),
                _ => None,
            },
            _ => None,
        };
        let Some((id, name)) = parts else {
            let problem = "`GetAtt` needs a resource and an attribute";
            return Err(Error::new(
                place,
                problem,
                "write `!GetAtt RESOURCE.ATTRIBUTE`, such as `!GetAtt Jobs.Arn`",
            ));
        };
        let resource = self.existing(&id, place)?;
        Ok(Node::text(self.attribute(resource, &name, place)?, place))
    }

    fn pseudo_parameter(self, name: &str) -> Option<String> {
        let surroundings = self.all.surroundings;
        let value = match name {
            "AWS::AccountId" => surroundings.account.clone(),
            "AWS::Partition" => surroundings.partition.clone(),
            "AWS::Region" => surroundings.region.clone(),
            "AWS::URLSuffix" => surroundings.url_suffix.clone(),
            "AWS::StackName" => self.stack.name.clone(),
            "AWS::StackId" => {
                let name = &self.stack.name;
                surroundings
                    .arn("cloudformation", &format!("stack/{name}/00000000-0000-4000-8000-000000000000"))
            }
            _ => return None,
        };
        Some(value)
    }

    fn existing<'s>(self, id: &str, place: &Place) -> Result<&'s Resource, Error>
    where
        Self: 's,
    {
        let Some(resource) = self.stack.resource(id) else {
            let resources = self.stack.resources.iter().map(|resource| resource.id.as_str());
            let parameters = self.stack.parameters.iter().map(|(name, _)| name.as_str());
            let problem = format!("there is no parameter and no resource `{id}`");
            return Err(Error::new(place, problem, words::instead(id, resources.chain(parameters))));
        };
        if self.exists(resource)? {
            return Ok(resource);
        }
        let condition = resource.condition.as_ref().and_then(Node::as_text).unwrap_or_default();
        let problem = format!("`{id}` does not exist, because its condition {condition} is false");
        Err(Error::new(place, problem, format!("refer to it inside of `!If [{condition}, …]` only")))
    }
}
