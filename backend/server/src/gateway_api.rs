//! The WebSocket API that the gateway serves: its routes, limits and origins.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use apigw_websocket::{Api, ChaosFile, OriginPolicy, Routes};
use shared::ClientMessage;

use crate::{LimitsOf, PageConfig, ServerError};

/// The stage of the API, which is the first segment of the WebSocket's path.
pub const STAGE: &str = "ws";

/// Opens the file of faults to inject that the settings name. Returns `None` if they name none.
///
/// # Errors
///
/// [`ServerError::Chaos`] if the file cannot be read or is not valid. It names the field and its place in the file.
pub fn chaos_file(page: &PageConfig) -> Result<Option<ChaosFile>, ServerError> {
    let open = |path: &PathBuf| {
        ChaosFile::open(path)
            .map_err(|error| ServerError::Chaos { path: path.clone(), reason: error.to_string() })
    };
    page.chaos.as_ref().map(open).transpose()
}

/// Returns the description of an API that has a route for each message of the protocol.
pub fn api(
    origins: OriginPolicy,
    limits: LimitsOf,
    chaos: Option<&ChaosFile>,
    with_authorizer: bool,
) -> Result<Api, ServerError> {
    let special = ["$connect", "$default", "$disconnect"];
    let routes = Routes::new(special.iter().chain(ClientMessage::ACTIONS).copied())
        .map_err(|error| ServerError::Stopped(format!("a route has an invalid name: {error:?}")))?;
    let limits = limits.gateway();
    let limits = chaos.map_or(limits.clone(), |file| file.chaos().limits(&limits));
    let mut api = Api::new(STAGE, routes);
    api.authorizer = with_authorizer.then(Default::default);
    api.limits = limits;
    api.origins = origins;
    Ok(api)
}

/// Returns the host names and origins that are allowed. The address that the server is bound to is one of its names, unless it is
/// a wildcard address.
pub fn origins(page: &PageConfig, address: SocketAddr) -> OriginPolicy {
    let bound = (!address.ip().is_unspecified()).then(|| address.ip().to_string());
    let mut origins = OriginPolicy::default();
    origins.allowed_hosts = page.allowed_hosts.iter().cloned().chain(bound).collect();
    origins.allowed_origins = page.allowed_origins.clone();
    origins
}

/// Returns the address at which programs on this machine reach a server bound to `address`.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}
