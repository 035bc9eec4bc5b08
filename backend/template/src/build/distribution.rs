//! `AWS::CloudFront::Distribution`.

use std::collections::BTreeMap;

use crate::app::{AddedHeader, App, Behavior, Distribution, ErrorPage, Origin};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::response_headers;
use crate::error::Error;
use crate::evaluate::{Evaluator, Scope};

/// Methods that a behavior passes on if it names none (Amazon CloudFront Developer Guide, "Allowed HTTP methods").
const METHODS: [&str; 2] = ["GET", "HEAD"];

/// Reads distributions. The APIs and functions of the app have been read before.
pub(super) fn read(items: &[Item<'_>], all: &Evaluator<'_>, app: &App) -> Result<Vec<Distribution>, Error> {
    let parts = Parts { buckets: buckets(all)?, policies: policies(items)?, app };
    let distributions = items.iter().filter(|item| item.is("AWS::CloudFront::Distribution"));
    distributions.map(|item| parts.distribution(item)).collect()
}

/// Returns the names of the buckets that exist, each with its name in the description.
pub(super) fn buckets(all: &Evaluator<'_>) -> Result<Vec<(String, String)>, Error> {
    let mut buckets = Vec::new();
    for stack in all.stacks {
        let scope = Scope { all, stack };
        for resource in stack.resources.iter().filter(|resource| resource.kind == "AWS::S3::Bucket") {
            if !resource.is_implied && scope.exists(resource)? {
                buckets.push((scope.name(resource)?, resource.id.clone()));
            }
        }
    }
    Ok(buckets)
}

/// Returns the headers of each policy, by the identifier of the policy.
fn policies(items: &[Item<'_>]) -> Result<BTreeMap<String, Vec<AddedHeader>>, Error> {
    let policies = items.iter().filter(|item| item.is("AWS::CloudFront::ResponseHeadersPolicy"));
    policies.map(|item| Ok((item.scope.name(item.resource)?, response_headers::read(item)?))).collect()
}

/// Everything of the app that a distribution may refer to.
struct Parts<'a> {
    buckets: Vec<(String, String)>,
    policies: BTreeMap<String, Vec<AddedHeader>>,
    app: &'a App,
}

/// An origin, by the identifier that behaviors have for it.
type Origins = BTreeMap<String, (Origin, String)>;

impl Parts<'_> {
    fn distribution(&self, item: &Item<'_>) -> Result<Distribution, Error> {
        let config = item.fields.inner("DistributionConfig")?;
        let config = config.ok_or_else(|| {
            let problem = format!("{} is missing", item.fields.path_of("DistributionConfig"));
            Error::new(&item.resource.place, problem, "add it, with `Origins` and `DefaultCacheBehavior`")
        })?;
        let mut origins = self.origins(&config)?;
        add_groups(&config, &mut origins)?;
        let mut behaviors = Vec::new();
        for fields in config.list("CacheBehaviors")? {
            behaviors.push(self.behavior(&fields, fields.required("PathPattern", "'/api/*'")?, &origins)?);
        }
        if let Some(fields) = config.inner("DefaultCacheBehavior")? {
            behaviors.push(self.behavior(&fields, "*".to_owned(), &origins)?);
        }
        let root_object = config.text("DefaultRootObject")?.filter(|name| !name.is_empty());
        Ok(Distribution {
            logical_id: item.resource.id.clone(),
            domain: item.scope.distribution_domain(item.resource),
            aliases: config.texts("Aliases")?,
            root_object: root_object.map(|name| name.trim_start_matches('/').to_owned()),
            behaviors,
            error_pages: error_pages(&config)?,
            place: item.resource.place.clone(),
        })
    }

    fn origins(&self, config: &Fields<'_>) -> Result<Origins, Error> {
        let mut origins = Origins::new();
        for fields in config.list("Origins")? {
            let domain = fields.required("DomainName", "!GetAtt BUCKET.RegionalDomainName")?;
            let origin = self.origin(&domain);
            if let Origin::Elsewhere(domain) = &origin {
                let meaning = format!(
                    "{domain} is not part of this app and not asked; requests for it get the status 502"
                );
                fields.missing("DomainName", &meaning);
            }
            let path = fields.text("OriginPath")?.unwrap_or_default();
            origins.insert(fields.required("Id", "site")?, (origin, path.trim_end_matches('/').to_owned()));
        }
        Ok(origins)
    }

    /// Returns the part of the app that a host name belongs to.
    fn origin(&self, domain: &str) -> Origin {
        let App { apis, functions, .. } = self.app;
        let is_bucket = |name: &str| {
            domain.strip_prefix(name).is_some_and(|rest| rest.starts_with(".s3.") || rest.starts_with(".s3-"))
        };
        let is_website = domain.contains(".s3-website");
        if let Some((_, id)) = self.buckets.iter().find(|(name, _)| is_bucket(name) && !is_website) {
            return Origin::Bucket(id.clone());
        }
        let is_of_api = |api: &crate::app::WebSocketApi| {
            let own = domain.split_once(".execute-api.").is_some_and(|(id, _)| id == api.id);
            own || api.domains.iter().any(|custom| custom.name == domain)
        };
        if apis.iter().any(is_of_api) {
            return Origin::Api(domain.to_owned());
        }
        let host = |url: &str| url.trim_start_matches("https://").trim_end_matches('/') == domain;
        let function = functions.iter().find(|one| one.url.as_ref().is_some_and(|url| host(&url.url)));
        match function {
            Some(function) => Origin::Function(function.name.clone()),
            None => Origin::Elsewhere(domain.to_owned()),
        }
    }

    fn behavior(&self, fields: &Fields<'_>, pattern: String, origins: &Origins) -> Result<Behavior, Error> {
        let target = fields.required("TargetOriginId", "site")?;
        let Some((origin, origin_path)) = origins.get(&target) else {
            return Err(no_origin(fields, "TargetOriginId", &target, origins));
        };
        let mut methods = fields.texts("AllowedMethods")?;
        if methods.is_empty() {
            methods = METHODS.map(str::to_owned).to_vec();
        }
        let headers = self.headers(fields)?;
        Ok(Behavior { pattern, methods, origin: origin.clone(), origin_path: origin_path.clone(), headers })
    }

    fn headers(&self, fields: &Fields<'_>) -> Result<Vec<AddedHeader>, Error> {
        let Some(id) = fields.text("ResponseHeadersPolicyId")? else { return Ok(Vec::new()) };
        if let Some(headers) = self.policies.get(&id) {
            return Ok(headers.clone());
        }
        let meaning = format!("the policy {id} is not part of this app, so that its headers are not added");
        fields.missing("ResponseHeadersPolicyId", &meaning);
        Ok(Vec::new())
    }
}

