//! The page is served with the same care from a bucket as from the program.

use infra::Template;

const PROGRAM: &str = include_str!("../../../cli/src/serve/http/page.rs");
const DEPLOYMENT: &str = include_str!("../../../xtask/src/deploy/site.rs");

/// The value of a constant of type `&str`; a backslash at a line's end joins it with the next.
fn constant<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    let (_, rest) = code.split_once(&format!("const {name}: &str = \"")).unwrap_or_default();
    let (value, _) = rest.split_once("\";").unwrap_or_default();
    value.split_whitespace().filter(|word| *word != "\\").collect()
}

#[test]
fn the_content_security_policy_is_the_programs_and_names_the_servers_besides() {
    let template = Template::read();
    let config = &template.properties("SiteHeaders")["ResponseHeadersPolicyConfig"];
    let policy =
        &config["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0];
    let mut words: Vec<&str> = policy.as_str().unwrap_or_default().split_whitespace().collect();
    assert_eq!(words.split_off(words.len() - 2), ["wss://${Host}", "${Ingest}"]);
    assert_eq!(words, constant(PROGRAM, "POLICY"));
}

#[test]
fn browsers_keep_the_pages_files_as_long_from_either() {
    for name in ["FOR_EVER", "ASK_FIRST"] {
        assert!(!constant(PROGRAM, name).is_empty(), "{name}");
        assert_eq!(constant(PROGRAM, name), constant(DEPLOYMENT, name), "{name}");
    }
}

#[test]
fn the_bucket_is_open_to_nobody() {
    let template = Template::read();
    let block = &template.properties("Site")["PublicAccessBlockConfiguration"];
    let locks = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    assert!(locks.iter().all(|lock| block[lock] == true), "{block}");
}
