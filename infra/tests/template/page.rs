//! Tests that on AWS the web page is served with the same headers as by the program `tickertape`.

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
        &config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0];
    let mut words: Vec<&str> = policy.as_str().unwrap_or_default().split_whitespace().collect();
    assert_eq!(words.split_off(words.len() - 2), ["wss://${Host}", "${Ingest}"]);
    assert_eq!(words, constant(PROGRAM, "POLICY"));
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
