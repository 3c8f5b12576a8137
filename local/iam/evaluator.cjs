// Reads a line with a JSON list of questions, and writes a line with a JSON list of verdicts.
const { createRequire } = require('node:module')
const { createInterface } = require('node:readline')

const { runSimulation } = createRequire(process.argv[2])('@cloud-copilot/iam-simulate')

const GLOBAL_KEY = /^aws:/i
// The evaluator knows keys with a name in them only where that comes after a slash, and nobody here has tags.
const ENCRYPTION_CONTEXT = /"kms:EncryptionContext:/gi
const IN_ITS_WORDS = '"aws:PrincipalTag/'

async function judge({ account, identity, resourcePolicy, boundary, ...request }) {
  const answer = await runSimulation(
    {
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: request.context,
      },
      identityPolicies: identity,
      resourcePolicy: resourcePolicy?.policy,
      permissionBoundaryPolicies: boundary ? [boundary] : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (answer.resultType === 'error') return { error: JSON.stringify(answer.errors) }
  const results = answer.results ?? [answer.result]
  const unknown = results.flatMap(({ ignoredContextKeys }) => ignoredContextKeys ?? [])
  const misplaced = unknown.filter((key) => !GLOBAL_KEY.test(key))
  if (misplaced.length) return { error: `no such condition keys: ${misplaced}` }
  const analyses = results.map(({ analysis }) => analysis)
  const matched = (which, name) => (kind) =>
    analyses.flatMap((analysis) =>
      (analysis[which]?.[kind] ?? []).map(({ policyId, statement }) => [name ?? policyId, statement.index() - 1]),
    )
  const byIdentity = matched('identityAnalysis')
  const byResource = matched('resourceAnalysis', resourcePolicy?.name)
  return {
    allowed: answer.overallResult === 'Allowed',
    denied: { identity: byIdentity('denyStatements').length > 0, resource: byResource('denyStatements').length > 0 },
    statements: ['allowStatements', 'denyStatements'].flatMap((kind) => [...byIdentity(kind), ...byResource(kind)]),
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line.replaceAll(ENCRYPTION_CONTEXT, IN_ITS_WORDS)).map((question) => judge(question).catch((error) => ({ error: `${error}` })))
    const verdicts = await Promise.all(asked)
    process.stdout.write(`${JSON.stringify(verdicts)}\n`)
  }
}

main()
