const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi')
exports.handler = async ({ body, requestContext: { domainName, stage, connectionId } }) => {
  const api = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` })
  await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'archived ' + body }))
  return { statusCode: 200 }
}
