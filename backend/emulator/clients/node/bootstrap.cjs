// Runs a Lambda handler in Node.js: `node --require preload.cjs bootstrap.cjs`, with Lambda's environment variables. It asks
// the Runtime API for events, one after the other, and posts the results.
//
// `TICKERTAPE_NODE_PACKAGES` is a folder with a `node_modules` for packages of Lambda's runtime. Its only use here is the
// message that such a package is missing.
'use strict'

const api = require('./runtime-api.cjs')
const errors = require('./errors.cjs')
const invocation = require('./invocation.cjs')
const log = require('./log.cjs')
const resolve = require('./resolve.cjs')
const stream = require('./stream.cjs')
const { contextOf } = require('./context.cjs')
const { load } = require('./handler.cjs')

const UNHANDLED_REJECTION = 128
const UNCAUGHT_EXCEPTION = 129
const INIT_FAILED = 1

/** Posts an error to the place for errors of the current phase: initialisation or invocation. */
let postError = api.failInit

async function main() {
  log.install()
  stream.install()
  resolve.install()
  process.on('unhandledRejection', (reason) => end('Unhandled Promise Rejection', errors.unhandledRejection(reason), UNHANDLED_REJECTION))
  process.on('uncaughtException', (error) => end('Uncaught Exception', error, UNCAUGHT_EXCEPTION))
  let handler
  try {
    handler = await load(process.env.LAMBDA_TASK_ROOT || process.cwd(), process.env._HANDLER || '')
  } catch (error) {
    return end('Uncaught Exception', error, INIT_FAILED)
  }
  for (;;) await handle(handler, await api.next())
}

/** Handles one event. */
async function handle(handler, { headers, body }) {
  const id = headers['lambda-runtime-aws-request-id']
  postError = (error) => api.fail(id, error)
  log.setRequestId(id)
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] || ''
  try {
    const context = contextOf(headers)
    const event = JSON.parse(body)
    if (stream.isStreaming(handler)) {
      const failure = await stream.run(handler, event, context)
      if (failure) report('Invoke Error', failure.error)
    } else {
      await api.respond(id, toJson(await invocation.call(handler, event, context)))
    }
  } catch (error) {
    report('Invoke Error', error)
    await api.fail(id, errors.toReport(error))
  }
}

function toJson(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) || 'null'
  } catch (error) {
    throw new errors.RuntimeError('Runtime.MarshalError', `Unable to stringify response body: ${error.message}`)
  }
}

function report(title, error) {
  log.write('ERROR', `${title} `, errors.toLog(error))
  const hint = errors.sdkHint(error)
  if (hint) log.write('ERROR', hint)
}

/** Reports an error after which the process cannot go on, and ends the process. */
async function end(title, error, status) {
  report(title, error)
  // The process ends with this status even if nobody reads the report.
  await postError(errors.toReport(error)).catch(() => {})
  process.exit(status)
}

main().catch((error) => {
  // The Runtime API is gone, so the emulator has ended.
  log.write('ERROR', error.message)
  process.exit(INIT_FAILED)
})
