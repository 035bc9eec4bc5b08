import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
export const handler = async (event) => {
  const { domainName, stage, connectionId } = event.requestContext
  const api = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` })
  await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'esm ' + event.body }))
  return { statusCode: 200 }
}
