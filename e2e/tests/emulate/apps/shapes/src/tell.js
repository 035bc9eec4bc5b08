const { version } = require('./version.js')

const commands = {
  version: () => version,
  environment: () => process.env,
  event: (event) => event,
  context: (_, context) => ({ arn: context.invokedFunctionArn, request: context.awsRequestId, left: context.getRemainingTimeInMillis() }),
  throw: () => { throw new Error('on purpose') },
  slow: () => new Promise((resolve) => setTimeout(() => resolve('late'), 1500)),
  exit: () => process.exit(3),
  print: () => { console.log('printed by the test'); return 'ok' },
  invoke: async ({ body }, _) => {
    const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda')
    const answer = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: JSON.parse(body).name ?? 'other', Payload: '{"from":"tell"}' }))
    return JSON.parse(Buffer.from(answer.Payload))
  },
  fetch: async () => {
    const answer = await fetch('https://sts.us-east-1.amazonaws.com/', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=GetCallerIdentity' })
    return { status: answer.status, text: await answer.text() }
  },
}

exports.handler = async (event, context) => {
  const { routeKey } = event.requestContext ?? {}
  if (routeKey === '$connect') {
    const wait = Number(event.queryStringParameters?.wait ?? 0)
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait))
    return { statusCode: event.queryStringParameters?.status ?? 200 }
  }
  if (!routeKey || event.version === '2.0') return { statusCode: 201, body: `url ${event.rawPath}` }
  if (routeKey === 'oneway') return event.body.includes('nothing') ? undefined : { statusCode: 200, body: 'discarded' }
  const message = event.body ? JSON.parse(event.body) : {}
  const told = routeKey === 'hasty' ? await commands.slow() : commands[message.what] ? await commands[message.what](event, context) : null
  return { statusCode: 200, body: JSON.stringify(told) }
}
