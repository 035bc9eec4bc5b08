//! Converts the service's [`Reply`] to the response that a Lambda function returns to API Gateway
//! (`ApiGatewayProxyResponse`).

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use backend_core::Reply;
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;

/// Converts a reply of the service to the value that the Lambda function returns. For `$connect`, the status of the
/// reply becomes the status of the WebSocket handshake. API Gateway confirms a sub-protocol to the client only if the
/// response has the header `Sec-WebSocket-Protocol` (API Gateway developer guide, websocket-connect-route-subprotocol).
pub fn response(reply: Reply) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = i64::from(reply.status);
    let protocol = reply.protocol.and_then(|name| HeaderValue::try_from(name).ok());
    response.headers.extend(protocol.map(|value| (SEC_WEBSOCKET_PROTOCOL, value)));
    response
}
