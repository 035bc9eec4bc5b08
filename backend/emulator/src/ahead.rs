//! Starts processes of functions before their first invocations.

use std::sync::{Arc, Mutex, PoisonError};

use lambda_host::Host;
use serverless_app::{App, Integration, Route, ServiceTarget};
use tokio::task::JoinSet;

use crate::api::functions::authorizer_of;
use crate::machine;

/// Starts a process of each of these functions, in this order. As many start at a time as there are processors, which is half of those that
/// may start, so that an invocation can start its own.
pub async fn start(host: Host, functions: Vec<String>) {
    let functions = Arc::new(Mutex::new(functions.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..machine::processors() {
        let (host, functions) = (host.clone(), functions.clone());
        workers.spawn(async move {
            let next = || functions.lock().unwrap_or_else(PoisonError::into_inner).next();
            while let Some(function) = next() {
                // All functions of the app are known.
                let _ = host.start_ahead(&function).await;
            }
        });
    }
    while workers.join_next().await.is_some() {}
}

/// Returns the names of the functions in the order in which a first client needs them: authorizers, those of `$connect`, those of other
/// routes, and all others of `functions`, which are those that can run.
pub fn order(app: &App, functions: &[String]) -> Vec<String> {
    let authorizers = app.apis.iter().filter_map(authorizer_of).map(|authorizer| &authorizer.function);
    let routes = || app.apis.iter().flat_map(|api| &api.routes);
    let (connect, others): (Vec<&Route>, Vec<&Route>) = routes().partition(|route| route.key == "$connect");
    let of_routes = connect.into_iter().chain(others).filter_map(function_of);
    let mut ordered: Vec<String> = Vec::new();
    for name in authorizers.chain(of_routes).chain(functions) {
        if functions.contains(name) && !ordered.contains(name) {
            ordered.push(name.clone());
        }
    }
    ordered
}

fn function_of(route: &Route) -> Option<&String> {
    match &route.integration {
        Integration::Function { name, .. } => Some(name),
        Integration::Service(call) => match &call.target {
            ServiceTarget::Function { name, .. } => Some(name),
            ServiceTarget::DynamoDb { .. } | ServiceTarget::Sqs { .. } => None,
        },
        Integration::Mock(_) | Integration::Unsupported { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serverless_app::{Settings, read};

    #[test]
    fn authorizers_and_connect_are_started_before_the_others() {
        let function = |name: &str| {
            format!(
                "  {name}:\n    Type: AWS::Serverless::Function\n    Properties: {{ FunctionName: {name}, Handler: a.b, \
                 CodeUri: src/, Runtime: nodejs22.x }}\n"
            )
        };
        let names = ["archive", "connect", "guard", "say"];
        let template = format!(
            "Transform: AWS::Serverless-2016-10-31
Resources:
{}  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Auth: {{ AuthType: CUSTOM, AuthArn: !GetAtt guard.Arn }}
      Routes:
        $default: {{ FunctionArn: !GetAtt say.Arn }}
        $connect: {{ FunctionArn: !GetAtt connect.Arn }}
",
            names.map(function).concat()
        );
        let files = BTreeMap::from([("template.yaml".to_owned(), template)]);
        let app = read("template.yaml", &files, &Settings::default()).expect("it is well-formed");
        let all = names.map(str::to_owned);
        assert_eq!(super::order(&app, &all), ["guard", "connect", "say", "archive"]);
        assert_eq!(super::order(&app, &all[3..]), ["say"]);
    }
}
