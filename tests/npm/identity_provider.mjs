// An OpenID provider on loopback for tests: two clients, made-up people, a form that asks who one is.
// Run: node identity_provider.mjs PORT CALLBACK_BASE PEOPLE_JSON. Says "ready" when it listens.
import http from 'node:http'
import Provider from 'oidc-provider'

const [port, callbacks, people] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const accounts = JSON.parse(people)

const client = (name) => ({
  client_id: `luotsi-${name}`,
  client_secret: 'only for tests',
  redirect_uris: [`${callbacks}/sign-in/${name}/answer/`],
  token_endpoint_auth_method: 'client_secret_post',
})

const provider = new Provider(issuer, {
  clients: [client('staff'), client('suomifi')],
  acrValues: ['loa2', 'loa3'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'given_name', 'family_name', 'urn:oid:1.2.246.21'],
  },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['only for tests'] },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts[sub] }) }),
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    })
    grant.addOIDCScope('openid profile email')
    await grant.save()
    return grant
  },
})

const form = '<form method="post"><input name="who"><input name="level"><button>Go on</button></form>'
const oidc = provider.callback()

async function interaction(request, response) {
  if (request.method === 'GET') {
    const { params } = await provider.interactionDetails(request, response)
    response.setHeader('content-type', 'text/html')
    return response.end(form + `<pre>${JSON.stringify(params)}</pre>`)
  }
  let body = ''
  for await (const part of request) body += part
  const given = new URLSearchParams(body)
  const who = given.get('who')
  const result = who
    ? { login: { accountId: who, acr: given.get('level') || undefined } }
    : { error: 'access_denied', error_description: 'gave up' }
  return provider.interactionFinished(request, response, result)
}

http
  .createServer((request, response) =>
    request.url.startsWith('/interaction/') ? interaction(request, response) : oidc(request, response),
  )
  .listen(Number(port), '127.0.0.1', () => console.log('ready'))
