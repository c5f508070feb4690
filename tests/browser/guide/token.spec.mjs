// A frontend on an origin of its own, which signs people in with oidc-client-ts.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { adapted, example } from '../../clients/frontend/examples.mjs';
import { expect, fillIn, seen, stage, test } from '../stage.mjs';

const MODULES = { 'oidc-client-ts': 'oidc-client-ts/dist/esm/oidc-client-ts.js', 'jwt-decode': 'jwt-decode/build/esm/index.js' };
const IMPORTS = Object.fromEntries(Object.keys(MODULES).map((name) => [name, `./${name}.js`]));
// What a bundler does for a frontend.
const IMPORT_MAP = `<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

// They share the frontend, and what Dify has seen.
test.describe.configure({ mode: 'default' });

let frontend;
let address;

test.beforeAll(async () => {
  frontend = createServer(async (request, response) => {
    const name = new URL(request.url, address).pathname.slice(1) || 'index.html';
    const file = await contents(name);
    response.writeHead(file === undefined ? 404 : 200, { 'Content-Type': name.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(file);
  });
  await new Promise((resolve) => frontend.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${frontend.address().port}/`;
  const client = {
    client_id: 'my-frontend',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [address],
    token_endpoint_auth_method: 'none',
  };
  await fetch(`${stage.issuer}/test/clients`, { method: 'POST', body: JSON.stringify({ client }) });
});

test.afterAll(() => frontend.close());

async function contents(name) {
  const module = MODULES[name.replace(/\.js$/, '')];
  if (module !== undefined) return readFile(new URL(`../node_modules/${module}`, import.meta.url), 'utf8');
  switch (name) {
    case 'index.html':
      return example(name).replace('<script type="module"', `${IMPORT_MAP}$&`);
    case 'gateway.js':
      return example(name);
    case 'app.js':
      return adapted(name, { 'https://idp.example.com': stage.issuer, 'https://dify.example.com/e/abcdefghijklmnop': stage.url });
    default:
      return undefined;
  }
}

async function signedIn(page) {
  await page.goto(address);
  await fillIn(page, 'alice');
  await expect(page.locator('output')).toHaveText('Signed in as alice');
}

test('a person signs in and gets an answer as it comes', async ({ page }) => {
  await signedIn(page);
  expect(new URL(page.url()).search).toBe('');
  await page.getByLabel('Your message').fill('Hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('output')).toContainText('Hello');
  const [chat] = (await seen(page, 'dify')).filter(({ path }) => path === '/v1/chat-messages');
  expect(chat.user).toBe('alice');
});

test('a token that has expired is renewed and the request is sent again', async ({ page }) => {
  await signedIn(page);
  const used = [];
  await page.route(`${stage.url}/chat-messages`, async (route) => {
    used.push(route.request().headers().authorization);
    const refusal = { code: 'token_expired', message: 'The token has expired.', status: 401 };
    const headers = { 'Access-Control-Allow-Origin': '*' };
    await (used.length === 1 ? route.fulfill({ status: 401, json: refusal, headers }) : route.continue());
  });
  await page.getByLabel('Your message').fill('Hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('output')).toContainText('Hello');
  expect(used.length).toBe(2);
  expect(used[0]).not.toBe(used[1]);
});

test('a run is stopped when its page is left', async ({ page }) => {
  await signedIn(page);
  await page.evaluate(async (url) => {
    const { gateway } = await import(url);
    window.events = gateway.chat('slowly', { inputs: { secs: '20' } });
    window.first = await window.events.next();
  }, `${address}app.js`);
  await seen(page, 'dify');
  await page.goto('about:blank');
  await expect.poll(async () => (await seen(page, 'dify')).map(({ path }) => path)).toContainEqual(expect.stringMatching(/^\/v1\/chat-messages\/[\w-]+\/stop$/));
});
