// Calls a handler and waits for its result: a promise, a callback, or an empty event loop.
'use strict'

const { RuntimeError } = require('./errors.cjs')

// Since this version, Lambda's runtime has no callbacks.
const FIRST_WITHOUT_CALLBACKS = 24

// The major version of the runtime that the template asks for, which need not be that of this Node.
const VERSION = Number((/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV || '') || [])[1] || 0)
const hasCallbacks = VERSION < FIRST_WITHOUT_CALLBACKS

/** The invocation in progress. Its `whenEmpty` is called when the event loop has no work. */
let current
process.on('beforeExit', () => current && current.whenEmpty())

/** Resolves to the result of the handler, or is rejected with what it threw. */
async function call(handler, event, context) {
  // A callback of a former invocation may come late, so each has an object of its own.
  const own = { whenEmpty: () => {} }
  current = own
  try {
    return await (hasCallbacks ? callWithCallback : callWithoutCallback)(handler, event, context, own)
  } finally {
    current = undefined
  }
}

function callWithoutCallback(handler, event, context, own) {
  if (handler.length >= 3) {
    const problem = 'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.'
    return Promise.reject(new RuntimeError('Runtime.CallbackHandlerDeprecated', problem))
  }
  return new Promise((resolve, reject) => {
    own.whenEmpty = () => reject(neverSettled())
    Promise.resolve(handler(event, context)).then(resolve, reject)
  })
}

function callWithCallback(handler, event, context, own) {
  return new Promise((resolve, reject) => {
    own.whenEmpty = () => resolve(null)
    // Of a callback, a method of the context and a promise, the first one that answers counts, as on Lambda.
    let isAnswered = false
    const first = (answer) => (...words) => {
      if (isAnswered) return
      isAnswered = true
      answer(...words)
    }
    const done = first((error, result) => (error === undefined || error === null ? resolve(result) : reject(error)))
    context.done = done
    context.succeed = (result) => done(null, result)
    context.fail = (error) => done(error === undefined || error === null ? 'handled' : error)
    const callback = first((error, result) => {
      if (error !== undefined && error !== null) return reject(error)
      if (context.callbackWaitsForEmptyEventLoop) own.whenEmpty = () => resolve(result)
      else resolve(result)
    })
    const returned = handler(event, context, callback)
    if (returned && typeof returned.then === 'function') {
      if (!isAnswered) own.whenEmpty = () => reject(neverSettled())
      returned.then(first(resolve), first(reject))
    }
  })
}

function neverSettled() {
  const problem = 'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled.'
  return new RuntimeError('Runtime.NodeJsExit', problem)
}

module.exports = { call }
