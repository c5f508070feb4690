// A frontend whose server stands before the endpoint, which signs people in.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { example } from '../../clients/frontend/examples.mjs';
import { expect, fillIn, stage, test } from '../stage.mjs';

// They share the server's port.
test.describe.configure({ mode: 'default' });

let directory;
let server;

test.beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'frontend-'));
  for (const name of ['server.mjs', 'session.html']) await writeFile(join(directory, name), example(name));
  const env = { ...process.env, ENDPOINT: stage.endpoint, PORT: new URL(stage.url).port };
  server = spawn(process.execPath, [join(directory, 'server.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    server.stdout.once('data', resolve);
    server.once('exit', () => reject(new Error('the server has ended')));
  });
});

test.afterAll(async () => {
  server.kill();
  await rm(directory, { recursive: true });
});

test('a person signs in, gets an answer with the session, and signs out', async ({ page }) => {
  const output = page.locator('output');
  await page.goto(`${stage.url}/`);
  await expect(output).toHaveText('Nobody is signed in');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await fillIn(page, 'alice');
  await expect(output).toContainText('alice: ');
  await expect(output).toContainText('Hello');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${stage.url}/auth/logged-out?*`);
  await page.goto(`${stage.url}/`);
  await expect(output).toHaveText('Nobody is signed in');
});

test('a page without the page token gets nothing with the cookie', async ({ page }) => {
  await page.goto(`${stage.url}/auth/login`);
  await fillIn(page, 'alice');
  await expect(page.locator('output')).toContainText('alice: ');
  const code = await page.evaluate(async () => (await (await fetch('/whoami')).json()).code);
  expect(code).toBe('page_token_missing');
});
