// However a person looks at the page: narrow, enlarged, from right to left, without movement, in a language, without storage.

import { END, json, openApp, sse, text } from './app.mjs';
import { expect, say, test } from '../../stage.mjs';

const HEBREW = 'שלום! הנה טבלה:\n\n| א | ב |\n| - | - |\n| 1 | 2 |\n\n- ראשון\n- שני\n\n```\nlet a = 1;\n```';
const WIDE = `${'unbreakable'.repeat(40)}\n\n| ${'a | '.repeat(30)}\n|${' - |'.repeat(30)}\n| ${'wide | '.repeat(30)}\n\n\`\`\`\n${'x'.repeat(500)}\n\`\`\`\n\n$$${'x+'.repeat(100)}x$$`;

const answering = (answer) => ({ contentType: 'text/event-stream', body: sse([text(answer), END]) });
const overrides = { 'POST /chat-messages': (request) => answering(JSON.parse(request.postData()).query === 'wide' ? WIDE : HEBREW) };

/** Nothing is wider than the window, and what a person needs is inside it. */
async function expectFits(page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  for (const name of ['Send', 'Show the conversations', /^Attach files\./]) {
    await expect(page.getByRole('button', { name }).first()).toBeInViewport({ ratio: 1 });
  }
  await expect(page.getByRole('textbox', { name: 'Your message' })).toBeInViewport({ ratio: 1 });
}

for (const [name, options] of [
  ['at 320 px', { viewport: { width: 320, height: 568 }, hasTouch: true }],
  // Zoom of 200 % is a window of half as many CSS pixels, each of twice as many of the screen's.
  ['at 200 % of a small desk', { viewport: { width: 512, height: 384 }, deviceScaleFactor: 2 }],
  // WCAG 2.2 section 1.4.10: 1280 px at 400 %.
  ['at 400 % of a desk', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }],
]) {
  test(`${name} nothing is cut off, whatever an answer holds`, async ({ browser }) => {
    const context = await browser.newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    await openApp(page, { overrides });
    const title = page.getByRole('heading', { level: 1, name: 'Travel desk' });
    expect(await title.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    await expect(page.locator('.signed-in-as')).toBeInViewport();
    await say(page, 'wide');
    await expect(page.locator('math').first()).toBeAttached();
    await expectFits(page);
    await page.getByRole('textbox', { name: 'Your message' }).fill('line\n'.repeat(100));
    await expectFits(page);
    await page.getByRole('button', { name: 'Show the conversations' }).click();
    await expect(page.getByRole('dialog', { name: 'Conversations' }).getByRole('link').first()).toBeInViewport();
    await context.close();
  });
}

test('text from right to left stands so, in answers, questions and names, and code does not', async ({ page }) => {
  await openApp(page, { overrides });
  await say(page, 'מה שלומך?');
  const direction = (locator) => locator.evaluate((element) => getComputedStyle(element).direction);
  const answer = page.locator('.answer');
  await expect(answer.getByRole('cell', { name: '2' })).toBeVisible();
  for (const part of [page.locator('.question p').first(), answer.locator('.prose p').first(), answer.locator('.prose ul').first(), answer.getByRole('table')]) {
    expect(await direction(part)).toBe('rtl');
  }
  expect(await direction(answer.locator('pre').first())).toBe('ltr');
  // The rule of a question is where it begins.
  await expect(page.locator('.question')).toHaveCSS('border-right-width', '3px');
  const [list, item] = [await answer.locator('.prose ul').boundingBox(), await answer.locator('.prose li').first().boundingBox()];
  // The marks of the list are at its right.
  expect(item.x + item.width).toBeLessThan(list.x + list.width);
});

test('a person who wants no movement gets none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openApp(page, { path: '/?c=conversation-0' });
  await page.evaluate(() => {
    globalThis.moved = [];
    for (const type of ['transitionrun', 'animationstart']) addEventListener(type, ({ target, propertyName, animationName }) => globalThis.moved.push(`${target.className} ${propertyName ?? animationName}`), true);
  });
  const expectStill = async () => {
    const running = await page.evaluate(() => document.getAnimations().filter(({ effect }) => Number(effect.getComputedTiming().duration) > 1).map(({ transitionProperty, animationName }) => transitionProperty ?? animationName));
    expect(running).toEqual([]);
  };
  const drawer = page.getByRole('dialog', { name: 'Conversations' });
  await page.getByRole('button', { name: 'Options for “Trip 1”' }).click();
  await expectStill();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.getByRole('button', { name: 'Show the conversations' }).click();
  await expect(drawer).toBeVisible();
  await expectStill();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await say(page, 'Hello');
  await expectStill();
  expect(await page.evaluate(() => globalThis.moved)).toEqual([]);
});

