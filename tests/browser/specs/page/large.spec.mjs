// Long conversations and long answers.

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
