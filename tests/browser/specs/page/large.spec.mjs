// Long conversations and long answers. A slow machine decides nothing: what is long is compared with what is short.

import { expect, say, test } from '../../stage.mjs';
import { traced } from '../../trace.mjs';
import { END, json, message, open, openApp, stream, text } from './app.mjs';

const PARAGRAPH = `${'A sentence that is long enough to be one. '.repeat(10)}\n\n`;

test('a long answer costs the page no more for each of its pieces than a short one', async ({ page }) => {
  await open(page);
  const answerOf = (paragraphs) => [...Array(paragraphs).fill(text(PARAGRAPH)), END];
  await stream(page, '/chat-messages', answerOf(25), answerOf(250));
  const writing = () => traced(page, () => page.keyboard.type('a word', { delay: 20 }));
  const short = await traced(page, async () => {
    await say(page, 'short');
    await expect(page.locator('.turn').nth(0).locator('.prose > div')).toHaveCount(25);
  });
  const shortKeys = await writing();
  await page.keyboard.press('Control+A');
  const long = await traced(page, async () => {
    await say(page, 'long');
    await expect(page.locator('.turn').nth(1).locator('.prose > div')).toHaveCount(250);
  });
  const longKeys = await writing();
  expect(longKeys.sum).toBeLessThan(shortKeys.sum * 4);
  // Ten times the text at once: it comes onto the page in slices.
  expect(long.longest).toBeLessThan(short.longest * 4);
});

/** The kinds of a block that can be as long as an answer, and one of many blocks: what repeats, and what it becomes. */
const LONG = [
  ['paragraphs', '', PARAGRAPH, '> div'],
  ['a list', '', '- an item of a list with **weight** and `code`\n', 'li'],
  ['a table', '| a | b | c |\n|---|---|---|\n', '| a cell | one with **weight** | one more |\n', 'tbody > tr'],
];

for (const [name, begin, repeated, element] of LONG) {
  test(`an answer of earlier comes onto the page in slices: ${name}`, async ({ page }) => {
    const count = Math.ceil(100_000 / repeated.length);
    let answer = '';
    await openApp(page, { overrides: { 'GET /messages': () => json({ limit: 20, has_more: false, data: [message(0, answer)] }) } });
    const opening = (conversation, times) =>
      traced(page, async () => {
        answer = begin + repeated.repeat(times);
        await page.getByRole('link', { name: conversation }).click();
        await expect(page.locator(`.turn .prose ${element}`)).toHaveCount(times);
      });
    const short = await opening('Trip 1', Math.ceil(count / 10));
    const long = await opening('Trip 2', count);
    expect(long.longest).toBeLessThan(short.longest * 4);
  });
}

test('fifty times the messages cost the page little more to write, to scroll, to send, to read in another language and to leave', async ({ browser, page }) => {
  test.slow();
  const few = await costOfUse(page, 40);
  const context = await browser.newContext({ locale: 'en-US' });
  const many = await costOfUse(await context.newPage(), 2000);
  await context.close();
  expect(many.use.sum).toBeLessThan(few.use.sum * 3);
  // The question is on the screen with the next frame, whatever is above it.
  expect(many.frames).toBeLessThanOrEqual(1);
  // The garbage collector alone makes some task a few times longer: they are all compared with the longest one of few messages.
  const parts = ['send', 'language', 'leave'];
  const longest = Math.max(...parts.map((part) => few[part].longest));
  for (const part of parts) expect(many[part].longest, part).toBeLessThan(longest * 4);
});

test('what is out of sight is there for the search of the browser and for the keyboard', async ({ page }) => {
  const data = Array.from({ length: 100 }, (_, index) => message(index, `Answer ${index} has the word rare${index}.`));
  await openApp(page, { path: '/?c=conversation-0', overrides: { 'GET /messages': () => json({ limit: 20, has_more: false, data }) } });
  await expect(page.locator('.turn')).toHaveCount(100);
  const far = page.getByText('Answer 7 has the word rare7.');
  await expect(far).not.toBeInViewport();
  // To the end and from the beginning again, as the browser's search does.
  expect(await page.evaluate(() => window.find('rare7.', false, false, true) && getSelection().toString())).toBe('rare7.');
  const button = page.locator('.turn').nth(60).getByRole('button', { name: 'Copy' });
  await expect(button).not.toBeInViewport();
  await button.focus();
  await expect(button).toBeInViewport();
});

/** What it costs to write a question, to scroll, to get an answer, to change the language and to leave, with `count` messages. */
async function costOfUse(page, count) {
  const data = Array.from({ length: count }, (_, index) => message(index, `**Answer** ${index}.`));
  const messages = () => json({ limit: 20, has_more: false, data });
  await openApp(page, { path: '/?c=conversation-0', overrides: { 'GET /messages': messages } });
  await expect(page.locator('.turn')).toHaveCount(count, { timeout: 40_000 });
  await expect(page.getByText(`Answer ${count - 1}.`)).toBeInViewport();
  await page.getByRole('textbox', { name: 'Your message' }).focus();
  await page.mouse.move(600, 300);
  // No locators here: they look through the whole page, and that would be measured too.
  const answered = page.waitForResponse((response) => response.url().endsWith('/chat-messages'));
  await page.evaluate(countFrames);
  const use = await traced(page, async () => {
    await page.keyboard.type('A question of some length', { delay: 20 });
    for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, step % 2 === 0 ? -400 : 200);
    await page.waitForTimeout(200);
  });
  const send = await traced(page, async () => {
    await page.keyboard.press('Enter');
    await answered;
    await page.waitForTimeout(300);
  });
  await expect(page.getByText('Yes.', { exact: true })).toBeInViewport();
  const frames = await page.evaluate(() => globalThis.sent.shown - globalThis.sent.pressed);
  const language = await traced(page, async () => {
    await page.evaluate(() => {
      const choice = document.querySelector('.menu option[value=ja]').parentElement;
      choice.value = 'ja';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    // The first turn is the farthest from what is seen.
    await page.waitForFunction(() => document.querySelector('.turn').textContent.includes('コピー'));
  });
  const leave = await traced(page, async () => {
    await page.evaluate(() => document.querySelector('.conversation-list .new').click());
    await page.waitForFunction(() => document.getElementsByClassName('turn').length === 0);
  });
  return { use, send, frames, language, leave };
}

/** Runs in the page: notes in which frame the key is pressed that sends, and in which the question is there. */
function countFrames() {
  globalThis.sent = { pressed: null, shown: null };
  const { sent } = globalThis;
  const turns = document.querySelectorAll('.turn').length;
  let frame = 0;
  const count = () => {
    frame += 1;
    requestAnimationFrame(count);
  };
  count();
  addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') sent.pressed = frame;
  }, true);
  new MutationObserver(() => {
    if (sent.pressed !== null && document.getElementsByClassName('turn').length > turns) sent.shown ??= frame;
  }).observe(document.querySelector('.conversation'), { subtree: true, childList: true });
}
