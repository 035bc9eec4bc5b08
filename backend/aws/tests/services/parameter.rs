use backend_aws::ParameterError;

use crate::scripted::{Answer, Script, Scripted};
use test_support::soon;

async fn read(script: Script) -> Result<String, ParameterError> {
    soon(Scripted::open(script).await.aws().parameter("/tickertape/secret")).await
}

#[tokio::test]
async fn a_secret_is_read() {
    let value = read(|_| Answer::Json(r#"{"Parameter": {"Value": "s3cret"}}"#)).await;
    assert_eq!(value.as_deref(), Ok("s3cret"));
}

#[tokio::test]
async fn a_missing_secret_is_named() {
    let missing = read(|_| Answer::Error(400, "ParameterNotFound")).await;
    assert_eq!(missing, Err(ParameterError::NotFound { name: "/tickertape/secret".into() }));
}

#[tokio::test]
async fn a_secret_that_may_not_be_read_is_named_with_the_reason() {
    for script in [|_| Answer::Error(400, "AccessDeniedException"), |_| Answer::Json("{}")] as [Script; 2] {
        let words = read(script).await.unwrap_err().to_string();
        assert!(words.contains("\"/tickertape/secret\" could not be read"), "{words}");
    }
}
