const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi')
exports.work = async ({ Records }) => {
  const api = new ApiGatewayManagementApiClient({ endpoint: `https://${process.env.ENDPOINT}` })
  for (const { body, messageAttributes } of Records) {
    await api.send(new PostToConnectionCommand({ ConnectionId: messageAttributes.connectionId.stringValue, Data: `done ${JSON.parse(body).group}` }))
  }
}
exports.answer = async ({ route, body }) => ({ route, text: JSON.parse(body).text })
