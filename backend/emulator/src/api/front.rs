//! Answers HTTP requests: those of clients, and those that functions send to AWS.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use apigw_websocket::Peer;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::Full;
use hyper::body::Incoming;
use lambda_host::{Host, InvokeApi};
use serverless_app::Domain;

use crate::api::deployed::Deployed;
use crate::api::refused;
use crate::api::url_front::UrlFront;
use crate::desk::refusal;
use crate::desk::service::Service;
use crate::once::Once;
use crate::watcher::Watcher;

type Answer = Response<Full<Bytes>>;

/// Answers HTTP requests for an app. All clones are the same.
#[derive(Clone)]
pub struct Front(Arc<Inner>);

struct Inner {
    deployed: Vec<Deployed>,
    host: Host,
    invoke: InvokeApi,
    /// Reasons why functions cannot run, by the functions' names.
    broken: BTreeMap<String, String>,
    /// Function URLs, by the first parts of their host names.
    urls: Vec<(String, UrlFront)>,
    watcher: Arc<dyn Watcher>,
    /// Notices about requests of clients that were refused.
    refused: Once,
}

impl Front {
    /// Creates a front for these stages, functions and function URLs. `broken` has the reasons why functions cannot run, by the
    /// functions' names.
    pub fn new(
        deployed: Vec<Deployed>,
        host: Host,
        broken: BTreeMap<String, String>,
        urls: Vec<(String, UrlFront)>,
        watcher: Arc<dyn Watcher>,
    ) -> Self {
        let invoke = InvokeApi::new(host.clone());
        Self(Arc::new(Inner { deployed, host, invoke, broken, urls, watcher, refused: Once::default() }))
    }

    /// Returns the stages that are served.
    pub fn deployed(&self) -> &[Deployed] {
        &self.0.deployed
    }

    /// Answers a request of a client. The Invoke API is here too, for programs on this machine.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn client(self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        let peer = peer(&request);
        if InvokeApi::is_invoke_path(request.uri().path()) {
            return Ok(self.0.invoke.handle(request, peer).await);
        }
        self.tell_refusal(&request);
        Ok(self.by_path(request, peer).await)
    }

    /// Answers a request that a function sent to AWS. The service follows from the host name or from the signature.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn desk(self, mut request: Request<Incoming>) -> Result<Answer, Infallible> {
        if request.headers().contains_key(header::ORIGIN) {
            return Ok(forbidden("Web pages may not send requests here"));
        }
        let host = host(&request);
        let service = service_of(&request, &host);
        // The APIs below check the host, so that web pages cannot reach them under a name of their own.
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost"));
        let peer = peer(&request);
        Ok(match service {
            Service::Api => self.api(request, peer, &host).await,
            Service::Lambda => self.invoke(request, peer).await,
            Service::FunctionUrl => self.function_url(request, peer, &host).await,
            Service::DynamoDb => self.not_there(request, "dynamodb", "the description has no table").await,
            Service::Sqs => self.not_there(request, "sqs", "the description has no queue").await,
            Service::Other(name) => self.not_there(request, &name, "this service is not emulated").await,
        })
    }

    /// Answers a request for an API by its host: that of AWS, a custom domain, or the path.
    pub async fn api(&self, mut request: Request<Incoming>, peer: SocketAddr, host: &str) -> Answer {
        let name = host.split(':').next().unwrap_or_default();
        let Inner { deployed, watcher, .. } = &*self.0;
        if let Some((id, _)) = name.split_once(".execute-api.") {
            let stage = first_segment(request.uri().path());
            let of_api = || deployed.iter().filter(|deployed| deployed.api_id == id);
            let found = of_api().find(|deployed| deployed.stage == stage).or_else(|| of_api().next());
            return match found {
                Some(deployed) => deployed.gateway.handle(request, peer).await,
                None => {
                    let caller = caller(request.headers());
                    watcher.notice(&format!("{caller} calls {name}, but this app has no API {id}"));
                    forbidden("Forbidden")
                }
            };
        }
        let of_name: Vec<_> = self.domains().filter(|(_, domain)| domain.name == name).collect();
        if of_name.is_empty() {
            return self.by_path(request, peer).await;
        }
        let path = request.uri().path();
        let Some((deployed, rest)) = below_domain(&of_name, path) else {
            watcher.notice(&format!("no base path of {name} leads to {path}, so the answer is 403"));
            return forbidden("Forbidden");
        };
        let path = format!("/{}/{rest}", deployed.stage);
        set_path(&mut request, &path);
        deployed.gateway.handle(request, peer).await
    }

    /// Returns the paths of custom domains, with the stages that they lead to.
    fn domains(&self) -> impl Iterator<Item = (&Deployed, &Domain)> {
        let deployed = self.0.deployed.iter();
        deployed.flat_map(|deployed| deployed.domains.iter().map(move |domain| (deployed, domain)))
    }

    /// Tells the person who runs the app that a request is going to be answered with 403, and why. Browsers do not show the reason.
    fn tell_refusal(&self, request: &Request<Incoming>) {
        let Inner { deployed, watcher, refused, .. } = &*self.0;
        let Some(reason) = refused::reason(deployed, request) else { return };
        if refused.is_first(&reason) {
            watcher.notice(&reason);
        }
    }

    /// Returns the stage whose path a path is or begins with.
    fn by_prefix(&self, path: &str) -> Option<&Deployed> {
        self.0.deployed.iter().find(|deployed| deployed.rest_of(path).is_some())
    }

    /// Answers a request by its path, which is that of a stage, or begins with it. With several APIs, the path of a stage
    /// begins with the name of its API.
    async fn by_path(&self, mut request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let path = request.uri().path().to_owned();
        let Some(deployed) = self.by_prefix(&path) else {
            return match self.0.deployed.first() {
                // The gateway answers as AWS does for another stage.
                Some(first) => first.gateway.handle(request, peer).await,
                None => forbidden("Forbidden"),
            };
        };
        let rest = deployed.rest_of(&path).unwrap_or_default();
        set_path(&mut request, &format!("/{}{rest}", deployed.stage));
        deployed.gateway.handle(request, peer).await
    }

    async fn function_url(&self, request: Request<Incoming>, peer: SocketAddr, host: &str) -> Answer {
        let id = host.split('.').next().unwrap_or_default();
        match self.0.urls.iter().find(|(own, _)| own == id) {
            Some((_, url)) => url.answer(request, peer).await,
            None => forbidden("Forbidden"),
        }
    }

    /// Answers a request for Lambda. The reason why a function is not found is told, because it may be one of another stack.
    async fn invoke(&self, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let Inner { host, invoke, broken, watcher, .. } = &*self.0;
        let caller = caller(request.headers());
        let invoked = InvokeApi::invoked_function(&request);
        let answer = invoke.handle(request, peer).await;
        if answer.status() == StatusCode::NOT_FOUND
            && let Some(function) = invoked
        {
            let reason = not_found(&function, &host.functions(), broken);
            watcher.notice(&format!("404: {caller} invokes {function}: {reason}"));
        }
        answer
    }

    async fn not_there(&self, request: Request<Incoming>, service: &str, why: &str) -> Answer {
        let (parts, body) = request.into_parts();
        let caller = caller(&parts.headers);
        let operation = refusal::operation(&parts, body).await;
        self.0.watcher.notice(&format!("501: {caller} calls {service} ({operation}): {why}"));
        let message = format!("{service} is not there: {why} (tickertape emulate)");
        refusal::not_there(service, &parts.headers, &message)
    }
}

