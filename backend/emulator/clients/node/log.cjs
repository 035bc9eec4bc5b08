// Replaces the methods of `console`, so that each line has time, request id and level as on Lambda ("Working with Lambda
// function logs in Node.js").
'use strict'

const { format } = require('util')
const { writeSync } = require('fs')

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const METHODS = { log: 'INFO', trace: 'TRACE', debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' }
const isJson = process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON'
// The level is only applied to JSON, as on Lambda.
const lowest = isJson ? Math.max(0, LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL || 'TRACE').toUpperCase())) : 0

let requestId

/** Sets the request id of the lines that follow. Without one, lines of the text format contain `undefined`, as on Lambda. */
function setRequestId(id) {
  requestId = id
}

/** Writes all of a text, also to a pipe that is full. */
function writeAll(text) {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') return
    }
  }
}

/** Writes one record. Line breaks within it become carriage returns, so that a record stays one line, as on Lambda. */
function write(level, ...words) {
  if (LEVELS.indexOf(level) < lowest) return
  const time = new Date().toISOString()
  const line = isJson ? jsonLine(time, level, words) : `${time}\t${requestId}\t${level}\t${format(...words)}`.replace(/\n/g, '\r')
  writeAll(`${line}\n`)
}

function jsonLine(timestamp, level, words) {
  const record = { timestamp, level, requestId }
  if (words.length === 1) {
    try {
      return JSON.stringify({ ...record, message: words[0] }, errorFields)
    } catch (_) {
      // A value with a cycle or a BigInt is written as text below.
    }
  }
  record.message = format(...words)
  const error = words.find((word) => word instanceof Error)
  return JSON.stringify(error ? { ...record, ...errorFields('', error), message: record.message } : record)
}

function errorFields(_, value) {
  if (!(value instanceof Error)) return value
  return { errorType: value.name, errorMessage: value.message, stackTrace: String(value.stack || '').split('\n').slice(1).map((line) => line.trim()) }
}

/** Replaces the methods of `console`. */
function install() {
  for (const [method, level] of Object.entries(METHODS)) console[method] = (...words) => write(level, ...words)
  console.trace = (...words) => {
    const trace = { name: 'Trace', message: format(...words) }
    Error.captureStackTrace(trace, console.trace)
    write('TRACE', trace.stack)
  }
}

module.exports = { install, setRequestId, write }
