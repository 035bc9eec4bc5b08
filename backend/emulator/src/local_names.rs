//! Replaces the addresses that an app has on AWS by those on this machine.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serverless_app::App;

use crate::api::bound_distribution::BoundDistribution;
use crate::api::deployed::{Deployed, domain_name, prefix, reachable};
use crate::api::urls::BoundUrl;

/// Port of all addresses on AWS, which may be written.
const PORT_ON_AWS: &str = ":443";

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

    /// Replaces the addresses in a text. Parts of other addresses stay, such as the end of `api.example.com` and of
    /// `support@example.com`.
    pub fn replace(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let (mut rest, mut before) = (text, None);
        while let Some(first) = rest.chars().next() {
            let found = if is_before_part(before) { None } else { self.at_start_of(rest) };
            let (length, here) = found.unwrap_or((first.len_utf8(), &rest[..first.len_utf8()]));
            replaced.push_str(here);
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
        }
        replaced
    }

    /// Returns the length of the address with which a text begins, and the address that takes its place.
    fn at_start_of<'a>(&'a self, text: &str) -> Option<(usize, &'a str)> {
        self.0.iter().find_map(|(on_aws, here)| {
            let rest = text.strip_prefix(on_aws.as_str())?;
            let rest = rest.strip_prefix(PORT_ON_AWS).unwrap_or(rest);
            (!continues(rest)).then_some((text.len() - rest.len(), here.as_str()))
        })
    }

    /// Replaces the addresses in the outputs of a description.
    pub fn outputs(&self, app: &App) -> BTreeMap<String, String> {
        app.outputs.iter().map(|(name, value)| (name.clone(), self.replace(value))).collect()
    }
}

/// Returns true if what follows a character is the end of a longer name.
fn is_before_part(character: Option<char>) -> bool {
    character.is_some_and(|character| is_of_name(character) || ".@".contains(character))
}

/// Returns true if the text after an address shows that it is the beginning of a longer name, or that another port follows.
fn continues(rest: &str) -> bool {
    let mut characters = rest.chars();
    let (first, second) = (characters.next(), characters.next());
    match first {
        Some('.') => second.is_some_and(is_of_name),
        Some(':') => second.is_some_and(|second| second.is_ascii_digit()),
        other => other.is_some_and(is_of_name),
    }
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || "-_".contains(character)
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

    #[test]
    fn parts_of_other_addresses_stay_as_they_are() {
        let mut names = LocalNames::default();
        names.add("example.com/v1", "127.0.0.1:3001/chat/prod");
        names.add("example.com", "127.0.0.1:3002");
        for other in [
            "https://api.example.com/v1",
            "wss://api.example.com:443",
            "connect-src https://auth.example.com",
            "connect-src https://*.example.com",
            "support@example.com",
            "my-example.com",
            "my_example.com",
            "https://example.community",
            "https://example.com.au/v1",
            "http://example.com.s3-website-us-east-1.amazonaws.com",
            "example.com-logs",
            "https://example.com:8443/",
            "https://example.com:4430/",
        ] {
            assert_eq!(names.replace(other), other);
        }
        for (on_aws, here) in [
            ("https://example.com/v12", "http://127.0.0.1:3002/v12"),
            ("https://example.com/v1.json", "http://127.0.0.1:3002/v1.json"),
            ("https://example.com:443/v1", "http://127.0.0.1:3002/v1"),
            ("wss://example.com/v1?a=b", "ws://127.0.0.1:3001/chat/prod?a=b"),
            (
                "https://www.example.com https://example.com;",
                "https://www.example.com http://127.0.0.1:3002;",
            ),
            ("Open https://example.com.", "Open http://127.0.0.1:3002."),
            (
                "example.com: \u{e4}example.com, example.com",
                "127.0.0.1:3002: \u{e4}example.com, 127.0.0.1:3002",
            ),
        ] {
            assert_eq!(names.replace(on_aws), here);
        }
    }
}
