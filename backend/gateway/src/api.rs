//! What one API is: its name, routes, authorizer and limits.

use crate::{Authorizer, Limits, OriginPolicy, RouteSelection, Routes};

/// The configuration of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// The first segment of every path: `ws://host/{stage}`, `http://host/{stage}/@connections/{id}`.
    pub stage: String,
    /// The API's id, in events and ARNs.
    pub id: String,
    /// The region in ARNs.
    pub region: String,
    /// The account in ARNs: twelve digits.
    pub account_id: String,
    /// The routes there are.
    pub routes: Routes,
    /// How a message names its route.
    pub route_selection: RouteSelection,
    /// Who decides about handshakes, besides `$connect`.
    pub authorizer: Option<Authorizer>,
    /// What is allowed.
    pub limits: Limits,
    /// Which hosts and origins may ask.
    pub origins: OriginPolicy,
    /// Whether a client's ping control frames keep an idle connection open. Reports about AWS conflict; `false`,
    /// the stricter, is the default.
    pub client_ping_resets_idle: bool,
}

impl Api {
    /// An API that routes by `$request.body.action`, without an authorizer, with AWS's limits, on loopback.
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

    /// What an authorizer is asked about: `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`.
    pub fn connect_arn(&self) -> String {
        let Self { region, account_id, id, stage, .. } = self;
        format!("arn:aws:execute-api:{region}:{account_id}:{id}/{stage}/$connect")
    }
}
