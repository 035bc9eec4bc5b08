//! Functions of Lambda.

use serverless_app::{AsyncInvocation, Code, Cors, Destination, FunctionUrl, Layer};

use crate::support::{app, function, missing, mistake};

#[test]
fn a_function_has_the_defaults_of_lambda() {
    let app = app("
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: { Code: src/, Handler: a.b, Runtime: python3.13 }
");
    let f = &app.functions[0];
    assert_eq!((f.name.as_str(), f.logical_id.as_str()), ("app-F", "F"));
    assert_eq!(f.arn, "arn:aws:lambda:us-east-1:123456789012:function:app-F");
    assert_eq!((f.runtime.as_deref(), f.handler.as_deref()), (Some("python3.13"), Some("a.b")));
    assert_eq!((f.timeout_s, f.memory_mb, f.architecture.as_str()), (3, 128, "x86_64"));
    assert_eq!((f.reserved_concurrency, &f.url, &f.build), (None, &None, &None));
    assert_eq!((f.code.clone(), f.layers.len(), f.environment.len()), (Code::Path("src".to_owned()), 0, 0));
    let retries = AsyncInvocation { retries: 2, max_age_s: 21_600, on_failure: None, on_success: None };
    assert_eq!(f.async_invocation, retries);
}

#[test]
fn a_function_has_settings_of_its_own() {
    let app = app("
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: mine
      Code: { ZipFile: 'exports.handler = () => {}' }
      Handler: index.handler
      Runtime: nodejs22.x
      Timeout: '20'
      MemorySize: 256
      Architectures: [arm64]
      ReservedConcurrentExecutions: 5
      Environment: { Variables: { N: 1, B: true } }
");
    let f = app.function("mine").expect("the function has this name");
    assert_eq!(f.code, Code::Inline("exports.handler = () => {}".to_owned()));
    assert_eq!((f.timeout_s, f.memory_mb, f.architecture.as_str()), (20, 256, "arm64"));
    assert_eq!(f.reserved_concurrency, Some(5));
    assert_eq!((f.environment["N"].as_str(), f.environment["B"].as_str()), ("1", "true"));
}

#[test]
fn layers_are_found_by_their_references() {
    let app = app("
Resources:
  Common: { Type: AWS::Lambda::LayerVersion, Properties: { Content: layer/ } }
  F:
    Type: AWS::Lambda::Function
    Properties:
      Code: src/
      Handler: a.b
      Runtime: nodejs22.x
      Layers: [!Ref Common, 'arn:aws:lambda:us-east-1:1:layer:powertools:3']
");
    let own = Layer::Own { name: "app-Common".to_owned(), content: Code::Path("layer".to_owned()) };
    let published = Layer::Published("arn:aws:lambda:us-east-1:1:layer:powertools:3".to_owned());
    assert_eq!(app.functions[0].layers, [own, published]);
    let words = "the published layer arn:aws:lambda:us-east-1:1:layer:powertools:3 is not downloaded, so its content is absent";
    assert_eq!(missing(&app), [format!("Resources.F.Properties.Layers: {words}")]);
}

#[test]
fn a_function_has_an_address_and_settings_for_failures() {
    let app = app("
Resources:
  Failed: { Type: AWS::SQS::Queue }
  F:
    Type: AWS::Lambda::Function
    Properties: { Code: src/, Handler: a.b, Runtime: nodejs22.x }
  Address:
    Type: AWS::Lambda::Url
    Properties:
      TargetFunctionArn: !GetAtt F.Arn
      AuthType: NONE
      InvokeMode: RESPONSE_STREAM
      Cors: { AllowOrigins: ['*'], AllowMethods: [GET], MaxAge: 60, AllowCredentials: false }
  Config:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref F
      Qualifier: $LATEST
      MaximumRetryAttempts: 0
      MaximumEventAgeInSeconds: 120
      DestinationConfig:
        OnFailure: { Destination: !GetAtt Failed.Arn }
        OnSuccess: { Destination: !GetAtt F.Arn }
Outputs:
  Address: { Value: !GetAtt Address.FunctionUrl }
");
    let f = &app.functions[0];
    let cors = Cors {
        allow_methods: vec!["GET".to_owned()],
        allow_origins: vec!["*".to_owned()],
        max_age_s: Some(60),
        ..Cors::default()
    };
    let url = app.outputs["Address"].clone();
    assert!(url.starts_with("https://") && url.ends_with(".lambda-url.us-east-1.on.aws/"), "{url}");
    assert_eq!(f.url, Some(FunctionUrl { url, needs_iam: false, streams: true, cors: Some(cors) }));
    let failures = AsyncInvocation {
        retries: 0,
        max_age_s: 120,
        on_failure: Some(Destination::Queue("app-Failed".to_owned())),
        on_success: Some(Destination::Function("app-F".to_owned())),
    };
    assert_eq!(f.async_invocation, failures);
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn aliases_and_versions_are_further_names_of_a_function() {
    let app = app("
Transform: AWS::Serverless-2016-10-31
Conditions: { Never: !Equals [a, b] }
Resources:
  Plain:
    Type: AWS::Lambda::Function
    Properties: { Code: src/, Handler: a.b, Runtime: nodejs22.x }
  Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Plain } }
  Live:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !GetAtt Plain.Arn, FunctionVersion: !GetAtt Version.Version, Name: live }
  Off:
    Type: AWS::Lambda::Alias
    Condition: Never
    Properties: { FunctionName: !Ref Plain, FunctionVersion: '1', Name: 'off' }
  Foreign:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: other, FunctionVersion: '1', Name: theirs }
  Worker:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/, Handler: a.b, Runtime: nodejs22.x, AutoPublishAlias: !Sub 'live${AWS::Region}' }
  Alone:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/, Handler: a.b, Runtime: nodejs22.x }
");
    let qualifiers = |id: &str| Vec::from_iter(function(&app, id).qualifiers.clone());
    assert_eq!(qualifiers("Plain"), ["1", "live"]);
    assert_eq!(qualifiers("Worker"), ["1", "liveus-east-1"]);
    assert_eq!(qualifiers("Alone"), [""; 0]);
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn code_that_is_not_in_the_project_is_named() {
    let template = |code: &str| {
        format!(
            "Resources: {{ F: {{ Type: AWS::Lambda::Function, Properties: {{ Handler: a.b, Runtime: x, {code} }} }} }}"
        )
    };
    let text = template("Code: { S3Bucket: b, S3Key: a/c.zip }");
    assert_eq!(app(&text).functions[0].code, Code::Elsewhere("s3://b/a/c.zip".to_owned()));
    let words = "code in S3 is not downloaded, and no file here has this name, so invocations fail";
    assert_eq!(missing(&app(&text)), [format!("Resources.F.Properties.Code.S3Key: {words}")]);
    let text = template("PackageType: Image");
    assert_eq!(app(&text).functions[0].code, Code::Elsewhere("a container image".to_owned()));
    let text = template("PackageType: Image, Code: { ImageUri: x.dkr.ecr/chat }");
    assert_eq!(app(&text).functions[0].code, Code::Elsewhere("x.dkr.ecr/chat".to_owned()));
    let words = "container images are not run, so invocations of this function fail";
    assert_eq!(missing(&app(&text)), [format!("Resources.F.Properties.Code.ImageUri: {words}")]);
}

#[test]
fn mistakes_in_a_function_are_told_with_what_to_write() {
    let good = "
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: { Code: src/, Handler: a.b, Runtime: nodejs22.x, Timeout: 3 }
";
    let cases = [
        (
            "Code: src/, ",
            "",
            "template.yaml:3:3: Resources.F has no code: add the folder with its code, such as `CodeUri: src/` (SAM) or `Code: src/`",
        ),
        (
            "Handler: a.b, ",
            "",
            "template.yaml:3:3: Resources.F.Properties.Handler is missing: add it, such as `Handler: index.handler`",
        ),
        (
            "Timeout: 3",
            "Timeout: 1000",
            "template.yaml:5:75: Resources.F.Properties.Timeout is `1000`: write a whole number from 1 to 900",
        ),
        (
            "Timeout: 3",
            "Environment: { Variables: [a] }",
            "template.yaml:5:92: Resources.F.Properties.Environment.Variables is a list: write a map of names and values",
        ),
        (
            "Timeout: 3",
            "Architectures: [arm]",
            "template.yaml:5:81: Resources.F.Properties.Architectures contains `arm`: did you mean arm64?",
        ),
    ];
    for (right, wrong, words) in cases {
        assert_eq!(mistake(&good.replace(right, wrong)), words);
    }
    assert_eq!(function(&app(good), "F").timeout_s, 3);
}
