const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
exports.handler = async (event) => { await new STSClient({}).send(new GetCallerIdentityCommand({})) }
