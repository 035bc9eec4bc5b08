//! Replaces the addresses that an app has on AWS by those on this machine.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serverless_app::App;

use crate::api::bound_distribution::BoundDistribution;
use crate::api::deployed::{Deployed, domain_name, prefix, reachable};
use crate::api::urls::BoundUrl;

/// Replaces the addresses that an app has on AWS by those at which clients on this machine reach it.
#[derive(Debug, Clone, Default)]
pub struct LocalNames(Vec<(String, String)>);

impl LocalNames {
    /// Collects the addresses of an app. `apis` is the address at which the APIs are served.
    pub fn of(
        app: &App,
        apis: SocketAddr,
        deployed: &[Deployed],
        urls: &[BoundUrl],
        distributions: &[BoundDistribution],
    ) -> Self {
        let mut names = Self::default();
        for api in &app.apis {
            names.add(&domain_name(app, api), &format!("{}{}", reachable(apis), prefix(app, api)));
        }
        for stage in deployed {
            let here = stage.url.trim_start_matches("ws://");
            for domain in &stage.domains {
                let path = domain.path.as_deref().map(|path| format!("/{path}")).unwrap_or_default();
                names.add(&format!("{}{path}", domain.name), here);
            }
        }
        for url in urls {
            let Ok(address) = url.listener.local_addr() else { continue };
            names.add(&url.host, &address.to_string());
        }
        for BoundDistribution { distribution, address, .. } in distributions {
            let domains = std::iter::once(&distribution.domain).chain(&distribution.aliases);
            domains.for_each(|domain| names.add(domain, &address.to_string()));
        }
        // A name that begins with another one is replaced before it.
        names.0.sort_by_key(|(on_aws, _)| std::cmp::Reverse(on_aws.len()));
        names
    }

    fn add(&mut self, on_aws: &str, here: &str) {
        for (scheme, plain) in [("https://", "http://"), ("wss://", "ws://"), ("", "")] {
            self.0.push((format!("{scheme}{on_aws}"), format!("{plain}{here}")));
        }
    }

    /// Replaces the addresses in a text.
    pub fn replace(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (on_aws, here)| text.replace(on_aws, here))
    }

    /// Replaces the addresses in the outputs of a description.
    pub fn outputs(&self, app: &App) -> BTreeMap<String, String> {
        app.outputs.iter().map(|(name, value)| (name.clone(), self.replace(value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_aws_become_those_of_this_machine_with_plain_schemes() {
        let mut names = LocalNames::default();
        names.add("chat.example.com", "127.0.0.1:3001/prod");
        names.add("abc.execute-api.us-east-1.amazonaws.com", "127.0.0.1:3001");
        for (on_aws, here) in [
            ("wss://abc.execute-api.us-east-1.amazonaws.com/prod", "ws://127.0.0.1:3001/prod"),
            ("https://abc.execute-api.us-east-1.amazonaws.com", "http://127.0.0.1:3001"),
            ("connect-src 'self' wss://chat.example.com;", "connect-src 'self' ws://127.0.0.1:3001/prod;"),
            ("abc.execute-api.us-east-1.amazonaws.com", "127.0.0.1:3001"),
            ("https://example.com/", "https://example.com/"),
        ] {
            assert_eq!(names.replace(on_aws), here);
        }
    }
}
