//! `AWS::ApiGatewayV2::Api`, with the resources that belong to it.

use crate::app::WebSocketApi;
use crate::build::item::Item;
use crate::build::named::Named;
use crate::build::parts::Parts;
use crate::build::{route, stage};
use crate::error::Error;

/// Types whose resources belong to one API.
const WITH_API: [&str; 4] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
];

/// Returns the WebSocket APIs. HTTP APIs are noted.
pub(super) fn read(items: &[Item<'_>], named: &Named) -> Result<Vec<WebSocketApi>, Error> {
    let parts = Parts::new(items, named);
    note_strays(items)?;
    let apis = items.iter().filter(|item| item.is("AWS::ApiGatewayV2::Api"));
    apis.filter_map(|item| api(item, &parts).transpose()).collect()
}

fn api(item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Option<WebSocketApi>, Error> {
    let fields = &item.fields;
    fields.required("ProtocolType", "WEBSOCKET")?;
    if fields.choice("ProtocolType", &["HTTP", "WEBSOCKET"])?.as_deref() == Some("HTTP") {
        let meaning =
            "HTTP APIs are not served; a function can have an address of its own (AWS::Lambda::Url)";
        fields.missing("ProtocolType", meaning);
        return Ok(None);
    }
    let id = item.scope.name(item.resource)?;
    Ok(Some(WebSocketApi {
        routes: route::read(&id, parts)?,
        stages: stage::read(item, &id, parts)?,
        domains: stage::domains(&id, parts)?,
        logical_id: item.resource.id.clone(),
        name: fields.text("Name")?.unwrap_or_else(|| item.resource.id.clone()),
        route_selection_expression: fields.required("RouteSelectionExpression", "'$request.body.action'")?,
        place: item.resource.place.clone(),
        id,
    }))
}

/// Notes resources that belong to an API outside of the app.
fn note_strays(items: &[Item<'_>]) -> Result<(), Error> {
    let of_apis = items.iter().filter(|item| item.is("AWS::ApiGatewayV2::Api"));
    let apis = of_apis.map(|item| item.scope.name(item.resource)).collect::<Result<Vec<_>, _>>()?;
    for item in items.iter().filter(|item| WITH_API.contains(&item.resource.kind.as_str())) {
        let api = item.fields.required("ApiId", "!Ref API")?;
        if !apis.contains(&api) {
            let meaning = format!("the API {api} is not part of this app, so this changes nothing");
            item.fields.missing("ApiId", &meaning);
        }
    }
    Ok(())
}
