const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi')
exports.work = async ({ Records }) => {
  const api = new ApiGatewayManagementApiClient({ endpoint: `https://${process.env.ENDPOINT}` })
  for (const { body, messageAttributes } of Records) {
    await api.send(new PostToConnectionCommand({ ConnectionId: messageAttributes.connectionId.stringValue, Data: `done ${JSON.parse(body).group}` }))
  }
}
exports.fail = async () => { throw new Error('it always fails') }
exports.collect = async (event) => console.log('collected', JSON.stringify(event))
exports.answer = async ({ route, body }) => ({ route, text: JSON.parse(body).text })
