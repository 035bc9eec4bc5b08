const AWS = require('aws-sdk')
exports.handler = (event, context, callback) => {
  const { domainName, stage, connectionId } = event.requestContext
  const api = new AWS.ApiGatewayManagementApi({ apiVersion: '2018-11-29', endpoint: domainName + '/' + stage })
  api.postToConnection({ ConnectionId: connectionId, Data: 'v2 ' + event.body }, (error) => callback(error, { statusCode: 200 }))
}
