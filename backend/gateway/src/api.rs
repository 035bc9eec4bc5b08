//! The configuration of a WebSocket API.

use std::collections::BTreeMap;

use crate::authorizer::Authorizer;
use crate::limits::Limits;
use crate::origin::OriginPolicy;
use crate::route::{RouteSelection, Routes};

/// The configuration of the WebSocket API that a gateway serves.
///
/// ```
/// use apigw_websocket::{Api, Route, RouteSelection, Routes};
///
/// let mut api = Api::new("prod", Routes::new(["$connect", "join", "$default"])?);
/// api.routes.insert("ask", Route::two_way())?;
/// api.route_selection = RouteSelection::parse("$request.body.kind")?;
/// api.limits.connections = 500;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Api {
    /// Name of the stage. It is the first segment of every path: `ws://host/{stage}`,
    /// `http://host/{stage}/@connections/{id}`.
    pub stage: String,
    /// Id of the API. It is part of ARNs and of the events that functions receive.
    pub id: String,
    /// Name of the AWS region that is written in ARNs.
    pub region: String,
    /// AWS account id of twelve digits that is written in ARNs.
    pub account_id: String,
    /// The routes of the API, each with its route key and settings.
    pub routes: Routes,
    /// The expression that the gateway evaluates for each message. Its result is the key of the route that the message
    /// is sent to.
    pub route_selection: RouteSelection,
    /// The authorizer, which allows or refuses a handshake before `$connect` is invoked. `None` if the API has no
    /// authorizer.
    pub authorizer: Option<Authorizer>,
    /// Limits of the gateway, with which its [`Connections`](crate::Connections) should be created. If the limits of the
    /// connections differ, they apply.
    pub limits: Limits,
    /// Value of `domainName` in events. `None` means the host to which the client connected, with its port.
    pub domain_name: Option<String>,
    /// Variables of the stage, which are part of the events CONNECT and MESSAGE, and of the authorizer's event.
    pub stage_variables: BTreeMap<String, String>,
    /// Value of the header `X-Forwarded-Proto` in events. On AWS, clients always connect by TLS: `https`.
    pub forwarded_proto: String,
    /// Value of the header `X-Forwarded-Port` in events. AWS: 443.
    pub forwarded_port: u16,
    /// The values of the headers `Host` and `Origin` that are accepted. Other requests are refused with 403.
    pub origins: OriginPolicy,
    /// True if a client's ping frames keep an otherwise idle connection open. Reports about AWS disagree on this. The
    /// default is `false`, which is stricter.
    pub client_ping_resets_idle: bool,
}

impl Api {
    /// Creates an API without an authorizer. Messages are routed by `$request.body.action`, the limits are those of
    /// AWS, and only requests to loopback addresses are accepted.
    pub fn new(stage: impl Into<String>, routes: Routes) -> Self {
        Self {
            stage: stage.into(),
            id: "local".into(),
            region: "local".into(),
            account_id: "000000000000".into(),
            routes,
            route_selection: RouteSelection::default(),
            authorizer: None,
            limits: Limits::default(),
            domain_name: None,
            stage_variables: BTreeMap::new(),
            forwarded_proto: "https".into(),
            forwarded_port: 443,
            origins: OriginPolicy::default(),
            client_ping_resets_idle: false,
        }
    }

    /// Returns the ARN that the policy of an authorizer must allow:
    /// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`.
    pub fn connect_arn(&self) -> String {
        let Self { region, account_id, id, stage, .. } = self;
        format!("arn:aws:execute-api:{region}:{account_id}:{id}/{stage}/$connect")
    }
}
