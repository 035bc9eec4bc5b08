use backend_aws::InvokeError;

use crate::scripted::{Answer, Script, Scripted};
use test_support::soon;

async fn invoke(script: Script) -> Result<(), InvokeError> {
    let lambda = Scripted::open(script).await;
    soon(lambda.aws().functions().invoke_async("broadcast", b"{}".to_vec())).await
}

#[tokio::test]
async fn an_invocation_is_done_once_it_is_queued() {
    assert_eq!(invoke(|_| Answer::Status(202)).await, Ok(()));
}

#[tokio::test]
async fn an_overloaded_lambda_is_asked_again_and_then_reported_as_unavailable() {
    const BUSY: Answer = Answer::Error(429, "TooManyRequestsException");
    assert_eq!(invoke(|number| if number == 0 { BUSY } else { Answer::Status(202) }).await, Ok(()));
    for script in [|_| BUSY, |_| Answer::Status(500)] as [Script; 2] {
        assert!(matches!(invoke(script).await, Err(InvokeError::Unavailable { .. })));
    }
}

#[tokio::test]
async fn a_payload_that_is_too_large_and_a_refusal_are_distinguished() {
    let too_large = invoke(|_| Answer::Error(413, "RequestTooLargeException")).await;
    assert_eq!(too_large, Err(InvokeError::TooLarge { size_bytes: 2 }));
    for script in
        [|_| Answer::Error(403, "AccessDeniedException"), |_| Answer::Error(404, "ResourceNotFoundException")]
            as [Script; 2]
    {
        let refused = invoke(script).await;
        let Err(InvokeError::Refused { reason }) = refused else { panic!("{refused:?}") };
        assert!(reason.contains("Exception"), "{reason}");
    }
}
