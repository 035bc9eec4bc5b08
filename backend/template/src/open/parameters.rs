//! Checks the parameters that the user gave.

use crate::error::Error;
use crate::node::Node;
use crate::place::Place;
use crate::settings::Settings;
use crate::words;

/// Refuses a parameter that none of the templates has.
pub(super) fn check(settings: &Settings, templates: &[&Node]) -> Result<(), Error> {
    let sections = || templates.iter().filter_map(|template| template.get("Parameters"));
    let known: Vec<&str> = sections().flat_map(Node::entries).map(|entry| entry.key.as_str()).collect();
    let Some(name) = settings.parameters.keys().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let place = sections().next().or(templates.first().copied()).map(|node| node.place.clone());
    let place = place.unwrap_or_else(|| Place::whole("."));
    let problem = format!("the template has no parameter `{name}`, for which a value was given");
    Err(Error::new(&place, problem, words::instead(name, known)))
}
