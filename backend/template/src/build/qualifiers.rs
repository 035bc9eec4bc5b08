//! `AWS::Lambda::Alias` and `AWS::Lambda::Version`, which are further names of functions.

use crate::app::Function;
use crate::build::named::Named;
use crate::error::Error;
use crate::evaluate::{Evaluator, Scope};

/// Adds the aliases and versions to their functions. Those of functions outside of the app are left out.
pub(super) fn add(all: &Evaluator<'_>, named: &Named, functions: &mut [Function]) -> Result<(), Error> {
    for stack in all.stacks {
        let scope = Scope { all, stack };
        for resource in &stack.resources {
            let is_qualifier =
                matches!(resource.kind.as_str(), "AWS::Lambda::Alias" | "AWS::Lambda::Version");
            if !is_qualifier || !scope.exists(resource)? {
                continue;
            }
            let Some((name, Some(qualifier))) = named.function(&scope.qualified(resource)?) else { continue };
            if let Some(function) = functions.iter_mut().find(|function| function.name == name) {
                function.qualifiers.insert(qualifier);
            }
        }
    }
    Ok(())
}
