import boto3, os
def handler(event, context):
    c = event['requestContext']
    client = boto3.client('apigatewaymanagementapi', endpoint_url=f"https://{c['domainName']}/{c['stage']}")
    client.post_to_connection(ConnectionId=c['connectionId'], Data=('py ' + event['body']).encode())
    return {'statusCode': 200}
def by_id(event, context):
    c = event['requestContext']
    client = boto3.client('apigatewaymanagementapi', endpoint_url=f"https://{c['apiId']}.execute-api.{os.environ['AWS_REGION']}.amazonaws.com/{c['stage']}")
    client.post_to_connection(ConnectionId=c['connectionId'], Data=('id ' + event['body']).encode())
    return {'statusCode': 200}
def by_env(event, context):
    c = event['requestContext']
    client = boto3.client('apigatewaymanagementapi')
    client.post_to_connection(ConnectionId=c['connectionId'], Data=('env ' + event['body']).encode())
    return {'statusCode': 200}
