// Long conversations and long answers.

import { json, openApp } from '../../app.mjs';
import { expect, say, test } from '../../stage.mjs';
import { END, open, stream, text } from './app.mjs';

/** Milliseconds of the longest time in which the page did nothing else, while `work` goes on. */
async function longestTask(page, work) {
  await page.evaluate(() => {
    globalThis.longest = 0;
    globalThis.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    });
    globalThis.observer.observe({ type: 'longtask' });
  });
  await work();
  return page.evaluate(() => globalThis.longest);
}

const PARAGRAPH = `${'A sentence that is long enough to be one. '.repeat(10)}\n\n`;

test('a long answer costs the page no more for each of its pieces than a short one', async ({ page }) => {
  await open(page);
  const answerOf = (paragraphs) => [...Array(paragraphs).fill(text(PARAGRAPH)), END];
  await stream(page, '/chat-messages', answerOf(25), answerOf(250));
  const short = await longestTask(page, async () => {
    await say(page, 'short');
    await expect(page.locator('.turn').nth(0).locator('.prose > div')).toHaveCount(25);
  });
  const long = await longestTask(page, async () => {
    await say(page, 'long');
    await expect(page.locator('.turn').nth(1).locator('.prose > div')).toHaveCount(250);
  });
  // Ten times the text at once: in time that grows with the text, and not with its square.
  expect(long).toBeLessThan(Math.max(short, 50) * 20);
});

/** Milliseconds between two pictures while a person types, scrolls and reads an answer: of twenty, nineteen take less. */
async function timeOfFrames(page, count) {
  const message = (index) => ({
    id: `message-${index}`, conversation_id: 'conversation-0', query: `Question ${index}?`, answer: `**Answer** ${index}.\n\n${PARAGRAPH}`,
    feedback: null, retriever_resources: [], agent_thoughts: [], message_files: [], status: 'normal', error: null, extra_contents: [],
  });
  const data = Array.from({ length: count }, (_, index) => message(index));
  const messages = () => json({ limit: 20, has_more: false, data });
  await openApp(page, { path: '/?c=conversation-0', overrides: { 'GET /messages': messages } });
  await expect(page.locator('.turn')).toHaveCount(count);
  await expect(page.getByText(`Answer ${count - 1}.`)).toBeInViewport();
  await page.evaluate(() => {
    globalThis.frames = [];
    let before = performance.now();
    const next = (now) => {
      globalThis.frames.push(now - before);
      before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await page.getByRole('textbox', { name: 'Your message' }).pressSequentially('A question of some length');
  for (let step = 0; step < 20; step += 1) await page.mouse.wheel(0, step % 2 === 0 ? -400 : 200);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
  const frames = await page.evaluate(() => globalThis.frames.sort((a, b) => a - b));
  return frames[Math.floor(frames.length * 0.95)];
}

test('a hundred times the messages do not make the page slow', async ({ browser, page }) => {
  test.slow();
  const few = await timeOfFrames(page, 20);
  const context = await browser.newContext({ locale: 'en-US' });
  const many = await timeOfFrames(await context.newPage(), 2000);
  test.info().annotations.push({ type: 'milliseconds', description: `${few} with 20 messages, ${many} with 2000` });
  expect(many).toBeLessThan(Math.max(few, 50) * 4);
  await context.close();
});