test('the language is the browser’s, can be chosen, and brings its own dates', async ({ browser, page }) => {
  const old = { id: 'old', name: 'Old', inputs: {}, updated_at: 1_600_000_000 };
  const overrides = { 'GET /conversations': () => json({ has_more: false, data: [old] }) };
  await openApp(page, { overrides });
  const storageState = await page.context().storageState();
  for (const [locale, words, day, lang] of [
    ['zh-CN', '新对话', '2020年9月13日', 'zh-Hans'],
    ['ja-JP', '新しい会話', '2020/09/13', 'ja'],
    ['pt-PT', 'Nova conversa', '13 de set. de 2020', 'pt-BR'],
    ['fr-FR', 'New conversation', 'Sep 13, 2020', 'en'],
  ]) {
    const context = await browser.newContext({ locale, storageState, timezoneId: 'UTC' });
    const other = await context.newPage();
    await openApp(other, { overrides, isSignedIn: true });
    await expect(other.getByRole('button', { name: words }).first()).toBeVisible();
    await expect(other.locator('.conversation-entry time').first()).toHaveText(day);
    await expect(other.locator('html')).toHaveAttribute('lang', lang);
    await context.close();
  }
  await page.locator('summary').first().click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
  await expect(page.getByRole('button', { name: '新しい会話' }).first()).toBeVisible();
  await page.getByRole('combobox', { name: '配色' }).selectOption('dark');
  await page.reload();
  await expect(page.getByRole('button', { name: '新しい会話' }).first()).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the app looks and begins as its author wants', async ({ page }) => {
  const site = { title: 'Travel desk', input_placeholder: 'Where to?', custom_disclaimer: 'Ask a person too.', chat_color_theme: '#ffcc00' };
  const parameters = {
    opening_statement: '**Hello {{name}}**\nWhere shall we go?',
    suggested_questions: ['To Lisbon'],
    user_input_form: [{ 'text-input': { variable: 'name', label: 'Name' } }],
  };
  const asked = await openApp(page, { overrides: { 'GET /site': () => json(site), 'GET /parameters': () => json(parameters) } });
  await expect(page).toHaveTitle('Travel desk');
  await expect(page.getByPlaceholder('Where to?')).toBeVisible();
  await expect(page.getByText('Ask a person too.')).toBeVisible();
  await page.getByRole('textbox', { name: /^Name/ }).fill('Ada');
  await expect(page.locator('.opening strong')).toHaveText('Hello Ada');
  // Black can be read on this yellow, and white cannot.
  const send = page.getByRole('button', { name: 'Send' });
  await page.getByPlaceholder('Where to?').fill('x');
  await expect(send).toHaveCSS('background-color', 'rgb(255, 204, 0)');
  await expect(send).toHaveCSS('color', 'rgb(0, 0, 0)');
  await page.getByRole('button', { name: 'To Lisbon' }).click();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
  const { body } = asked.find(({ operation }) => operation === 'POST /chat-messages');
  expect(JSON.parse(body)).toEqual({ query: 'To Lisbon', inputs: { name: 'Ada' }, response_mode: 'streaming' });
});
