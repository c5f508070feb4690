// Pictures of the page in the states that a person meets, on the demo's stage (`cargo xtask screenshots`). Those whose name
// begins with `page-` are the README's, and so is the drawing of a request.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { chromium } from '@playwright/test';

const { pages, password } = JSON.parse(process.env.STAGE);
const { CHROMIUM, PICTURES, README_PICTURES } = process.env;
const DRAWINGS = new URL('../../docs/pictures/', import.meta.url);
const WIDE = { width: 1200, height: 750 };
const NARROW = { width: 390, height: 780 };
/** The narrowest window of WCAG 2.2 (1.4.10). */
const NARROWEST = { width: 320, height: 640 };
/** What 200 % of zoom leaves of a window. */
const ZOOMED = { viewport: { width: 600, height: 375 }, deviceScaleFactor: 2 };

mkdirSync(PICTURES, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'] });

/** A picture of what `show` has brought a page to. */
async function take(name, show, { viewport = WIDE, colorScheme = 'light', locale = 'en-US', deviceScaleFactor = 1 } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, locale, deviceScaleFactor, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await show(page);
  await page.waitForTimeout(300);
  const directory = name.startsWith('page-') ? README_PICTURES : PICTURES;
  await page.screenshot({ path: join(directory, `${name}.png`) });
  await context.close();
}

/** A drawing as an image of pixels: Dify's console shows no other. */
async function draw(name) {
  const page = await browser.newPage({ viewport: { width: 960, height: 400 } });
  await page.setContent(`<style>body { margin: 0 }</style>${readFileSync(new URL(`${name}.svg`, DRAWINGS), 'utf8')}`);
  await page.locator('svg').screenshot({ path: join(README_PICTURES, `${name}.png`) });
  await page.close();
}

/** Signs in as alice at the page of an app. */
async function signIn(page, app) {
  await page.goto(`${pages[app]}/`);
  await page.locator('button').first().waitFor();
  await page.locator('form button, main button').first().click();
  await page.getByLabel('User').fill('alice');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.account-menu, summary').first().waitFor();
}

/** An app that introduces itself; the stand-in for Dify has none. */
async function introduce(page) {
  await page.route('**/parameters', async (route) => {
    const response = await route.fetch();
    const parameters = await response.json();
    const opening_statement = 'Hello! I know the travel rules of the company. What would you like to know?';
    const suggested_questions = ['May I fly first class?', 'Who approves a trip to Lisbon?', 'How do I hand in a receipt?'];
    await route.fulfill({ response, json: { ...parameters, opening_statement, suggested_questions } });
  });
}

async function say(page, text) {
  await page.locator('textarea').last().fill(text);
  await page.keyboard.press('Enter');
}

const ended = (page) => page.locator('.answer-actions').last().waitFor();

async function everything(page, app = 'chat') {
  await signIn(page, app);
  await say(page, 'Show everything');
  await ended(page);
}

/** What an answer is made of, in one window. */
async function tableAndCode(page) {
  await everything(page);
  await page.locator('.turn .code').first().evaluate((code) => code.scrollIntoView({ block: 'end' }));
}

async function empty(page) {
  await introduce(page);
  await signIn(page, 'chat');
  await page.getByText('May I fly first class?').waitFor();
}

async function streaming(page) {
  await signIn(page, 'chat');
  await say(page, 'Show everything');
  await page.locator('.turn .prose').first().waitFor();
}

async function failed(page) {
  await signIn(page, 'chat');
  await page.route('**/chat-messages', (route) => route.fulfill({ status: 400, json: { code: 'provider_quota_exceeded', message: 'The quota is used up.', status: 400 } }));
  await say(page, 'Hello');
  await page.getByRole('alert').first().waitFor();
}

const ARABIC = 'أهلًا! هذه **قواعد السفر** و `code` في السطر:\n\n- القطار أولًا\n- ثم الطائرة (premium economy)\n\n| المدينة | الحد |\n|---|---|\n| لشبونة | 140 |';

/** An answer that is written from right to left. */
async function rightToLeft(page) {
  await signIn(page, 'chat');
  const events = [{ event: 'message', answer: ARABIC }, { event: 'message_end', metadata: {} }];
  const ids = { task_id: 'task', message_id: 'message', conversation_id: '6f1d2c3b-0000-4000-8000-000000000009' };
  const body = events.map((event) => `data: ${JSON.stringify({ ...ids, ...event })}\n\n`).join('');
  await page.route('**/chat-messages', (route) => route.fulfill({ contentType: 'text/event-stream', body }));
  await say(page, 'ما هي قواعد السفر؟');
  await ended(page);
}

async function waiting(page) {
  await signIn(page, 'hitl_chatflow');
  await say(page, 'Show everything');
  await page.locator('.turn form').waitFor();
}

async function form(page, app) {
  await signIn(page, app);
  await page.locator('.run-form').waitFor();
}

async function ran(page, app) {
  await form(page, app);
  await page.locator('.run-form :is(input, textarea)').first().fill('Show everything');
  await page.locator('.run-form button[type=submit], .run-form form button').last().click();
  await page.locator('.run-result .answer').waitFor();
  await page.waitForTimeout(1500);
}

const signedOut = async (page) => {
  await page.goto(`${pages.chat}/`);
  await page.locator('button').first().waitFor();
};

const STATES = [
  ['page-sign-in', signedOut, { viewport: { width: 800, height: 500 } }],
  ['page-light', tableAndCode],
  ['page-dark-mobile', everything, { viewport: NARROW, colorScheme: 'dark' }],
  ['empty', empty],
  ['empty-mobile', empty, { viewport: NARROW }],
  ['empty-japanese', empty, { locale: 'ja-JP' }],
  ['empty-dark', empty, { colorScheme: 'dark' }],
  ['streaming', streaming],
  ['agent', (page) => everything(page, 'agent_chat')],
  ['steps-and-human-input', waiting],
  ['human-input-dark-mobile', waiting, { viewport: NARROW, colorScheme: 'dark' }],
  ['failed', failed],
  ['narrowest', everything, { viewport: NARROWEST }],
  ['zoomed', everything, ZOOMED],
  ['right-to-left', rightToLeft],
  ['workflow-form', (page) => form(page, 'workflow')],
  ['workflow-form-mobile', (page) => form(page, 'workflow'), { viewport: NARROW }],
  ['workflow-result', (page) => ran(page, 'workflow')],
  ['completion-dark', (page) => ran(page, 'completion'), { colorScheme: 'dark' }],
  ['sign-in-japanese-mobile', signedOut, { viewport: NARROW, locale: 'ja-JP' }],
];

await draw('request');
const problems = [];
for (const [name, show, options] of STATES) {
  try {
    await take(name, show, options);
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
await browser.close();
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
