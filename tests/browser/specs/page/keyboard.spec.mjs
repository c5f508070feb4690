// Everything by keyboard alone, with the focus in sight, and what a screen reader says by itself.

import { END, inPieces, open, openApp, text } from './app.mjs';
import { expect, say, test } from '../../stage.mjs';

/** What has the focus: its name, and whether a person sees that it has it. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const isMarked = (each) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    };
    const name = element.getAttribute('aria-label') || element.innerText.trim().replace(/\s+/g, ' ');
    return { name, tag: element.tagName, isSeen: isMarked(element) || isMarked(element.parentElement) };
  });

test('the Tab key comes by everything that can be done, and the focus is always in sight', async ({ page }) => {
  await openApp(page, { path: '/?c=conversation-0', messages: 1 });
  await expect(page.getByText('Answer 0.')).toBeVisible();
  // To the end of the page, after which it begins anew.
  do await page.keyboard.press('Tab');
  while ((await focused(page)).tag !== 'BODY');
  const stops = [];
  for (let count = 0; count < 60; count += 1) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop.tag === 'BODY') break;
    stops.push(stop);
  }
  expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
  const names = stops.map(({ name }) => name.replace(/^Attach files\..*$/, 'Attach files'));
  expect(names).toEqual([
    'Hide the conversations', 'New conversation',
    ...[0, 1, 2].flatMap((index) => [expect.stringMatching(`^Trip ${index}`), `Options for “Trip ${index}”`]),
    expect.stringMatching(/^Account and settings: Alice/),
    'Messages', 'Copy', 'Read aloud', 'Ask again', 'Edit', 'Good answer', 'Bad answer',
    'Attach files', 'Attach a file by its address', 'Your message', 'Speak',
  ]);
});

test('what begins with a key ends with the focus where a person goes on', async ({ page }) => {
  const asked = await openApp(page, { path: '/?c=conversation-0' });
  const options = page.getByRole('button', { name: 'Options for “Trip 1”' });
  await options.focus();
  for (const key of ['Enter', 'Tab', 'Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(options).toHaveCount(0);
  const field = page.getByRole('textbox', { name: 'Your message' });
  await expect(field).toBeFocused();

  await page.getByRole('button', { name: 'Good answer' }).last().focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Good answer' }).last()).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'What was wrong?' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Bad answer' }).last()).toBeFocused();

  const menu = page.locator('summary').first();
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(menu).toBeFocused();
  await expect(page.getByRole('button', { name: 'Sign out' })).toHaveCount(0);

  for (const name of ['Ask again', 'New conversation']) {
    await page.getByRole('button', { name }).last().focus();
    await page.keyboard.press('Enter');
    await expect(field).toBeFocused();
  }
  await page.getByRole('button', { name: 'May I fly?' }).focus();
  await page.keyboard.press('Enter');
  await expect(field).toBeFocused();
  await expect.poll(() => asked.filter(({ operation }) => operation === 'POST /chat-messages').length).toBe(2);
});

test('a screen reader says an answer once, when it is there, and not its letters', async ({ page }) => {
  await inPieces(page, [...Array.from('An answer in letters.', text), END], 15);
  await open(page);
  await page.evaluate(() => {
    globalThis.said = [];
    const regions = document.querySelectorAll('[aria-live], [role=status], [role=alert]');
    for (const region of regions) {
      new MutationObserver(() => globalThis.said.push(region.textContent)).observe(region, { subtree: true, childList: true, characterData: true });
    }
  });
  await say(page, 'Hello');
  await expect(page.getByRole('button', { name: 'Copy' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => globalThis.said)).toEqual(['The answer is ready. An answer in letters.']);
  expect(await page.locator('.answer').evaluate((element) => element.closest('[aria-live]'))).toBe(null);
});
