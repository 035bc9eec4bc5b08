//! A stage of an API that is served.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{
    Api, Authorizer, Connections, Gateway, Limits, Observer, OriginPolicy, RouteSelection, Routes,
    SystemEnvironment,
};
use lambda_host::Host;
use serverless_app::{App, Domain, Function, Integration, Stage, WebSocketApi};

use crate::api::functions::{RouteFunctions, authorizer_of};
use crate::data::Services;
use crate::error::StartError;
use crate::functions::runtime::Family;
use crate::machine;
use crate::settings::Settings;
use crate::watcher::Watcher;

/// Domain of AWS that host names of APIs have, as in [`serverless_app::Surroundings`].
const URL_SUFFIX: &str = "amazonaws.com";
/// Integration limit of APIs whose functions run under a debugger.
const WITHOUT_END: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A stage of an API that is served.
#[derive(Clone)]
pub struct Deployed {
    /// Identifier of the API, which is part of its host name on AWS.
    pub api_id: String,
    /// Name of the API in the description.
    pub logical_id: String,
    /// Name of the stage.
    pub stage: String,
    /// Custom domains that lead to the stage.
    pub domains: Vec<Domain>,
    /// The gateway.
    pub gateway: Gateway<RouteFunctions>,
    /// Path of the WebSocket.
    pub path: String,
    /// Address of the WebSocket, such as `ws://127.0.0.1:3001/prod`.
    pub url: String,
    /// Origins whose pages may connect.
    pub origins: OriginPolicy,
}

impl Deployed {
    /// Returns the part of a path after that of the stage, or `None` if it is not below it.
    pub fn rest_of<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.path.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

/// Everything that the stages of an app have in common.
pub struct Deployment<'a> {
    pub app: &'a App,
    pub settings: &'a Settings,
    pub host: &'a Host,
    /// Reasons why functions cannot run, by their names.
    pub broken: &'a BTreeMap<String, String>,
    /// Port to which connections to AWS are redirected.
    pub desk_port: u16,
    pub watcher: &'a Arc<dyn Watcher>,
    /// Clients of the services that routes send requests to.
    pub services: Services,
    /// Address at which clients connect.
    pub address: SocketAddr,
}

