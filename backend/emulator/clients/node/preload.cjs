// Redirects connections to AWS to the emulator: `node --require preload.cjs`, or in `NODE_OPTIONS`, so that child processes and
// threads have it too.
//
// `TICKERTAPE_DESK_SUFFIXES` is a list, with commas, of host names. These hosts and all below them are AWS. Connections to them,
// of any port, go to 127.0.0.1 at `TICKERTAPE_DESK_PORT`; the name for TLS stays what it was. No such name is asked of the DNS.
// Any other host that is not this machine is reported once on standard error, in a line `TICKERTAPE_HOST name`.
//
// All clients of Node end in `net.Socket.prototype.connect`: net, tls, http, https, http2, fetch and packages such as ws.
'use strict'

const dns = require('dns')
const fs = require('fs')
const net = require('net')

const DESK_PORT = Number(process.env.TICKERTAPE_DESK_PORT)
const SUFFIXES = (process.env.TICKERTAPE_DESK_SUFFIXES || '').split(',').map(normal).filter(Boolean)
// The address that a program gets if it asks for the address of such a host. A connection to it is redirected as well.
const DESK_ADDRESS = '127.84.73.67'

const reported = new Set()

/** Returns a host name in the form in which names are compared. */
function normal(name) {
  return String(name).trim().toLowerCase().replace(/^\.+|\.+$/g, '')
}

function isDesk(host) {
  const name = normal(host)
  return name === DESK_ADDRESS || SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))
}

function isThisMachine(host) {
  const name = normal(host)
  return name === '' || name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name === '::' || name === '0.0.0.0' || /^(::ffff:)?127\./.test(name)
}

function report(host) {
  const name = normal(host)
  if (isThisMachine(name) || reported.has(name) || reported.size >= 1000) return
  reported.add(name)
  try {
    fs.writeSync(2, `TICKERTAPE_HOST ${name}\n`)
  } catch (_) {
    // Standard error is closed, so nobody reads it.
  }
}

/** Returns the options for a connection, changed if it goes to AWS. The caller's object stays as it is. */
function redirected(options) {
  if (options.path || options.host === undefined || options.host === null) return options
  if (isDesk(options.host)) return { ...options, host: '127.0.0.1', port: DESK_PORT, family: 4, lookup: undefined }
  report(options.host)
  return options
}

/** Changes the arguments of `connect`, which are `(options)`, `(port, host)`, `(path)`, or one array of Node's own modules. */
function changeArguments(words) {
  const [first] = words
  // Node marks the array with a symbol, so it is changed and not copied.
  if (Array.isArray(first)) first[0] = redirected(first[0])
  else if (typeof first === 'object' && first !== null) words[0] = redirected(first)
  else if (typeof words[1] === 'string') words.splice(0, 2, redirected({ port: first, host: words[1] }))
  return words
}

function redirectConnections() {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...words) {
    return connect.apply(this, changeArguments(words))
  }
}

/** Answers questions of the program itself about the address of such a host. */
function answerNames() {
  const { lookup, promises } = dns
  const { lookup: lookupPromise } = promises
  const address = (options) => (options && options.all ? [{ address: DESK_ADDRESS, family: 4 }] : DESK_ADDRESS)
  const options = (words) => (typeof words[0] === 'object' ? words[0] : undefined)
  dns.lookup = function (host, ...words) {
    if (!host || !isDesk(host)) return lookup.call(this, host, ...words)
    const callback = words[words.length - 1]
    return process.nextTick(callback, null, address(options(words)), 4)
  }
  promises.lookup = function (host, ...words) {
    if (!host || !isDesk(host)) return lookupPromise.call(this, host, ...words)
    const found = address(options(words))
    return Promise.resolve(Array.isArray(found) ? found : { address: found, family: 4 })
  }
  for (const owner of [dns, dns.Resolver.prototype]) answerQueries(owner, (error, value, callback) => process.nextTick(callback, error, value))
  for (const owner of [promises, promises.Resolver.prototype]) answerQueries(owner, (error, value) => (error ? Promise.reject(error) : Promise.resolve(value)))
}

/** Replaces `resolve`, `resolve4` and the others of `dns`. There are only addresses of version 4. */
function answerQueries(owner, answer) {
  for (const name of Object.getOwnPropertyNames(owner).filter((name) => /^resolve/.test(name))) {
    const query = owner[name]
    if (typeof query !== 'function') continue
    owner[name] = function (host, ...words) {
      if (!isDesk(host)) return query.call(this, host, ...words)
      const hasAddress = name === 'resolve4' || (name === 'resolve' && (typeof words[0] !== 'string' || words[0] === 'A'))
      const error = hasAddress ? null : Object.assign(new Error(`${name} ENODATA ${host}`), { code: 'ENODATA', hostname: host })
      return answer(error, hasAddress ? [DESK_ADDRESS] : undefined, words[words.length - 1])
    }
  }
}

if (DESK_PORT > 0) {
  redirectConnections()
  answerNames()
}
