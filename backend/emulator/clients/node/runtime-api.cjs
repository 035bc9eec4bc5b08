// The HTTP side of Lambda's Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes").
'use strict'

const { Connection } = require('./connection.cjs')

const [host, port] = (process.env.AWS_LAMBDA_RUNTIME_API || '').split(':')
const NEXT = head('GET', 'invocation/next', '')
// A longer result is sent alone, because a result that is too large ends the connection, and the request behind it with it.
const LONGEST_WITH_NEXT = 64 * 1024

/** The connection for events and their results. */
let main
/** The result that is sent together with the request for the next event, and the id of its invocation. */
let held

/** Returns the first lines of a request. */
function head(method, path, headers) {
  return `${method} /2018-06-01/runtime/${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${headers}\r\n`
}

function postText(path, json, headers) {
  return `${head('POST', path, `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n${headers}`)}${json}`
}

/** Returns a connection on which a request is answered at once. */
function idle() {
  if (!main || !main.isIdle) main = new Connection(host, port)
  return main
}

/** Waits for the next event. A result that is held is sent with the same packet. */
function next() {
  return new Promise((resolve, reject) => {
    const done = (error, answer) => {
      if (error) return reject(error)
      if (answer.status === 200) return resolve(answer)
      reject(new Error(`the Runtime API refused to give the next event: ${answer.status} ${answer.body}`))
    }
    if (held === undefined) return idle().send(NEXT, done)
    // A rejection that nobody handles, and other work that the handler has left to do at once, comes before the next event.
    setImmediate(() => {
      const text = held
      held = undefined
      // Without the result, it was sent before an error that came afterwards, and the process is about to end.
      if (text === undefined) return
      idle().send(text + NEXT, () => {}, (error, answer) => (error ? idle().send(NEXT, done) : done(null, answer)))
    })
  })
}

/** Sends the result of an invocation, which is JSON, at the latest with the request for the next event. */
async function respond(id, json) {
  const text = postText(`invocation/${id}/response`, json, '')
  if (text.length > LONGEST_WITH_NEXT) await request(text)
  else held = text
}

/** Sends the error of an invocation. */
function fail(id, error) {
  return post(`invocation/${id}/error`, error)
}

/** Reports that the initialisation failed. */
function failInit(error) {
  return post('init/error', error)
}

async function post(path, error) {
  if (held !== undefined) {
    const text = held
    held = undefined
    await request(text)
  }
  return request(postText(path, JSON.stringify(error), `Lambda-Runtime-Function-Error-Type: ${headerText(error.errorType)}\r\n`))
}

function request(text) {
  return new Promise((resolve, reject) => {
    // The main connection may be waiting for an event.
    const connection = main && main.isIdle ? main : new Connection(host, port)
    connection.send(text, (error, answer) => {
      if (connection !== main) connection.close()
      if (error) reject(error)
      else resolve(answer)
    })
  })
}

/** Starts the streamed response of an invocation. The caller writes to the request, and adds trailers if it fails. */
function stream(id, contentType) {
  const headers = {
    'Content-Type': contentType,
    'Lambda-Runtime-Function-Response-Mode': 'streaming',
    'Transfer-Encoding': 'chunked',
    Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
  }
  return require('http').request({ host, port, method: 'POST', path: `/2018-06-01/runtime/invocation/${id}/response`, headers })
}

/** Resolves after the answer to a streamed response. */
function streamed(outgoing) {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      incoming.on('error', reject)
      incoming.on('end', resolve)
      incoming.resume()
    })
  })
}

/** Returns text with which a header can be filled. */
function headerText(text) {
  return String(text).replace(/[^\x20-\x7e]/g, '?')
}

module.exports = { next, respond, fail, failInit, stream, streamed, headerText }
