exports.authorize = async ({ methodArn, queryStringParameters: { token } }) => ({
  principalId: token,
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }] },
})
exports.connect = async () => ({ statusCode: 200 })
exports.disconnect = async () => ({ statusCode: 200 })
// Answers with the id of the connection, which a program outside needs to post to it.
exports.echo = async ({ body, requestContext: { connectionId } }) => ({ statusCode: 200, body: JSON.stringify({ connectionId, body }) })
