//! `AWS::ApiGatewayV2::Route`, with its authorizer and its integration.

use std::collections::BTreeMap;

use crate::app::{Authorization, Authorizer, Route};
use crate::build::integration;
use crate::build::item::Item;
use crate::build::parts::Parts;
use crate::error::Error;

/// Returns the routes of an API.
pub(super) fn read(api: &str, parts: &Parts<'_, '_>) -> Result<Vec<Route>, Error> {
    let mut known = BTreeMap::new();
    let mut routes = Vec::new();
    for item in parts.of(api, "AWS::ApiGatewayV2::Route")? {
        let route = route(api, item, parts)?;
        if let Some(first) = known.insert(route.key.clone(), route.place.clone()) {
            let problem = format!("there are two routes {}, the other one at {first}", route.key);
            return Err(Error::new(&route.place, problem, "give one of them another `RouteKey`"));
        }
        routes.push(route);
    }
    Ok(routes)
}

fn route(api: &str, item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Route, Error> {
    let key = item.fields.required("RouteKey", "$default")?;
    Ok(Route {
        authorization: authorization(&key, item, parts)?,
        integration: integration::of_route(item, parts)?,
        replies: replies(api, item, parts)?,
        place: item.resource.place.clone(),
        key,
    })
}

fn authorization(key: &str, item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Authorization, Error> {
    let fields = &item.fields;
    let kind = fields.choice("AuthorizationType", &["AWS_IAM", "CUSTOM", "NONE"])?;
    if key != "$connect" && kind.as_deref().is_some_and(|kind| kind != "NONE") {
        let problem = format!("the route {key} has an authorization");
        let advice = "remove it: API Gateway authorizes WebSockets by the route $connect only";
        return Err(Error::new(fields.place_of("AuthorizationType"), problem, advice));
    }
    match kind.as_deref() {
        Some("CUSTOM") => authorizer(item, parts).map(Authorization::Lambda),
        Some("AWS_IAM") => {
            let meaning = "signatures are not checked, so that requests without one are accepted too";
            fields.missing("AuthorizationType", meaning);
            Ok(Authorization::Iam)
        }
        _ => Ok(Authorization::None),
    }
}

fn authorizer(route: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Authorizer, Error> {
    let id = route.fields.required("AuthorizerId", "!Ref AUTHORIZER")?;
    let Some(item) = parts.named(route, "AWS::ApiGatewayV2::Authorizer", &id) else {
        let problem = format!("there is no authorizer {id} in the template");
        let advice =
            "write `!Ref AUTHORIZER`, the name of a resource with the type AWS::ApiGatewayV2::Authorizer";
        return Err(Error::new(route.fields.place_of("AuthorizerId"), problem, advice));
    };
    let fields = &item.fields;
    fields.choice("AuthorizerType", &["REQUEST"])?;
    let uri = fields.required("AuthorizerUri", integration::EXAMPLE_URI)?;
    let Some((function, _)) = parts.named.invoked(&uri) else {
        let problem = format!("the authorizer's address `{uri}` names no function of this template");
        let advice = format!("write {}", integration::EXAMPLE_URI);
        return Err(Error::new(fields.place_of("AuthorizerUri"), problem, advice));
    };
    let sources = fields.texts("IdentitySource")?;
    let sources = sources.iter().flat_map(|source| source.split(',')).map(|source| source.trim().to_owned());
    Ok(Authorizer {
        name: fields.text("Name")?.unwrap_or_else(|| item.resource.id.clone()),
        function,
        identity_sources: sources.filter(|source| !source.is_empty()).collect(),
    })
}

/// Returns true if the client gets the integration's answer. API Gateway requires a selection expression and a
/// response of the route ("Setting up a route response for a WebSocket API").
fn replies(api: &str, route: &Item<'_>, parts: &Parts<'_, '_>) -> Result<bool, Error> {
    let selects = route.fields.text("RouteResponseSelectionExpression")?.is_some();
    let mut has_response = false;
    for response in parts.of(api, "AWS::ApiGatewayV2::RouteResponse")? {
        has_response |= response.fields.required("RouteId", "!Ref ROUTE")? == route.resource.id;
    }
    if selects && !has_response {
        let meaning =
            "the route has no AWS::ApiGatewayV2::RouteResponse, so that clients get no answer, as on AWS";
        route.fields.missing("RouteResponseSelectionExpression", meaning);
    }
    if has_response && !selects {
        let meaning = "the route has a response but no `RouteResponseSelectionExpression: $default`, so that clients get no answer, as on AWS";
        route.fields.missing("", meaning);
    }
    Ok(selects && has_response)
}
