// Finds and loads the handler that `_HANDLER` names, such as `index.handler` or `src/app.routes.connect`.
'use strict'

const fs = require('fs')
const path = require('path')
const { pathToFileURL } = require('url')
const { RuntimeError } = require('./errors.cjs')

// The module is before the first dot of the last segment of the path, and after the dot are the names within it.
const NAME = /^([^.]*)\.(.+)$/

/** Loads the handler `name` of the code in the folder `root`. */
async function load(root, name) {
  const [modulePath, names] = parse(name)
  const loaded = await loadModule(root, modulePath)
  const handler = lookUp(loaded, names)
  if (handler === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`)
  if (typeof handler !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`)
  return handler
}

function parse(name) {
  const found = NAME.exec(path.basename(name))
  if (!found || name.includes('..')) throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler: ${name}`)
  return [path.join(path.dirname(name), found[1]), found[2].split('.')]
}

/** Follows names such as `routes.connect`. A default export of a CommonJS module is looked into as well. */
function lookUp(loaded, names) {
  const follow = (from) => names.reduce((value, key) => (value === undefined || value === null ? undefined : value[key]), from)
  const found = follow(loaded)
  return found === undefined && loaded && loaded.default ? follow(loaded.default) : found
}

async function loadModule(root, modulePath) {
  try {
    const file = find(root, modulePath)
    return isEsModule(file) ? await import(pathToFileURL(file).href) : require(file)
  } catch (error) {
    throw explained(error)
  }
}

/** Returns the file of a module. Otherwise throws the error of `require`. */
function find(root, modulePath) {
  const base = path.resolve(root, modulePath)
  const file = ['', '.js', '.mjs', '.cjs'].map((extension) => base + extension).find(isFile)
  return file || require.resolve(base)
}

function isFile(file) {
  return fs.existsSync(file) && fs.statSync(file).isFile()
}

/** Returns true for `.mjs` files, and for `.js` files of a package of the type `module`. */
function isEsModule(file) {
  if (file.endsWith('.mjs')) return true
  if (!file.endsWith('.js')) return false
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const description = path.join(folder, 'package.json')
    if (isFile(description)) return JSON.parse(fs.readFileSync(description, 'utf8')).type === 'module'
    if (path.dirname(folder) === folder) return false
  }
}

function explained(error) {
  if (error instanceof SyntaxError) return renamed('Runtime.UserCodeSyntaxError', error)
  const isMissing = error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')
  return isMissing ? renamed('Runtime.ImportModuleError', error) : error
}

function renamed(name, cause) {
  const error = new RuntimeError(name, `${cause.name}: ${cause.message}`)
  error.stack = `${name}: ${cause.stack}`
  return error
}

module.exports = { load }
