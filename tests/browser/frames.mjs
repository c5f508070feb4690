// What the page costs a person's patience in a conversation of 2000 messages and with answers of 100 kB (`cargo xtask frames`).
// The specs compare what is long with what is short, because a slow machine decides nothing in a test; here are milliseconds.

import process from 'node:process';

import { chromium } from '@playwright/test';

import { END, inPieces, json, message, openApp, text } from './specs/page/app.mjs';
import { traced } from './trace.mjs';

const MESSAGES = 2000;
const PARAGRAPH = `${'A sentence with **weight**, `code` and a [link](https://example.com/) in it. '.repeat(5)}\n\n`;
const LIST = '- an item of a list with **weight**\n'.repeat(6);
const TABLE = `| a | b |\n|---|---|\n${'| a cell | of a table |\n'.repeat(6)}`;
const CODE = `\`\`\`python\n${'def f(x):\n    return x + 1  # a remark\n'.repeat(6)}\`\`\``;
const LONG = [PARAGRAPH, LIST, TABLE, CODE, '$$\n\\sum_{k=1}^n k\n$$'].join('\n\n').concat('\n\n');
const ANSWER = LONG.repeat(Math.ceil(100_000 / LONG.length));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'],
});

/** An app in which `answer` gives the messages of the conversation before one, or the last ones. */
async function app(messages, path = '/?c=conversation-0', prepare = async () => {}) {
  const page = await (await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })).newPage();
  await prepare(page);
  const older = (request) => {
    const first = new URL(request.url()).searchParams.get('first_id');
    const end = first === null ? messages.length : messages.findIndex(({ id }) => id === first);
    return json({ limit: 20, has_more: end > 20, data: messages.slice(Math.max(0, end - 20), end) });
  };
  await openApp(page, { path, overrides: { 'GET /messages': older } });
  await page.evaluate(watch);
  return page;
}

/** Runs in the page: notes the time between frames, and from a key to the picture that shows it. */
function watch() {
  globalThis.noted = { frames: [], inputs: [], since: 0 };
  let before = performance.now();
  const next = () => {
    const now = performance.now();
    globalThis.noted.frames.push(now - before);
    before = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      // A key after which nothing is painted is told of with the next picture, whenever that comes.
      if (name === 'keydown' && startTime >= globalThis.noted.since) globalThis.noted.inputs.push(duration);
    }
  }).observe({ type: 'event', durationThreshold: 16 });
}

async function measure(page, name, work) {
  await page.evaluate(() => {
    globalThis.noted.frames.length = 0;
    globalThis.noted.inputs.length = 0;
    globalThis.noted.since = performance.now();
  });
  const { longest } = await traced(page, work);
  const { frames, inputs } = await page.evaluate(() => globalThis.noted);
  frames.sort((one, other) => one - other);
  const figures = [longest, frames.at(-1), frames[Math.floor(frames.length * 0.95)], Math.max(0, ...inputs)];
  console.log(`${name.padEnd(46)}${figures.map((each) => each.toFixed(0).padStart(12)).join('')}`);
}

const turns = (page) => page.evaluate(() => document.querySelectorAll('.turn').length);
const isAnswered = (page) => page.evaluate(() => document.querySelector('.composer .primary').type === 'submit');

async function until(page, holds) {
  while (!(await holds(page))) await page.waitForTimeout(50);
  await page.waitForTimeout(500);
}

async function scrollUpTo(page, count) {
  while ((await turns(page)) < count) {
    await page.evaluate(() => document.querySelector('.conversation').scrollBy(0, -900));
    await page.waitForTimeout(16);
  }
}

async function conversation() {
  const messages = Array.from({ length: MESSAGES }, (_, index) => message(index, index % 5 === 0 ? LONG : PARAGRAPH));
  const page = await app(messages);
  await measure(page, 'scroll up through the first 100 messages', () => scrollUpTo(page, 100));
  await scrollUpTo(page, MESSAGES - 100);
  await measure(page, `scroll up through the last 100 of ${MESSAGES}`, () => scrollUpTo(page, MESSAGES));
  await page.evaluate(() => document.querySelector('.conversation').scrollTo(0, 1e9));
  await page.evaluate(() => document.querySelector('.composer textarea').focus());
  await measure(page, `write with ${MESSAGES} messages`, () => page.keyboard.type('A question of some length', { delay: 50 }));
  await measure(page, `send, and get an answer, with ${MESSAGES} messages`, async () => {
    await page.keyboard.press('Enter');
    await until(page, isAnswered);
  });
  await measure(page, `go through ${MESSAGES} messages`, async () => {
    await page.mouse.move(600, 300);
    for (let step = 0; step < 40; step += 1) {
      await page.mouse.wheel(0, step < 20 ? -1500 : 1500);
      await page.waitForTimeout(16);
    }
  });
  await measure(page, `change the language of ${MESSAGES} messages`, async () => {
    await page.evaluate(() => {
      const choice = document.querySelector('.menu option[value=ja]').parentElement;
      choice.value = 'ja';
      choice.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await page.waitForTimeout(3000);
  });
  await measure(page, `leave ${MESSAGES} messages`, async () => {
    await page.evaluate(() => document.querySelector('.conversation-list .new').click());
    await page.waitForTimeout(3000);
  });
  await page.context().close();
}

async function answers() {
  const earlier = await app([message(0, ANSWER)], '/');
  await measure(earlier, 'open a conversation with an answer of 100 kB', async () => {
    await earlier.evaluate(() => document.querySelector('.conversation-entry a').click());
    await earlier.locator('.turn').waitFor();
    await earlier.waitForTimeout(2000);
  });
  await earlier.context().close();
  const pieces = [...ANSWER.match(/[\s\S]{1,200}/g).map(text), END];
  const coming = await app([], '/', (page) => inPieces(page, pieces, 10));
  await coming.evaluate(() => document.querySelector('.composer textarea').focus());
  await coming.keyboard.type('A question');
  await measure(coming, 'an answer of 100 kB comes', async () => {
    await coming.keyboard.press('Enter');
    await until(coming, isAnswered);
  });
  await coming.context().close();
}

console.log('Milliseconds: the longest task of the main thread in processor time, the longest time between two frames,');
console.log('that of which 19 of 20 are shorter, and the longest from a key to the picture that shows it.\n');
console.log(`${''.padEnd(46)}${['task', 'frame', '95 %', 'key'].map((each) => each.padStart(12)).join('')}`);
await conversation();
await answers();
await browser.close();
