//! Properties of API Gateway.

use crate::known::table::{LABEL, PERMISSION, Table};

const NO_MODELS: &str = "messages are not compared with models";
const API_LOGS: &str = "the gateway's own logs take the place of these";
const KEYS: &str = "API keys are not checked, so that a request without a key is accepted";
const HTTP_ONLY: &str = "this is a property of HTTP APIs, and WebSocket APIs ignore it";

/// Properties of the settings of all routes of a stage, and of those of one route.
const LOGS_AND_METRICS_OF_ROUTES: &[(&str, &str)] = &[
    ("DataTraceEnabled", API_LOGS),
    ("DetailedMetricsEnabled", "metrics are for AWS"),
    ("LoggingLevel", API_LOGS),
];

pub(in crate::known) const TABLES: &[Table] = &[
    Table {
        of: "AWS::ApiGatewayV2::Api",
        done: &["Name", "ProtocolType", "RouteSelectionExpression"],
        irrelevant: &[
            ("Description", LABEL),
            ("DisableExecuteApiEndpoint", "the API's own address is the one that is served here"),
            ("DisableSchemaValidation", NO_MODELS),
            ("FailOnWarnings", "this is about deploying"),
            ("IpAddressType", "the address is one of this machine"),
            ("Tags", LABEL),
            ("Version", LABEL),
        ],
        missing: &[("ApiKeySelectionExpression", KEYS)],
    },
    Table {
        of: "AWS::ApiGatewayV2::Route",
        done: &[
            "ApiId",
            "AuthorizationType",
            "AuthorizerId",
            "RouteKey",
            "RouteResponseSelectionExpression",
            "Target",
        ],
        irrelevant: &[("OperationName", LABEL)],
        missing: &[
            ("ApiKeyRequired", KEYS),
            ("AuthorizationScopes", HTTP_ONLY),
            ("ModelSelectionExpression", NO_MODELS),
            ("RequestModels", NO_MODELS),
            ("RequestParameters", "required parameters of requests are not checked"),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::Integration",
        done: &[
            "ApiId",
            "IntegrationMethod",
            "IntegrationSubtype",
            "IntegrationType",
            "IntegrationUri",
            "RequestParameters",
            "RequestTemplates",
            "TemplateSelectionExpression",
            "TimeoutInMillis",
        ],
        irrelevant: &[
            ("ConnectionType", "integrations reach this machine only"),
            ("CredentialsArn", PERMISSION),
            ("Description", LABEL),
            ("PassthroughBehavior", "a message without a template for it is passed on as it is"),
            ("PayloadFormatVersion", "WebSocket APIs have one format"),
        ],
        missing: &[
            ("ConnectionId", "private networks are not reached"),
            ("ContentHandlingStrategy", "payloads are passed as they are"),
            ("ResponseParameters", HTTP_ONLY),
            ("TlsConfig", "HTTP integrations are not called"),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::IntegrationResponse",
        done: &[
            "ApiId",
            "IntegrationId",
            "IntegrationResponseKey",
            "ResponseTemplates",
            "TemplateSelectionExpression",
        ],
        irrelevant: &[],
        missing: &[
            ("ContentHandlingStrategy", "payloads are passed as they are"),
            ("ResponseParameters", "parameters are not mapped"),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::RouteResponse",
        done: &["ApiId", "RouteId", "RouteResponseKey"],
        irrelevant: &[],
        missing: &[
            ("ModelSelectionExpression", NO_MODELS),
            ("ResponseModels", NO_MODELS),
            ("ResponseParameters", "parameters are not mapped"),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::Authorizer",
        done: &["ApiId", "AuthorizerType", "AuthorizerUri", "IdentitySource", "Name"],
        irrelevant: &[
            ("AuthorizerCredentialsArn", PERMISSION),
            ("AuthorizerPayloadFormatVersion", HTTP_ONLY),
            ("AuthorizerResultTtlInSeconds", "decisions about WebSockets are not cached"),
            ("EnableSimpleResponses", HTTP_ONLY),
        ],
        missing: &[
            ("IdentityValidationExpression", "tokens are not compared with the expression"),
            ("JwtConfiguration", HTTP_ONLY),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::Stage",
        done: &["ApiId", "DefaultRouteSettings", "RouteSettings", "StageName", "StageVariables"],
        irrelevant: &[
            ("AccessLogSettings", API_LOGS),
            ("AutoDeploy", "every change is deployed here"),
            ("DeploymentId", "every change is deployed here"),
            ("Description", LABEL),
            ("Tags", LABEL),
        ],
        missing: &[
            ("AccessPolicyId", "access policies are not checked"),
            ("ClientCertificateId", "client certificates are not sent"),
        ],
    },
    Table {
        of: "AWS::ApiGatewayV2::Stage.DefaultRouteSettings",
        done: &["ThrottlingBurstLimit", "ThrottlingRateLimit"],
        irrelevant: LOGS_AND_METRICS_OF_ROUTES,
        missing: &[],
    },
    Table {
        of: "AWS::ApiGatewayV2::Deployment",
        done: &["ApiId", "StageName"],
        irrelevant: &[("Description", LABEL)],
        missing: &[],
    },
    Table {
        of: "AWS::ApiGatewayV2::DomainName",
        done: &["DomainName"],
        irrelevant: &[
            ("DomainNameConfigurations", "certificates are not those of AWS"),
            ("RoutingMode", "there is one way to an API"),
            ("Tags", LABEL),
        ],
        missing: &[("MutualTlsAuthentication", "certificates of clients are not requested")],
    },
    Table {
        of: "AWS::ApiGatewayV2::ApiMapping",
        done: &["ApiId", "ApiMappingKey", "DomainName", "Stage"],
        irrelevant: &[],
        missing: &[],
    },
    Table {
        of: "AWS::ApiGatewayV2::Stage.RouteSettings.*",
        done: &["ThrottlingBurstLimit", "ThrottlingRateLimit"],
        irrelevant: LOGS_AND_METRICS_OF_ROUTES,
        missing: &[],
    },
];
