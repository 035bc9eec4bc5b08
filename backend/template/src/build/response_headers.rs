//! `AWS::CloudFront::ResponseHeadersPolicy`.

use crate::app::AddedHeader;
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::error::Error;

/// Headers of `SecurityHeadersConfig`: the property, the name of the header, and the property inside of it that has the value (AWS
/// CloudFormation Template Reference, "AWS::CloudFront::ResponseHeadersPolicy SecurityHeadersConfig").
const SECURITY: [(&str, &str, &str); 3] = [
    ("ContentSecurityPolicy", "content-security-policy", "ContentSecurityPolicy"),
    ("FrameOptions", "x-frame-options", "FrameOption"),
    ("ReferrerPolicy", "referrer-policy", "ReferrerPolicy"),
];

/// Returns the headers that a policy adds to answers.
pub(super) fn read(item: &Item<'_>) -> Result<Vec<AddedHeader>, Error> {
    let mut headers = Vec::new();
    let Some(config) = item.fields.inner("ResponseHeadersPolicyConfig")? else { return Ok(headers) };
    if let Some(security) = config.inner("SecurityHeadersConfig")? {
        for (property, name, value) in SECURITY {
            if let Some(fields) = security.inner(property)? {
                headers.push(header(&fields, name, fields.required(value, "DENY")?)?);
            }
        }
        if let Some(fields) = security.inner("ContentTypeOptions")? {
            headers.push(header(&fields, "x-content-type-options", "nosniff".to_owned())?);
        }
        if let Some(fields) = security.inner("XSSProtection")? {
            headers.push(header(&fields, "x-xss-protection", xss_protection(&fields)?)?);
        }
    }
    if let Some(custom) = config.inner("CustomHeadersConfig")? {
        for fields in custom.list("Items")? {
            let (name, value) = (fields.required("Header", "x-frame-options")?, fields.text("Value")?);
            headers.push(header(&fields, &name, value.unwrap_or_default())?);
        }
    }
    Ok(headers)
}

fn header(fields: &Fields<'_>, name: &str, value: String) -> Result<AddedHeader, Error> {
    Ok(AddedHeader { name: name.to_lowercase(), value, replaces: fields.flag("Override", false)? })
}

fn xss_protection(fields: &Fields<'_>) -> Result<String, Error> {
    if !fields.flag("Protection", false)? {
        return Ok("0".to_owned());
    }
    let mode = if fields.flag("ModeBlock", false)? { "; mode=block" } else { "" };
    let report = fields.text("ReportUri")?.map(|uri| format!("; report={uri}")).unwrap_or_default();
    Ok(format!("1{mode}{report}"))
}
