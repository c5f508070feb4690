// An OpenID provider for tests and the demo: the real `oidc-provider`, with three users, fresh keys at every start, and a few control routes under /test.
//
//   node server.mjs [--port <port, default any free one>]
//
// Prints one line of JSON when it is ready: issuer, clients, password and resources.

import { generateKeyPairSync, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import Provider, { errors } from 'oidc-provider';

import { serve, setFault } from './faults.mjs';
import { Store } from './store.mjs';
import * as users from './users.mjs';

const PASSWORD = 'open-sesame';
const REDIRECT_URI = 'http://127.0.0.1/callback';
// Every kind of key that a client may prove itself with, by the algorithm that it then signs with (RFC 7518, RFC 8037).
const CLIENT_KEYS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519'],
};

// What a client asks for with `resource` (RFC 8707) decides audience, form, algorithm and lifetime of the access token.
const DEFAULT_RESOURCE = 'urn:dify:web';
const SCOPE = 'chat';
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const RESOURCES = {
  [DEFAULT_RESOURCE]: {},
  'urn:dify:api': { audience: 'https://api.example.com' },
  'urn:dify:opaque': { accessTokenFormat: 'opaque' },
  'urn:dify:opaque-short': { accessTokenFormat: 'opaque', accessTokenTTL: 2 },
  'urn:dify:short': { accessTokenTTL: 2 },
  ...Object.fromEntries(ALGORITHMS.map((alg) => [`urn:dify:alg:${alg}`, { jwt: { sign: { alg } } }])),
};

const clientSecret = randomBytes(32).toString('base64url');
const publicClient = {
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT_URI],
  token_endpoint_auth_method: 'none',
};
const confidentialClient = { client_secret: clientSecret, grant_types: [], redirect_uris: [], response_types: [] };
// In the store, so that a test can replace it by one of the same name.
await new Store('Client').upsert('dify-web', { client_id: 'dify-web', ...publicClient });
const CLIENTS = [
  // No default resource: opaque tokens without audience, the only ones that the userinfo endpoint takes.
  { client_id: 'dify-opaque', ...publicClient },
  // They ask the introspection endpoint, with the secret in the header and in the form; nobody signs in to them.
  { client_id: 'dify-gateway', ...confidentialClient },
  { client_id: 'dify-gateway-post', ...confidentialClient, token_endpoint_auth_method: 'client_secret_post' },
];

const configuration = {
  adapter: Store,
  clients: CLIENTS,
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'groups', 'realm_access'],
  },
  clientBasedCORS: () => true,
  conformIdTokenClaims: false,
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  // A token that the userinfo endpoint takes says no more than whose it is: there the rest can be asked.
  extraTokenClaims: (_ctx, token) => (token.aud ? users.claimsOf(token.accountId) : undefined),
  enabledJWA: { clientAuthSigningAlgValues: Object.keys(CLIENT_KEYS) },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    // Anybody may register a client, as MCP clients do (RFC 7591).
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client) => (client.clientId === 'dify-opaque' ? undefined : DEFAULT_RESOURCE),
      getResourceServerInfo: (_ctx, resource) => resourceServer(resource),
      useGrantedResource: () => true,
    },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: askBeforeLogout },
  },
  // The package sends nothing to loopback, where everything is here.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  findAccount: (_ctx, id) => (users.isActive(id) ? { accountId: id, claims: () => ({ sub: id, ...users.claimsOf(id) }) } : undefined),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  loadExistingGrant: grantEverything,
  rotateRefreshToken: () => rotatesRefreshTokens,
  // Of the provider, beside those of the claims. A client may register with no other scope.
  scopes: ['openid', 'offline_access', SCOPE],
  ttl: {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3600,
    AuthorizationCode: 60,
    Grant: 86400,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 86400,
    Session: 86400,
  },
};

function resourceServer(resource) {
  // A token for an MCP server says so, whichever client asks for it.
  if (resource.startsWith('http') && resource.endsWith('/mcp')) {
    return { audience: resource, accessTokenFormat: 'jwt', scope: SCOPE };
  }
  if (!RESOURCES[resource]) {
    throw new errors.InvalidTarget(`there is no resource ${resource}`);
  }
  return { audience: 'dify-web', accessTokenFormat: 'jwt', scope: SCOPE, ...RESOURCES[resource] };
}

