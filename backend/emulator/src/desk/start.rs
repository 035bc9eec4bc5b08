//! Binds the listeners that functions reach.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serverless_app::App;
use tokio::net::TcpListener;

use crate::api::deployed::{domain_name, prefix};
use crate::data;
use crate::desk::authority::Authority;
use crate::desk::listener::DeskListener;
use crate::desk::service::Targets;
use crate::functions::environment::Endpoints;
use crate::settings::{Credentials, Settings};

/// Host names that belong to AWS, and all below them.
const AWS_SUFFIXES: [&str; 4] = ["amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws"];

/// The listeners that functions reach, whose addresses are in their environment.
pub struct Desk {
    /// Listener of the HTTP server.
    pub http: TcpListener,
    /// The port to which connections to AWS are redirected.
    pub listener: DeskListener,
    /// The addresses of both, and those of the services.
    pub endpoints: Endpoints,
}

impl Desk {
    /// Binds the listeners. `data` has the addresses of tables and queues.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub async fn bind(
        app: &App,
        authority: Arc<Authority>,
        settings: &Settings,
        data: data::Endpoints,
    ) -> io::Result<Self> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = http.local_addr()?;
        let targets = Targets { http: address, dynamodb: data.dynamodb, sqs: data.sqs };
        let suffixes = suffixes(app, settings);
        let listener = DeskListener::bind(authority, targets, suffixes.clone().into()).await?;
        let endpoints = Endpoints {
            desk_port: listener.port()?,
            suffixes,
            http: format!("http://{address}"),
            management: app.apis.first().and_then(|api| {
                Some(format!("http://{address}{}/{}", prefix(app, api), api.stages.first()?.name))
            }),
            apis: app
                .apis
                .iter()
                .map(|api| {
                    (
                        format!("https://{}", domain_name(app, api)),
                        format!("http://{address}{}", prefix(app, api)),
                    )
                })
                .collect(),
            dynamodb: data.dynamodb.map(|address| format!("http://{address}")),
            sqs: data.sqs.map(|address| format!("http://{address}")),
        };
        Ok(Self { http, listener, endpoints })
    }
}

/// Returns the host names whose connections are redirected. With real credentials, only those of the app's own APIs, and of services
/// that have something of the app.
fn suffixes(app: &App, settings: &Settings) -> Vec<String> {
    let domains = app.apis.iter().flat_map(|api| api.domains.iter().map(|domain| domain.name.clone()));
    let aws: Vec<String> = match settings.credentials {
        Credentials::Invented => AWS_SUFFIXES.map(str::to_owned).to_vec(),
        Credentials::Real { .. } => {
            let apis = app.apis.iter().map(|api| domain_name(app, api));
            apis.chain(own_services(app)).collect()
        }
    };
    aws.into_iter().chain(domains).collect()
}

/// Returns the host names of the services that have something of the app, in its region.
fn own_services(app: &App) -> Vec<String> {
    let services = [
        ("lambda", !app.functions.is_empty()),
        ("dynamodb", !app.tables.is_empty()),
        ("streams.dynamodb", !app.tables.is_empty()),
        ("sqs", !app.queues.is_empty()),
    ];
    let own = services.into_iter().filter(|(_, has_own)| *has_own);
    own.map(|(service, _)| format!("{service}.{}.amazonaws.com", app.region)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serverless_app::read;

    use super::*;

    #[test]
    fn with_real_credentials_only_what_the_app_has_is_redirected() {
        let template = "
Resources:
  Rows:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
";
        let files = BTreeMap::from([("template.yaml".to_owned(), template.to_owned())]);
        let app = read("template.yaml", &files, &serverless_app::Settings::default()).expect("well-formed");
        let mut settings = Settings::new(([127, 0, 0, 1], 0).into(), "data".into());
        assert!(suffixes(&app, &settings).contains(&"amazonaws.com".to_owned()));
        settings.credentials = Credentials::Real {
            access_key_id: "id".into(),
            secret_access_key: "secret".into(),
            session_token: None,
        };
        let region = &app.region;
        let own =
            [format!("dynamodb.{region}.amazonaws.com"), format!("streams.dynamodb.{region}.amazonaws.com")];
        assert_eq!(suffixes(&app, &settings), own);
    }
}