/// Adds the groups of origins, each as its first origin.
fn add_groups(config: &Fields<'_>, origins: &mut Origins) -> Result<(), Error> {
    let Some(groups) = config.inner("OriginGroups")? else { return Ok(()) };
    for group in groups.list("Items")? {
        let id = group.required("Id", "group")?;
        let members = group.inner("Members")?.map_or(Ok(Vec::new()), |members| members.list("Items"))?;
        let Some(first) = members.first() else { continue };
        let member = first.required("OriginId", "site")?;
        let Some(origin) = origins.get(&member).cloned() else {
            return Err(no_origin(first, "OriginId", &member, origins));
        };
        group.missing("FailoverCriteria", "requests are not repeated at the second origin of the group");
        origins.insert(id, origin);
    }
    Ok(())
}

fn no_origin(fields: &Fields<'_>, name: &str, id: &str, origins: &Origins) -> Error {
    let advice = crate::words::instead(id, origins.keys().map(String::as_str));
    Error::new(fields.place_of(name), format!("there is no origin `{id}`"), advice)
}

fn error_pages(config: &Fields<'_>) -> Result<Vec<ErrorPage>, Error> {
    let page = |fields: &Fields<'_>| {
        let status =
            |name: &str| Ok(fields.number(name, 200, 599)?.and_then(|code| u16::try_from(code).ok()));
        fields.required("ErrorCode", "403")?;
        let error = status("ErrorCode")?.unwrap_or_default();
        let path = fields.text("ResponsePagePath")?.filter(|path| !path.is_empty());
        let code = status("ResponseCode")?.unwrap_or(error);
        Ok(ErrorPage { error, page: path.map(|path| (code, path)) })
    };
    config.list("CustomErrorResponses")?.iter().map(page).collect()
}
