//! The configuration of one WebSocket API.

use crate::authorizer::Authorizer;
use crate::limits::Limits;
use crate::origin::OriginPolicy;
use crate::route::{RouteSelection, Routes};

/// The configuration of a gateway.
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
    /// The first segment of every path: `ws://host/{stage}`, `http://host/{stage}/@connections/{id}`.
    pub stage: String,
    /// Id of the API, in events and ARNs.
    pub id: String,
    /// Region in ARNs.
    pub region: String,
    /// Account in ARNs: twelve digits.
    pub account_id: String,
    /// The routes of the API.
    pub routes: Routes,
    /// The expression that gives the route key of a message.
    pub route_selection: RouteSelection,
    /// The authorizer that decides about handshakes before `$connect` does, if there is one.
    pub authorizer: Option<Authorizer>,
    /// Limits of the gateway. They must equal those of its [`Connections`](crate::Connections).
    pub limits: Limits,
    /// The hosts and origins from which requests are taken.
    pub origins: OriginPolicy,
    /// If true, a client's ping control frames keep an idle connection open. Reports about AWS conflict; `false`, the
    /// stricter, is the default.
    pub client_ping_resets_idle: bool,
}

impl Api {
    /// Creates an API that routes by `$request.body.action`, without an authorizer, with AWS's limits, for loopback
    /// addresses only.
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
            origins: OriginPolicy::default(),
            client_ping_resets_idle: false,
        }
    }

    /// Returns the ARN that an authorizer is asked about:
    /// `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`.
    pub fn connect_arn(&self) -> String {
        let Self { region, account_id, id, stage, .. } = self;
        format!("arn:aws:execute-api:{region}:{account_id}:{id}/{stage}/$connect")
    }
}
