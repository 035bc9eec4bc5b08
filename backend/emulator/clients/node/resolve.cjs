// Finds modules where Lambda has them: layers below `/opt`, and for `import` also the folders of `NODE_PATH`, which Node only
// searches for `require`.
//
// `TICKERTAPE_OPT` is the folder that takes the place of `/opt`. Without it, only `NODE_PATH` is done.
'use strict'

const Module = require('module')
const path = require('path')
const { pathToFileURL, fileURLToPath } = require('url')

/** Installs both ways of finding modules. */
function install() {
  const opt = process.env.TICKERTAPE_OPT
  const resolveFilename = Module._resolveFilename
  Module._resolveFilename = function (request, ...rest) {
    return resolveFilename.call(this, moved(request, opt), ...rest)
  }
  // Since Node.js 22.15 and 18.19. Without these, `import` finds what Node finds.
  if (Module.registerHooks) Module.registerHooks({ resolve })
  else if (Module.register) Module.register(pathToFileURL(path.join(__dirname, 'resolve-hooks.mjs')))
}

/** Returns the path that takes the place of `/opt/…`, or the same name. */
function moved(name, opt) {
  return opt && name.startsWith('/opt/') ? path.join(opt, name.slice('/opt/'.length)) : name
}

/** Resolves a name as Node does. If Node does not find a package, searches `NODE_PATH`. */
function resolve(name, context, nextResolve) {
  // Hooks of newer versions are also called for `require`, which is done by `install`.
  if (context.conditions && context.conditions.includes('require')) return nextResolve(name, context)
  const plain = name.startsWith('file:') ? pathOf(name) : name
  const target = moved(plain, process.env.TICKERTAPE_OPT)
  if (target !== plain) return nextResolve(pathToFileURL(target).href, context)
  try {
    const found = nextResolve(name, context)
    return found && found.catch ? found.catch((error) => inNodePath(name, context, nextResolve, error)) : found
  } catch (error) {
    return inNodePath(name, context, nextResolve, error)
  }
}

function pathOf(url) {
  try {
    return fileURLToPath(url)
  } catch (_) {
    return url
  }
}

function inNodePath(name, context, nextResolve, error) {
  const isPackage = /^[@a-z0-9]/i.test(name) && !name.includes(':')
  if (!isPackage || !error || error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  const folders = (process.env.NODE_PATH || '').split(path.delimiter).filter(Boolean)
  // Node looks for `node_modules` in the folders above the importing file, so the file is imagined beside `node_modules`.
  for (const folder of folders.filter((folder) => path.basename(folder) === 'node_modules')) {
    try {
      const parent = pathToFileURL(path.join(path.dirname(folder), 'importer.mjs')).href
      return retried(nextResolve(name, { ...context, parentURL: parent }), error)
    } catch (_) {
      // The next folder may have it.
    }
  }
  throw error
}

/** Replaces the error of an asynchronous second attempt by the first one. */
function retried(found, error) {
  if (!found || !found.catch) return found
  return found.catch(() => {
    throw error
  })
}

module.exports = { install, resolve }
