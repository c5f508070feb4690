// Writing: files and their limits, a session that ends meanwhile, a browser without storage.

import { json, openApp } from '../../app.mjs';
import { expect, say, test } from '../../stage.mjs';

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
    Storage.prototype.getItem = Storage.prototype.setItem = Storage.prototype.removeItem = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  });
  await openApp(without);
  await say(without, 'Hello');
  await expect(without.getByText('Yes.', { exact: true })).toBeVisible();
  await context.close();
});