// Everyone who signs in gets what the client asks for; there is no consent page, also where a client wants one.
async function grantEverything(ctx) {
  const { client, provider, session } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '));
  for (const [resource, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    grant.addResourceScope(resource, server.scope);
  }
  await grant.save();
  return grant;
}

function freshKeys() {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    generateKeyPairSync('ed25519'),
  ];
  return pairs.map(({ privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig' }));
}

// Nobody else may end a session here, so that a person must say yes (OpenID Connect RP-Initiated Logout section 2).
function askBeforeLogout(ctx, form) {
  ctx.body = `<!doctype html><meta charset="utf-8"><title>Sign out</title><h1>Sign out</h1>${form}
<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`;
}

function loginPage(message) {
  return `<!doctype html><meta charset="utf-8"><title>Sign in</title><h1>Sign in</h1><p>${message}</p>
<form method="post"><label>User <input name="login" autofocus></label>
<label>Password <input name="password" type="password"></label><button>Sign in</button></form>`;
}

async function interact(request, response) {
  let message = `Users: ${users.names().join(', ')}.`;
  if (request.method === 'POST') {
    const form = new URLSearchParams(await text(request));
    const [given, expected] = [form.get('password') ?? '', PASSWORD].map((word) => Buffer.from(word.padEnd(64)));
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    if (isRight && users.isActive(form.get('login'))) {
      await provider.interactionFinished(request, response, { login: { accountId: form.get('login') }, consent: {} });
      return;
    }
    message = 'User or password is wrong.';
  }
  response.setHeader('content-type', 'text/html; charset=utf-8').end(loginPage(message));
}

// Signs with new keys from now on. The old ones disappear from the key set, unless they are to be kept.
function rotate(keepOld) {
  keys = keepOld ? [...freshKeys(), ...keys] : freshKeys();
  provider = new Provider(issuer, { ...configuration, jwks: { keys } });
}

// What a test may change. Every answer has what it asked for, or how often each path was requested.
const CONTROLS = {
  // A client as RFC 7591 describes it; one of the same name is replaced.
  '/test/clients': ({ client }) => new Store('Client').upsert(client.client_id, client),
  '/test/faults': ({ path, fault }) => setFault(path, fault),
  '/test/keys': ({ algorithm }) => {
    const { privateKey, publicKey } = generateKeyPairSync(...CLIENT_KEYS[algorithm]);
    return {
      pem: privateKey.export({ format: 'pem', type: 'pkcs8' }),
      private_jwk: { ...privateKey.export({ format: 'jwk' }), alg: algorithm },
      public_jwk: { ...publicKey.export({ format: 'jwk' }), alg: algorithm, use: 'sig' },
    };
  },
  '/test/refresh-tokens': ({ rotate: rotates }) => {
    rotatesRefreshTokens = rotates;
  },
  '/test/rotate': ({ keep }) => rotate(keep),
  '/test/users': ({ name, claims }) => users.setUser(name, claims),
};

async function control(path, request, response) {
  const body = await text(request);
  const answer = await CONTROLS[path]?.(JSON.parse(body));
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer ?? requests));
}

async function handle(request, response) {
  const url = new URL(request.url, issuer);
  if (url.pathname.startsWith('/test/')) {
    await control(url.pathname, request, response);
  } else if (url.pathname.startsWith('/interaction/')) {
    await interact(request, response);
  } else {
    requests[url.pathname] = (requests[url.pathname] ?? 0) + 1;
    await serve(url.pathname, request, response, provider.callback());
  }
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const requests = {};
let rotatesRefreshTokens = false;
const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
server.listen(Number(values.port), '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
let keys;
let provider;
rotate(false);

console.log(JSON.stringify({
  issuer,
  client_id: 'dify-web',
  opaque_client_id: 'dify-opaque',
  introspection: { client_id: 'dify-gateway', client_secret: clientSecret },
  introspection_by_post: { client_id: 'dify-gateway-post', client_secret: clientSecret },
  redirect_uri: REDIRECT_URI,
  users: users.names(),
  password: PASSWORD,
  resources: Object.keys(RESOURCES),
}));
