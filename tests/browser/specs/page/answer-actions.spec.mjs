// What a person does with an answer. What needs an app that answers for a while is in `chain.spec.mjs`.

import { END, openApp, sse, text } from './app.mjs';
import { expect, say, test } from '../../stage.mjs';

test('an answer without words is not read aloud, and a question is asked again as a new turn', async ({ page }) => {
  await openApp(page, { path: '/?c=conversation-0' });
  await page.getByRole('button', { name: 'Read aloud' }).last().click();
  await expect(page.getByText('There is nothing to read aloud.')).toBeVisible();
  await page.getByRole('button', { name: 'Ask again' }).last().click();
  await expect(page.locator('.turn')).toHaveCount(4);
  await page.getByRole('button', { name: 'And by train?' }).click();
  await expect(page.locator('.turn')).toHaveCount(5);
  await page.getByRole('button', { name: 'Edit' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Your message' })).toHaveValue('Question 0?');
  await expect(page.getByRole('textbox', { name: 'Your message' })).toBeFocused();
});

test('what is copied is Markdown, without what was thought aloud', async ({ context, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const answer = '<think>\nsecret\n</think>\n\n**bold** and\n\n| a |\n| - |\n| 1 |';
  const overrides = { 'POST /chat-messages': () => ({ contentType: 'text/event-stream', body: sse([text(answer), END]) }) };
  await openApp(page, { overrides });
  await say(page, 'Hello');
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('**bold** and\n\n| a |\n| - |\n| 1 |');
});
