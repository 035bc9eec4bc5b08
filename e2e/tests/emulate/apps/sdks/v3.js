const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi')
exports.handler = async (event) => {
  const { domainName, stage, connectionId } = event.requestContext
  const api = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` })
  await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'v3 ' + event.body }))
  return { statusCode: 200 }
}
