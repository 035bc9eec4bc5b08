// Errors in the form in which Lambda's Node.js runtime reports them.
'use strict'

/** An error of the runtime itself, such as `Runtime.HandlerNotFound`. */
class RuntimeError extends Error {
  constructor(name, message) {
    super(message)
    this.name = name
  }
}

function isError(value) {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

/** Returns the error object that is posted to the Runtime API. Anything can be thrown in JavaScript. */
function toReport(thrown) {
  try {
    if (!isError(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
    return { errorType: thrown.name, errorMessage: thrown.message, trace: traceOf(thrown) }
  } catch (_) {
    const problem = 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack'
    return { errorType: 'handled', errorMessage: problem, trace: [] }
  }
}

/** Returns the lines of an error's stack trace, without those of this client. */
function traceOf(error) {
  return String(error.stack || '').split('\n').filter((line) => !line.startsWith('    at ') || !line.includes(__dirname))
}

/** Returns the JSON of an error for the log, with the further fields of the error object, such as `code`. */
function toLog(thrown) {
  const { errorType, errorMessage, trace } = toReport(thrown)
  const fields = isError(thrown) ? thrown : {}
  try {
    return JSON.stringify({ errorType, errorMessage, ...fields, stack: trace })
  } catch (_) {
    return JSON.stringify({ errorType, errorMessage, stack: trace })
  }
}

/** Returns the error for a promise that was rejected without a handler. */
function unhandledRejection(reason) {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(isError(reason) ? `${reason.name}: ${reason.message}` : reason))
  error.reason = isError(reason) ? toReport(reason) : reason
  return error
}

const MISSING = /Cannot find (?:module|package) '((?:@aws-sdk|@smithy)\/[^'/]+|aws-sdk)/

/**
 * Returns a sentence on what to install, if an error says that a package is missing. Lambda's runtimes contain the AWS
 * SDK (`@aws-sdk/*` since Node.js 18, `aws-sdk` before), but this machine's Node does not.
 */
function sdkHint(error) {
  const message = isError(error) ? error.message : ''
  const found = MISSING.exec(message)
  if (!found) return packageHint(message)
  const folder = process.env.TICKERTAPE_NODE_PACKAGES
  const where = folder ? ` --prefix ${folder}` : ` --no-save --prefix ${process.env.LAMBDA_TASK_ROOT}`
  return `${found[1]} is part of Lambda's runtime, but not of this machine's Node.js: npm install${where} ${found[1]}`
}

const PACKAGE = /Cannot find (?:module|package) '((?:@[^'/]+\/)?[^'./][^'/]*)[^']*'/

/** Returns a sentence on where to install a package that is missing. Paths of the function's own files are no packages. */
function packageHint(message) {
  const found = PACKAGE.exec(message)
  if (!found) return undefined
  return `the package ${found[1]} is not installed: run \`npm install\` in ${process.env.LAMBDA_TASK_ROOT}, or build the layer that contains it`
}

module.exports = { RuntimeError, toReport, toLog, unhandledRejection, sdkHint }
