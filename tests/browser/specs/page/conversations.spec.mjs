// The list of conversations, what can be done with them, and their messages of earlier.

import { openApp } from './app.mjs';
import { expect, stage, test } from '../../stage.mjs';

test('the list is loaded page by page, and each conversation is renamed, named, linked and deleted', async ({ context, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const asked = await openApp(page, { count: 45 });
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await page.locator('.conversation-list').evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(list.getByRole('link')).toHaveCount(45);
  expect(asked.filter(({ operation }) => operation === 'GET /conversations').length).toBe(2);

  await list.getByRole('button', { name: 'Options for “Trip 1”' }).click();
  await list.getByRole('button', { name: 'Rename' }).click();
  await list.getByRole('textbox', { name: 'Name of the conversation' }).fill('Lisbon');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('link', { name: /^Lisbon/ })).toBeVisible();
  await expect(list.getByRole('button', { name: 'Options for “Lisbon”' })).toBeFocused();

  await page.keyboard.press('Enter');
  await list.getByRole('button', { name: 'Name automatically' }).click();
  await expect(list.getByRole('link', { name: /^Named by the model/ })).toBeVisible();

  await list.getByRole('button', { name: 'Options for “Named by the model”' }).click();
  await list.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`${stage.url}/?c=conversation-1`);

  await list.getByRole('button', { name: 'Options for “Named by the model”' }).click();
  await list.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  expect(asked.some(({ operation }) => operation.startsWith('DELETE'))).toBe(false);
  await list.getByRole('button', { name: 'Options for “Named by the model”' }).click();
  await list.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(list.getByRole('link', { name: /^Named by the model/ })).toHaveCount(0);
});

test('earlier messages come when they are reached, and the link of another person is not found', async ({ page }) => {
  await openApp(page, { path: '/?c=conversation-0', messages: 50 });
  await expect(page.getByText('Answer 49.')).toBeInViewport();
  await expect(page.getByText('Answer 29.')).toHaveCount(0);
  await page.locator('.conversation').evaluate((element) => element.scrollTo(0, 0));
  await expect(page.getByText('Answer 29.')).toHaveCount(1);
  await page.getByRole('button', { name: 'Go to the end' }).click();
  await expect(page.getByText('Answer 49.')).toBeInViewport();

  await page.goto(`${stage.url}/?c=conversation-of-bob`);
  await expect(page.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();
  await page.getByRole('button', { name: 'New conversation' }).last().click();
  await expect(page.getByText('Ask me about travel.')).toBeVisible();
});

test('at 320 px the conversations are a drawer, and nothing is wider than the window', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openApp(page, { path: '/?c=conversation-0' });
  await expect(page.getByText('Answer 2.')).toBeVisible();
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBe(0);
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  const drawer = page.getByRole('dialog', { name: 'Conversations' });
  await expect(drawer.getByRole('link')).toHaveCount(3);
  expect(await overflow()).toBe(0);
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Show the conversations' })).toBeFocused();
});