/// Returns the reason why a function that was invoked is not found. `functions` are those that run, and `broken` has the reasons why
/// others cannot. A version or an alias is behind the name, after a colon.
fn not_found(invoked: &str, functions: &[String], broken: &BTreeMap<String, String>) -> String {
    let (name, qualifier) = invoked.split_once(':').unwrap_or((invoked, ""));
    if let Some(reason) = broken.get(name) {
        return format!("{name} cannot run: {reason}");
    }
    if functions.iter().any(|function| function == name) {
        return format!("the description has no version or alias {qualifier} of {name}");
    }
    "the description has no such function, and Lambda on AWS is not asked".to_owned()
}

/// Returns the name of the function that sent a request, if its SDK sends the application id that its environment has
/// (`AWS_SDK_UA_APP_ID`). Other requests may be those of a person.
fn caller(headers: &HeaderMap) -> String {
    let agents =
        ["x-amz-user-agent", "user-agent"].into_iter().filter_map(|name| headers.get(name)?.to_str().ok());
    let function = agents.flat_map(str::split_whitespace).find_map(|word| word.strip_prefix("app/"));
    function.unwrap_or("a request").to_owned()
}

/// Returns the address of the client, which the HTTP server attaches to each request. If it is missing, returns `0.0.0.0`, which
/// is no address of this machine.
pub fn peer(request: &Request<Incoming>) -> SocketAddr {
    let unknown = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
    request.extensions().get::<Peer>().map_or(unknown, |Peer(peer)| *peer)
}

fn host(request: &Request<Incoming>) -> String {
    let header = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().to_ascii_lowercase()
}

/// Returns the service that a request is meant for. An address of this machine names none, so that the signature or the path
/// decides.
fn service_of(request: &Request<Incoming>, host: &str) -> Service {
    let is_near = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
    if !is_near && !host.is_empty() {
        return match Service::of_host(host) {
            Service::Other(_) if is_custom_domain(host) => Service::Api,
            service => service,
        };
    }
    if InvokeApi::is_invoke_path(request.uri().path()) {
        return Service::Lambda;
    }
    let signature = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    signature.and_then(Service::of_signature).unwrap_or(Service::Api)
}

