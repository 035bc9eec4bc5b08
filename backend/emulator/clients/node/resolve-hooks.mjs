// The hook for `import` in versions of Node.js that run such hooks in a thread of their own.
import resolver from './resolve.cjs'

export const resolve = resolver.resolve
