// Writing: files and their limits, words that are composed, a session or a network that ends meanwhile, a browser without
// storage.

import { json, openApp } from './app.mjs';
import { expect, isSignedIn, say, test } from '../../stage.mjs';

const MIB = 1024 * 1024;

test('files are judged before they are sent, and the message waits for them', async ({ page }) => {
  const asked = await openApp(page);
  const uploads = () => asked.filter(({ operation }) => operation === 'POST /files/upload').length;
  const chooser = page.locator('input[type=file]');
  await chooser.setInputFiles([
    { name: 'large.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(10.1 * MIB) },
    { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') },
  ]);
  await expect(page.getByText('“large.pdf” is too large')).toBeVisible();
  await expect(page.getByText('The app does not take “film.mp4”')).toContainText('.pdf');
  expect(uploads()).toBe(0);

  await chooser.setInputFiles([{ name: 'fits.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(9.9 * MIB) }]);
  await page.getByRole('textbox', { name: 'Your message' }).fill('Read this');
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  expect(uploads()).toBe(1);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
  const { body } = asked.find(({ operation }) => operation === 'POST /chat-messages');
  expect(JSON.parse(body).files).toEqual([{ type: 'document', transfer_method: 'local_file', upload_file_id: 'file-1' }]);
});

test('what a person writes outlives the session, and is sent after a sign-in in another tab', async ({ context, page }) => {
  let over = true;
  const ended = () => (over ? json({ code: 'session_ended', message: 'ended', status: 401 }, 401) : undefined);
  await openApp(page, { overrides: { 'POST /chat-messages': ended } });
  await say(page, 'Still here');
  await expect(page.getByText('Your session has ended. What you have written is kept.')).toBeVisible();
  const field = page.getByRole('textbox', { name: 'Your message' });
  await expect(field).toHaveValue('Still here');
  await field.pressSequentially(', and more');

  over = false;
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(page.getByText('Your session has ended. What you have written is kept.')).toHaveCount(0);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Still here, and more')).toBeVisible();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
});

test('a draft, its files and the session’s end: all of it is there after a sign-in in the same tab', async ({ page }) => {
  const ended = () => json({ code: 'session_ended', message: 'ended', status: 401 }, 401);
  let over = false;
  await openApp(page, { overrides: { 'POST /chat-messages': () => (over ? ended() : undefined) } });
  await page.locator('input[type=file]').setInputFiles({ name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('notes') });
  const field = page.getByRole('textbox', { name: 'Your message' });
  await field.fill('Read this');
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  over = true;
  await page.keyboard.press('Enter');
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  over = false;
  await page.getByRole('button', { name: 'Sign in' }).click();
  await isSignedIn(page, 'alice');
  await expect(field).toHaveValue('Read this');
  await expect(page.getByRole('list', { name: 'Files' })).toContainText('notes.pdf');
  await field.press('Enter');
  await expect(page.locator('.question')).toContainText('notes.pdf');
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
});

test('an Enter that ends the composition of a word sends nothing, and a second one sends once', async ({ page }) => {
  const asked = await openApp(page);
  const sent = () => asked.filter(({ operation }) => operation === 'POST /chat-messages').map(({ body }) => JSON.parse(body).query);
  const field = page.getByRole('textbox', { name: 'Your message' });
  await field.focus();
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: 'にほんご', selectionStart: 4, selectionEnd: 4 });
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue(/^にほんご/);
  expect(sent()).toEqual([]);
  await field.fill('日本語');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
  expect(sent()).toEqual(['日本語']);
});

test('without a network the question stays, and is sent when there is one', async ({ context, page }) => {
  await openApp(page);
  await context.setOffline(true);
  await expect(page.getByText('No network at the moment. What you write is kept.')).toBeVisible();
  await page.route(/\/chat-messages$/, (route) => route.abort('internetdisconnected'), { times: 1 });
  await say(page, 'Still here');
  await expect(page.getByRole('alert')).toContainText('No connection.');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
});

test('the page works where storage throws, and else keeps nothing but preferences', async ({ browser, page }) => {
  await openApp(page);
  await say(page, 'Hello');
  await page.getByRole('button', { name: 'Hide the conversations' }).click();
  const kept = await page.evaluate(() => Object.keys(localStorage).map((key) => key.split(':').at(-1)));
  expect(kept.filter((name) => !['theme', 'language', 'sidebar'].includes(name))).toEqual([]);
  expect(kept).toContain('sidebar');

  const context = await browser.newContext({ locale: 'en-US' });
  const without = await context.newPage();
  await without.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  await openApp(without);
  await say(without, 'Hello');
  await expect(without.getByText('Yes.', { exact: true })).toBeVisible();
  await without.getByRole('button', { name: 'Hide the conversations' }).click();
  await without.locator('summary').first().click();
  await without.getByRole('combobox', { name: 'Language' }).selectOption('ja');
  await expect(without.getByRole('textbox', { name: 'メッセージ' })).toBeVisible();
  await context.close();
});
