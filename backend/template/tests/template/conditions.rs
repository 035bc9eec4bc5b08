//! Conditions.

use crate::support::{app, mistake};

/// Returns true if a resource with the condition exists.
#[track_caller]
fn exists(condition: &str) -> bool {
    let text = format!(
        "
Parameters:
  Stage: {{ Type: String, Default: dev }}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsLive: !Equals [live, !Ref Stage]
  Tested: {condition}
Resources:
  Jobs: {{ Type: AWS::SQS::Queue, Condition: Tested }}
"
    );
    !app(&text).queues.is_empty()
}

#[test]
fn a_condition_that_is_false_removes_its_resource() {
    let cases = [
        ("!Equals [a, a]", true),
        ("!Equals [1, '1']", true),
        ("!Equals [a, A]", false),
        ("!Equals [[a, b], [a, b]]", true),
        ("!Condition IsDev", true),
        ("{ Condition: IsLive }", false),
        ("!Not [!Condition IsLive]", true),
        ("!And [!Condition IsDev, !Not [!Condition IsLive]]", true),
        ("!And [!Condition IsDev, !Condition IsLive]", false),
        ("!Or [!Condition IsLive, !Condition IsDev]", true),
        ("!Or [!Condition IsLive, !Equals [a, b]]", false),
        ("{ 'Fn::Or': [{ Condition: IsLive }, { 'Fn::Equals': [a, a] }] }", true),
        ("!Equals [!If [IsDev, x, y], x]", true),
    ];
    for (condition, wanted) in cases {
        assert_eq!(exists(condition), wanted, "{condition}");
    }
}

#[test]
fn a_mistake_in_a_condition_is_told() {
    let cases = [
        ("!Equals [a]", "this condition has 1 operands: write a list of 2"),
        ("!And [!Condition IsDev]", "this condition has 1 operands: write a list of 2 to 10"),
        ("!Condition IsDef", "there is no condition `IsDef`: did you mean IsDev?"),
        (
            "perhaps",
            "`perhaps` is not a condition: write a function such as `!Equals [!Ref Stage, prod]`, or `!Condition NAME`",
        ),
        (
            "!Condition Tested",
            "the condition Tested depends on itself: remove one of the references of this circle",
        ),
    ];
    for (condition, words) in cases {
        let text = format!(
            "
Parameters:
  Stage: {{ Type: String, Default: dev }}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  Tested: {condition}
Resources:
  Jobs: {{ Type: AWS::SQS::Queue, Condition: Tested }}
"
        );
        let message = mistake(&text);
        assert!(message.ends_with(words), "{condition}: {message}");
    }
}

#[test]
fn a_reference_to_a_resource_that_does_not_exist_names_its_condition() {
    let message = mistake(
        "
Conditions:
  Never: !Equals [a, b]
Resources:
  Failed: { Type: AWS::SQS::Queue, Condition: Never }
  Jobs:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3 } }
",
    );
    assert_eq!(
        message,
        "template.yaml:8:57: `Failed` does not exist, because its condition Never is false: \
         refer to it inside of `!If [Never, …]` only"
    );
}

#[test]
fn an_output_with_a_false_condition_is_absent() {
    let app = app("
Conditions:
  Never: !Equals [a, b]
Resources:
  Jobs: { Type: AWS::SQS::Queue }
Outputs:
  One: { Value: !GetAtt Jobs.QueueName }
  Two: { Value: x, Condition: Never }
");
    assert_eq!(app.outputs.into_iter().collect::<Vec<_>>(), [("One".to_owned(), "app-Jobs".to_owned())]);
}
