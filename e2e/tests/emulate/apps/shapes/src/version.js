exports.version = 'one'
