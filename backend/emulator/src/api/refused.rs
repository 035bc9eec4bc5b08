//! The reasons why requests of clients are refused, for the person who runs the app. Browsers do not show them.

use apigw_websocket::OriginRefusal;
use http::Request;

use crate::api::deployed::Deployed;

/// Returns the reason why a request of a client is going to be answered with 403, with the address that is right.
pub fn reason<B>(deployed: &[Deployed], request: &Request<B>) -> Option<String> {
    let path = request.uri().path();
    let own = deployed.iter().find_map(|one| Some((one, one.rest_of(path)?)));
    let stage = own.map(|(stage, _)| stage).or(deployed.first())?;
    match stage.origins.check(request.headers()) {
        Ok(()) => {}
        Err(OriginRefusal::Origin { origin }) => {
            return Some(format!(
                "403: pages of {origin} may not connect; to let them, add --allow-origin {origin}"
            ));
        }
        Err(refusal) => return Some(format!("403: {refusal}: connect to {}", stage.url)),
    }
    let urls = deployed.iter().map(|stage| stage.url.as_str()).collect::<Vec<_>>().join(" or ");
    match own {
        None => Some(format!("403: there is no stage at {path}: the address is {urls}")),
        Some((stage, rest)) => {
            let is_served = stage.gateway.is_gateway_path(&format!("/{}{rest}", stage.stage));
            (!is_served).then(|| format!("403: there is nothing at {path}: the address is {urls}"))
        }
    }
}
