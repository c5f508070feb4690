// axe-core finds nothing on any state of the page, light and dark. The states of answers, forms and runs are judged where they
// are the subject: in the specs beside this one.

import { json, openApp } from './app.mjs';
import { expect, isSignedIn, say, signIn, signInAt, stage, test } from '../../stage.mjs';
import { expectAccessible } from './axe.mjs';

const failed = (code = 'internal_server_error') => () => json({ code, message: 'no', status: 500 }, 500);

test('before and around the sign-in', async ({ context, page }) => {
  await page.goto(`${stage.url}/`);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);

  await signIn(page, 'alice');
  await page.locator('summary').first().click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await expectAccessible(page);

  // As a browser gets it that sends no `Sec-Fetch-*`.
  await page.route(`${stage.url}/`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/<meta name="gateway-page"[^>]*>/, '') });
  });
  await page.route(`${stage.url}/auth/session`, (route) => route.fulfill(json({ code: 'page_token_missing', message: '', status: 401 }, 401)));
  await page.reload();
  await expect(page.getByRole('heading', { name: 'You are signed in, but this page cannot use it' })).toBeVisible();
  await expectAccessible(page);

  await page.unroute(`${stage.url}/`);
  for (const [answer, words] of [[(route) => route.abort(), 'No connection.'], [(route) => route.fulfill(json({ signed_in: 'perhaps' })), 'in a way that this page does not understand']]) {
    await page.route(`${stage.url}/auth/session`, answer);
    await page.reload();
    await expect(page.getByRole('main')).toContainText(words);
    await expectAccessible(page);
    await page.unroute(`${stage.url}/auth/session`);
  }

  await context.clearCookies();
  await page.goto(`${stage.url}/auth/callback`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The sign-in could not be completed');
  await expectAccessible(page);
});

test('a conversation, what can be done with it, and the drawer', async ({ page }) => {
  await openApp(page, { path: '/?c=conversation-0' });
  await expect(page.getByText('Answer 2.')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Bad answer' }).last().click();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Options for “Trip 1”' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Rename' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Options for “Trip 1”' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'New conversation' }).click();
  const wrong = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') };
  const right = { name: 'text.txt', mimeType: 'text/plain', buffer: Buffer.from('text') };
  await page.locator('input[type=file]').setInputFiles([wrong, right]);
  await page.getByRole('button', { name: 'Attach a file by its address' }).click();
  await expectAccessible(page);

  await page.setViewportSize({ width: 320, height: 640 });
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  await expectAccessible(page);
});

test('while an answer comes, and when it is stopped', async ({ page }) => {
  await signInAt(page, 'chat', 'alice');
  await say(page, 'word '.repeat(1200));
  await expect(page.locator('.answer')).toContainText('word word');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await expect(page.getByText('Stopped.', { exact: true })).toBeVisible();
  await expectAccessible(page);
});

test('where something has failed, is missing or is still on its way', async ({ context, page }) => {
  const unfinished = { id: 'message-9', query: 'Still?', answer: '', status: 'normal', created_at: Date.now() / 1000, provider_response_latency: 0 };
  let overrides = {
    'GET /conversations': failed(),
    'GET /parameters': failed(),
    'GET /messages': failed(),
  };
  await openApp(page, { path: '/?c=conversation-0', overrides: new Proxy({}, { get: (_, operation) => overrides[operation] }) });
  await expect(page.getByRole('alert')).toHaveCount(3);
  await expectAccessible(page);

  overrides = { 'GET /messages': () => json({ has_more: false, data: [unfinished] }), 'POST /files/upload': failed(), 'POST /audio-to-text': failed() };
  await page.reload();
  await expect(page.getByText('The answer is still being written.')).toBeVisible();
  await page.locator('input[type=file]').setInputFiles({ name: 'text.txt', mimeType: 'text/plain', buffer: Buffer.from('text') });
  await expect(page.getByText('A file could not be uploaded.')).toBeVisible();
  await page.getByRole('button', { name: 'Speak' }).click();
  await expect(page.locator('.composer [role=alert]').last()).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('No network at the moment.')).toBeVisible();
  await expectAccessible(page);
  await context.setOffline(false);

  overrides = { 'POST /chat-messages': () => json({ code: 'session_ended', message: '', status: 401 }, 401) };
  await page.goto(`${stage.url}/`);
  await isSignedIn(page, 'alice');
  await say(page, 'Hello');
  await expect(page.getByText('Your session has ended. What you have written is kept.')).toBeVisible();
  await expectAccessible(page);

  await page.goto(`${stage.url}/?c=conversation-of-bob`);
  await expect(page.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();
  await expectAccessible(page);
});