impl Deployment<'_> {
    /// Serves each stage of each API.
    ///
    /// # Errors
    ///
    /// [`StartError`] if there is no API, or one of them has an invalid key or expression.
    pub fn deploy(&self) -> Result<Vec<Deployed>, StartError> {
        if self.app.apis.is_empty() {
            return Err(StartError::NoApi);
        }
        let stages = self.app.apis.iter().flat_map(|api| api.stages.iter().map(move |stage| (api, stage)));
        stages.map(|(api, stage)| self.stage(api, stage)).collect()
    }

    fn stage(&self, described: &WebSocketApi, stage: &Stage) -> Result<Deployed, StartError> {
        let failed = |reason: String| StartError::Api {
            place: described.place.clone(),
            api: described.logical_id.clone(),
            reason,
        };
        let api = self.api(described, stage).map_err(failed)?;
        let observer = Arc::new(Watched(self.watcher.clone()));
        let connections =
            Connections::observed(&api.limits, Arc::new(SystemEnvironment::default()), observer);
        let domains = self.domains(described);
        let functions =
            RouteFunctions::new(described, self.host, self.broken, &domains, &self.services, self.watcher);
        let gateway = Gateway::new(api, functions, connections);
        if let Some(chaos) = &self.settings.chaos {
            gateway.chaos().set(chaos.chaos().clone());
        }
        let domains = described.domains.iter().filter(|domain| domain.stage == stage.name);
        let path = format!("{}/{}", prefix(self.app, described), stage.name);
        Ok(Deployed {
            api_id: described.id.clone(),
            logical_id: described.logical_id.clone(),
            stage: stage.name.clone(),
            domains: domains.cloned().collect(),
            gateway,
            url: format!("ws://{}{path}", reachable(self.address)),
            origins: self.origins(),
            path,
        })
    }

    fn api(&self, described: &WebSocketApi, stage: &Stage) -> Result<Api, String> {
        let mut routes = Routes::default();
        for route in &described.routes {
            let mut settings = apigw_websocket::Route::default();
            settings.two_way = route.replies;
            let timeout_ms = match &route.integration {
                Integration::Function { timeout_ms, .. } => Some(*timeout_ms),
                Integration::Service(call) => Some(call.timeout_ms),
                Integration::Mock(_) | Integration::Unsupported { .. } => None,
            };
            let timeout_ms = timeout_ms.filter(|_| !self.settings.inspect);
            settings.timeout = timeout_ms.map(|limit| Duration::from_millis(limit.into()));
            routes.insert(&route.key, settings).map_err(|error| error.to_string())?;
        }
        let mut api = Api::new(&stage.name, routes);
        api.id.clone_from(&described.id);
        api.region.clone_from(&self.app.region);
        api.account_id.clone_from(&self.settings.account);
        let expression = RouteSelection::parse(&described.route_selection_expression);
        api.route_selection = expression.map_err(|error| error.to_string())?;
        api.authorizer = authorizer_of(described).map(authorizer);
        api.domain_name = Some(domain_name(self.app, described));
        api.stage_variables.clone_from(&stage.variables);
        api.limits = self.limits();
        api.origins = self.origins();
        Ok(api)
    }

    /// Returns the `domainName` that events of some functions have, by the functions' names: that of this process with the port of
    /// the desk and, if there are several APIs, the path. The programs of these functions have no module that redirects connections.
    fn domains(&self, described: &WebSocketApi) -> BTreeMap<String, String> {
        let family = |function: &Function| Family::of(function.runtime.as_deref().unwrap_or_default());
        let others = self.app.functions.iter().filter(|function| !family(function).is_redirected());
        let domain = format!("localhost:{}{}", self.desk_port, prefix(self.app, described));
        others.map(|function| (function.name.clone(), domain.clone())).collect()
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if self.settings.inspect {
            limits.integration = WITHOUT_END;
        }
        self.settings.chaos.as_ref().map_or(limits.clone(), |file| file.chaos().limits(&limits))
    }

    fn origins(&self) -> OriginPolicy {
        let mut origins = OriginPolicy::default();
        let ip = self.address.ip();
        if ip.is_unspecified() {
            origins.allowed_hosts = machine::addresses();
        } else {
            origins.allowed_hosts.push(ip.to_string());
        }
        origins.allow_loopback_origins = !self.settings.checks_origin;
        origins.allow_opaque_origins = !self.settings.checks_origin;
        origins.allowed_origins.clone_from(&self.settings.allowed_origins);
        origins
    }
}

/// Returns the address at which a program on this machine reaches a listener.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        _ => address,
    }
}

/// Returns the host name of an API on AWS.
pub fn domain_name(app: &App, api: &WebSocketApi) -> String {
    format!("{}.execute-api.{}.{URL_SUFFIX}", api.id, app.region)
}

/// Returns the beginning of the paths of an API's stages: nothing, or the name of the API if the app has several.
pub fn prefix(app: &App, api: &WebSocketApi) -> String {
    if app.apis.len() == 1 { String::new() } else { format!("/{}", api.logical_id) }
}

/// Returns the authorizer without the identity sources that the gateway does not know, which are named at the start.
fn authorizer(described: &serverless_app::Authorizer) -> Authorizer {
    Authorizer::new(described.identity_sources.iter().filter_map(|source| source.parse().ok()))
}

/// Passes what happens in a gateway to the watcher.
struct Watched(Arc<dyn Watcher>);

impl Observer for Watched {
    fn handshake(&self, handshake: &apigw_websocket::ObservedHandshake<'_>) {
        self.0.handshake(handshake);
    }

    fn message(&self, message: &apigw_websocket::ObservedMessage<'_>) {
        self.0.message(message);
    }

    fn post(
        &self,
        connection: &apigw_websocket::ConnectionId,
        text: &str,
        result: Result<(), apigw_websocket::PostError>,
    ) {
        self.0.post(connection, text, result);
    }

    fn end(&self, connection: &apigw_websocket::ConnectionId, code: u16, reason: &str) {
        self.0.end(connection, code, reason);
    }
}
