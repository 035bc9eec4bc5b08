// Streamed responses: the global `awslambda`, and an invocation of a handler that was wrapped by `streamifyResponse`.
'use strict'

const { PassThrough } = require('stream')
const api = require('./runtime-api.cjs')
const { toReport } = require('./errors.cjs')

const STREAMS = Symbol('streams its response')
// Separates the JSON with status and headers from the body.
const PRELUDE_END = Buffer.alloc(8)

/** Defines the global `awslambda`. */
function install() {
  globalThis.awslambda = {
    streamifyResponse(handler, options) {
      handler[STREAMS] = options || {}
      return handler
    },
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType('application/vnd.awslambda.http-integration-response')
        stream.write(JSON.stringify(prelude))
        stream.write(PRELUDE_END)
        return stream
      },
    },
  }
}

/** Returns true if the response of the handler is streamed. */
function isStreaming(handler) {
  return handler[STREAMS] !== undefined
}

/**
 * Calls a streaming handler, and sends what it writes. Resolves to `{ error }` if the handler fails after the response has
 * begun: the error is then in the trailers. A failure before that is thrown.
 */
async function run(handler, event, context) {
  const stream = new PassThrough()
  let contentType = 'application/octet-stream'
  stream.setContentType = (type) => (contentType = type)
  const ended = new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  const handled = Promise.resolve().then(() => handler(event, stream, context))
  const finished = handled.then(() => ended)
  // The request begins with the first byte, because the content type may be set until then.
  const begun = new Promise((resolve) => stream.once('readable', resolve))
  await Promise.race([begun, finished])
  const outgoing = api.stream(context.awsRequestId, contentType)
  const sent = api.streamed(outgoing)
  stream.pipe(outgoing, { end: false })
  const failure = await finished.then(() => undefined, (error) => ({ error }))
  if (failure) outgoing.addTrailers(trailers(failure.error))
  outgoing.end()
  await sent
  return failure
}

function trailers(error) {
  const report = toReport(error)
  return {
    'Lambda-Runtime-Function-Error-Type': api.headerText(report.errorType),
    'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(report)).toString('base64'),
  }
}

module.exports = { install, isStreaming, run }
