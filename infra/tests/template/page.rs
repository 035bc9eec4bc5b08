//! Tests that on AWS the web page is served with the same headers as by the program `tickertape`.

use std::collections::BTreeSet;

use backend_core::http::{OPTIONS_HEADERS, Route};
use infra::Template;

const PROGRAM: &str = include_str!("../../../backend/server/src/http/page.rs");
const DEPLOYMENT: &str = include_str!("../../../xtask/src/deploy/site.rs");

/// Returns the words of a constant of type `&str` in Rust source code. A backslash at the end of a line continues the
/// text on the next line.
fn constant<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    let (_, rest) = code.split_once(&format!("const {name}: &str = \"")).unwrap_or_default();
    let (value, _) = rest.split_once("\";").unwrap_or_default();
    value.split_whitespace().filter(|word| *word != "\\").collect()
}

#[test]
fn the_content_security_policy_is_the_programs_with_the_addresses_of_the_servers() {
    let template = Template::read();
    let config = &template.properties("SiteHeaders")["ResponseHeadersPolicyConfig"];
    let policy =
        &config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"];
    let embedders = &policy[1]["Embedders"]["Fn::If"];
    assert_eq!((&embedders[0], &embedders[1]["Fn::Join"][0]), (&"AllowsEmbed".into(), &" ".into()));
    assert_eq!(embedders[1]["Fn::Join"][1]["Ref"], "AllowEmbed");
    let text = policy[0].as_str().unwrap_or_default();
    let text = text.replace("${Embedders}", embedders[2].as_str().unwrap_or_default());
    let mut words: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(words.split_off(words.len() - 2), ["wss://${Host}", "${Ingest}"]);
    assert_eq!(words, constant(PROGRAM, "POLICY"));
}

#[test]
fn the_header_that_forbids_all_frames_is_sent_if_no_page_may_embed_the_board_as_by_the_program() {
    let template = Template::read();
    let headers = &template.properties("SiteHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"];
    let frames = &headers["FrameOptions"]["Fn::If"];
    assert_eq!((&frames[0], &frames[1]["Ref"]), (&"AllowsEmbed".into(), &"AWS::NoValue".into()));
    assert_eq!(frames[2]["FrameOption"], "DENY");
    assert!(PROGRAM.contains("set(response, X_FRAME_OPTIONS, \"DENY\")"));
}

#[test]
fn a_deployment_lets_the_named_origins_embed_the_page_and_accepts_nothing_else_into_its_policy() {
    let template = Template::read();
    let parameter = template.parameter("AllowEmbed");
    assert_eq!(parameter["Default"], "", "without a choice, no page may");
    // CloudFormation compares every entry of the list with the pattern. None can end the directive or allow more than it names.
    let pattern = parameter["AllowedPattern"].as_str().unwrap_or_default();
    assert_eq!(pattern, "(https?://[A-Za-z0-9._:-]+)?");
}

#[test]
fn browsers_cache_the_pages_files_for_the_same_time() {
    for name in ["FOR_EVER", "ASK_FIRST"] {
        assert!(!constant(PROGRAM, name).is_empty(), "{name}");
        assert_eq!(constant(PROGRAM, name), constant(DEPLOYMENT, name), "{name}");
    }
}

#[test]
fn the_bucket_is_not_public() {
    let template = Template::read();
    let block = &template.properties("Site")["PublicAccessBlockConfiguration"];
    let locks = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    assert!(locks.iter().all(|lock| block[lock] == true), "{block}");
}

#[test]
fn nothing_is_served_or_read_without_current_encryption() {
    let template = Template::read();
    let distribution = &template.properties("Distribution")["DistributionConfig"];
    assert_eq!(distribution["DefaultCacheBehavior"]["ViewerProtocolPolicy"], "redirect-to-https");
    let own_domain = &distribution["ViewerCertificate"]["Fn::If"][1];
    assert_eq!(own_domain["MinimumProtocolVersion"], "TLSv1.2_2021");
    let socket = &template.properties("SocketDomainName")["DomainNameConfigurations"][0];
    assert_eq!(socket["SecurityPolicy"], "TLS_1_2");
    let bucket = &template.properties("SitePolicy")["PolicyDocument"]["Statement"][1];
    assert_eq!((&bucket["Effect"], &bucket["Principal"]), (&"Deny".into(), &"*".into()));
    assert_eq!(bucket["Condition"]["Bool"]["aws:SecureTransport"], "false");
}

#[test]
fn only_the_distribution_of_the_template_reads_the_bucket() {
    let template = Template::read();
    let read = &template.properties("SitePolicy")["PolicyDocument"]["Statement"][0];
    assert_eq!((&read["Action"], &read["Effect"]), (&"s3:GetObject".into(), &"Allow".into()));
    assert_eq!(read["Principal"]["Service"], "cloudfront.amazonaws.com");
    let source = read["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].as_str().unwrap_or_default();
    assert!(source.ends_with("distribution/${Distribution}"), "{source}");
}

#[test]
fn the_page_may_send_every_request_about_boards_from_its_own_origin_and_read_the_version() {
    let template = Template::read();
    let cors = &template.properties("IngestFunction")["FunctionUrlConfig"]["Cors"];
    let texts = |name: &str| -> BTreeSet<String> {
        let values = cors[name].as_array().into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let methods = ["GET", "PUT", "DELETE"].into_iter().filter(|method| {
        let route = Route::of(method, "/boards/shop");
        assert!(matches!(route, Ok(Route::Boards(_))), "{method}: {route:?}");
        !texts("AllowMethods").contains(*method)
    });
    assert_eq!(methods.count(), 0, "the page would be refused");
    let headers = OPTIONS_HEADERS.iter().find(|(name, _)| *name == "access-control-allow-headers");
    let headers = headers.map(|(_, value)| value.split(", ").map(str::to_owned).collect());
    assert_eq!(Some(texts("AllowHeaders")), headers, "as the embedded server allows");
    assert!(texts("ExposeHeaders").contains("etag"));
}
