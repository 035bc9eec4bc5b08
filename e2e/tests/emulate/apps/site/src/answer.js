exports.handler = async (event) => {
  if (event.version === '2.0') return { statusCode: 200, body: `${event.requestContext.http.method} ${event.rawPath} ${event.body ?? ''}` }
  return { statusCode: 200, body: `answer to ${event.body}` }
}
