// A connection over which one HTTP request after the other is sent to the Runtime API. Node's own `http` needs many times the
// processor time for a request as small as these, and most of the time of a short invocation is that of its requests.
//
// It understands what the Runtime API sends: answers with a `Content-Length`.
'use strict'

const net = require('net')

/** Maximum number of bytes that are read at a time. A longer answer is read in several parts. */
const READ_BYTES = 64 * 1024
const HEAD_END = '\r\n\r\n'

/** A connection to `host` and `port`. Node does not count it as work while it waits for no answer. */
class Connection {
  #socket
  /** Functions that get the answers, in the order of the requests. */
  #waiting = []
  /** Bytes of a head that has not arrived as a whole. */
  #rest
  /** The answer whose body has not arrived as a whole, and the number of bytes of the body that have. */
  #partial
  #filled = 0

  constructor(host, port) {
    // All reads share this buffer, and no stream is between it and `#read`.
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    const onread = { buffer, callback: (length) => this.#read(buffer.subarray(0, length)) }
    this.#socket = net.connect({ host, port, onread })
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the Runtime API has closed the connection')))
  }

  /** Returns true if a request that is sent now is answered at once, because no other one is waiting. */
  get isIdle() {
    return this.#waiting.length === 0 && !this.#socket.destroyed
  }

  /** Sends requests, and calls one function with the answer of each: `(error, answer)`. */
  send(text, ...callbacks) {
    if (this.#socket.destroyed) return callbacks.forEach((callback) => callback(new Error('the connection is closed')))
    if (this.#waiting.length === 0) this.#socket.ref()
    this.#waiting.push(...callbacks)
    this.#socket.write(text)
  }

  close() {
    this.#socket.destroy()
  }

  #fail(error) {
    const waiting = this.#waiting
    this.#waiting = []
    for (const callback of waiting) callback(error)
  }

  #read(bytes) {
    let left = this.#partial ? this.#fill(bytes) : bytes
    while (left.length > 0 && !this.#partial) left = this.#begin(left)
    return true
  }

  /** Reads the beginning of an answer. Returns the bytes that are left. */
  #begin(bytes) {
    const all = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes
    const text = all.latin1Slice(0, all.length)
    const end = text.indexOf(HEAD_END)
    // The buffer of the socket is filled again, so that what stays is copied.
    this.#rest = end < 0 ? Buffer.from(all) : undefined
    if (end < 0) return all.subarray(all.length)
    const answer = head(text.slice(0, end))
    const length = Number(answer.headers['content-length'] || 0)
    const body = all.subarray(end + HEAD_END.length)
    if (body.length >= length) {
      answer.body = body.utf8Slice(0, length)
      this.#answer(answer)
      return body.subarray(length)
    }
    answer.bytes = Buffer.allocUnsafe(length)
    this.#partial = answer
    return this.#fill(body)
  }

  /** Reads the next part of a body. Returns the bytes that are left. */
  #fill(bytes) {
    const answer = this.#partial
    const taken = bytes.copy(answer.bytes, this.#filled)
    this.#filled += taken
    if (this.#filled < answer.bytes.length) return bytes.subarray(taken)
    answer.body = answer.bytes.toString()
    this.#partial = undefined
    this.#filled = 0
    this.#answer(answer)
    return bytes.subarray(taken)
  }

  #answer(answer) {
    const callback = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#socket.unref()
    if (answer.headers.connection === 'close') this.#socket.destroy()
    if (callback) callback(null, answer)
  }
}

/** Reads the status and the headers of an answer. The names of headers are in lower case. */
function head(text) {
  const lines = text.split('\r\n')
  const headers = {}
  for (let line = 1; line < lines.length; line++) {
    const colon = lines[line].indexOf(':')
    headers[lines[line].slice(0, colon).toLowerCase()] = lines[line].slice(colon + 1).trim()
  }
  return { status: Number(lines[0].slice(9, 12)), headers, body: '' }
}

module.exports = { Connection }
