//! `AWS::ApiGatewayV2::Stage`, and the domains whose paths lead to stages.

use crate::app::{Domain, RouteLimits, Stage};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::parts::Parts;
use crate::error::Error;

/// Returns the stages of an API: those of its own, and those that deployments create.
pub(super) fn read(api: &Item<'_>, id: &str, parts: &Parts<'_, '_>) -> Result<Vec<Stage>, Error> {
    let own = parts.of(id, "AWS::ApiGatewayV2::Stage")?;
    let mut stages: Vec<Stage> = own.iter().map(|item| stage(&item.fields)).collect::<Result<_, _>>()?;
    for deployment in parts.of(id, "AWS::ApiGatewayV2::Deployment")? {
        let Some(name) = deployment.fields.text("StageName")? else { continue };
        if stages.iter().all(|stage| stage.name != name) {
            stages.push(Stage { name, ..Stage::default() });
        }
    }
    if stages.is_empty() {
        let problem = format!("the API {} has no stage, so that it has no address", api.resource.id);
        let advice = "add a resource with the type AWS::ApiGatewayV2::Stage, `ApiId`, `StageName` and `AutoDeploy: true`";
        return Err(Error::new(&api.resource.place, problem, advice));
    }
    Ok(stages)
}

fn stage(fields: &Fields<'_>) -> Result<Stage, Error> {
    let limits = |(key, fields): (String, Fields<'_>)| Ok((key, limits(&fields)?));
    Ok(Stage {
        name: fields.required("StageName", "prod")?,
        variables: fields.map("StageVariables")?,
        default_limits: fields
            .inner("DefaultRouteSettings")?
            .map(|fields| self::limits(&fields))
            .transpose()?
            .unwrap_or_default(),
        limits: fields.maps("RouteSettings")?.into_iter().map(limits).collect::<Result<_, Error>>()?,
    })
}

fn limits(fields: &Fields<'_>) -> Result<RouteLimits, Error> {
    Ok(RouteLimits {
        burst: fields.number("ThrottlingBurstLimit", 0, u32::MAX)?,
        per_second: per_second(fields)?,
    })
}

/// Returns the rate, which may have a fraction.
fn per_second(fields: &Fields<'_>) -> Result<Option<u32>, Error> {
    let rate = fields.text("ThrottlingRateLimit")?.and_then(|text| text.parse::<f64>().ok());
    match rate.filter(|rate| rate.fract() != 0.0 && (0.0..1e9).contains(rate)) {
        Some(rate) => Ok(Some(rate.ceil() as u32)),
        None => fields.number("ThrottlingRateLimit", 0, u32::MAX),
    }
}

/// Returns the custom domains that lead to the API.
pub(super) fn domains(api: &str, parts: &Parts<'_, '_>) -> Result<Vec<Domain>, Error> {
    let mut domains = Vec::new();
    for mapping in parts.domains() {
        let fields = &mapping.fields;
        if fields.required("ApiId", "!Ref API")? == api {
            domains.push(Domain {
                name: fields.required("DomainName", "!Ref DOMAIN")?,
                path: fields.text("ApiMappingKey")?,
                stage: fields.required("Stage", "!Ref STAGE")?,
            });
        }
    }
    Ok(domains)
}