/// Returns true for a name outside of AWS. Only custom domains of the app are redirected here besides AWS's names.
fn is_custom_domain(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    !["amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws"].iter().any(|suffix| name.ends_with(suffix))
}

/// Returns the stage that a path of a custom domain leads to, and the rest of the path. The longest base path counts.
fn below_domain<'p, S: Copy>(domains: &[(S, &Domain)], path: &'p str) -> Option<(S, &'p str)> {
    let path = path.trim_start_matches('/');
    let below = |(stage, domain): &(S, &Domain)| {
        Some((*stage, below_base(domain.path.as_deref().unwrap_or_default(), path)?))
    };
    domains.iter().filter_map(below).min_by_key(|(_, rest)| rest.len())
}

/// Returns the rest of a path below a base path, which is whole segments of it.
fn below_base<'p>(base: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(base)?;
    let is_below = base.is_empty() || rest.is_empty() || rest.starts_with('/');
    is_below.then(|| rest.trim_start_matches('/'))
}

fn first_segment(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// Replaces the path of a request, and keeps its parameters.
pub fn set_path(request: &mut Request<Incoming>, path: &str) {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let Ok(target) = format!("{path}{query}").parse::<PathAndQuery>() else { return };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(target);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

fn forbidden(message: &str) -> Answer {
    let body = serde_json::json!({ "message": message }).to_string();
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("ForbiddenException"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn leads(paths: &[Option<&str>], path: &str, expected: Option<(usize, &str)>) {
        let domain = |path: &Option<&str>| Domain {
            name: "ws.example.com".to_owned(),
            path: path.map(str::to_owned),
            stage: "prod".to_owned(),
        };
        let domains: Vec<Domain> = paths.iter().map(domain).collect();
        let numbered: Vec<_> = domains.iter().enumerate().collect();
        assert_eq!(below_domain(&numbered, path), expected, "{path}");
    }

    #[test]
    fn a_missing_function_is_told_from_a_missing_alias_and_from_a_function_that_cannot_run() {
        let functions = ["billing".to_owned(), "my-function".to_owned()];
        let broken = BTreeMap::from([("unbuilt".to_owned(), "it has no program".to_owned())]);
        let absent = "the description has no such function, and Lambda on AWS is not asked";
        for (invoked, reason) in [
            ("billing:live", "the description has no version or alias live of billing"),
            ("my-function:1", "the description has no version or alias 1 of my-function"),
            ("other", absent),
            ("other:live", absent),
            ("bill", absent),
            ("unbuilt", "unbuilt cannot run: it has no program"),
            ("unbuilt:live", "unbuilt cannot run: it has no program"),
        ] {
            assert_eq!(not_found(invoked, &functions, &broken), reason, "{invoked}");
        }
    }

    #[test]
    fn a_request_without_the_name_of_a_function_is_not_told_as_one_of_a_function() {
        for (header, agent, expected) in [
            ("user-agent", "aws-sdk-rust/1.3 os/linux app/tell", "tell"),
            ("x-amz-user-agent", "aws-sdk-js/3.9 app/tell", "tell"),
            ("user-agent", "aws-cli/2.17 md/prompt#off md/command#lambda.invoke", "a request"),
            ("accept", "*/*", "a request"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header, HeaderValue::from_static(agent));
            assert_eq!(caller(&headers), expected, "{agent}");
        }
    }

    #[test]
    fn a_base_path_of_a_custom_domain_is_whole_segments_and_the_longest_one_counts() {
        let paths = [Some("v1"), Some("v2")];
        leads(&paths, "/v1/@connections/a=", Some((0, "@connections/a=")));
        leads(&paths, "/v2/@connections/a=", Some((1, "@connections/a=")));
        leads(&paths, "/v2", Some((1, "")));
        leads(&paths, "/v11/@connections/a=", None);
        leads(&paths, "/@connections/a=", None);
        let paths = [Some("v1"), Some("v1/chat")];
        leads(&paths, "/v1/chat/@connections/a=", Some((1, "@connections/a=")));
        leads(&paths, "/v1/@connections/a=", Some((0, "@connections/a=")));
    }

    #[test]
    fn a_custom_domain_without_a_base_path_has_all_other_paths() {
        let paths = [None, Some("v1")];
        leads(&paths, "/v1/@connections/a=", Some((1, "@connections/a=")));
        leads(&paths, "/v11/@connections/a=", Some((0, "v11/@connections/a=")));
        leads(&paths, "/@connections/a=", Some((0, "@connections/a=")));
        leads(&paths, "/", Some((0, "")));
    }
}
