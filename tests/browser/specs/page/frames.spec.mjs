// What a person sees while an answer comes: its beginning at once, and nothing that jumps.

import { expect, say, signIn, test } from '../../stage.mjs';
import { END, inPieces, open, text } from './app.mjs';

test('the first words of an answer are on the screen in the frame after they have come', async ({ page }) => {
  await page.addInitScript(() => {
    globalThis.seen = { frame: 0, came: null, shown: null };
    const { seen } = globalThis;
    const count = () => {
      seen.frame += 1;
      requestAnimationFrame(count);
    };
    count();
    // What the page reads of a stream, when it reads it.
    const { read } = ReadableStreamDefaultReader.prototype;
    ReadableStreamDefaultReader.prototype.read = async function (...given) {
      const result = await read.apply(this, given);
      if (result.value && /"event": ?"(agent_)?message"/.test(new TextDecoder().decode(result.value))) seen.came ??= seen.frame;
      return result;
    };
    new MutationObserver(() => {
      if (document.querySelector('.turn .prose')?.textContent) seen.shown ??= seen.frame;
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await signIn(page, 'alice');
  await say(page, 'Hello');
  await expect(page.locator('.answer-actions')).toBeVisible();
  const { came, shown } = await page.evaluate(() => globalThis.seen);
  expect(came).toBeGreaterThan(0);
  expect(shown - came).toBeLessThanOrEqual(1);
});

const WORDS = 'A sentence of an answer that is long enough to fill more than one line of the page, as most of them are. '.repeat(3);
const PARTS = {
  text: `# Title\n\n${WORDS}\n\n- one\n- two with \`code\`\n\n1. first\n2. second\n\n> quoted\n\n${WORDS}\n\n`,
  table: `A table:\n\n| the name | what it is |\n| --- | --- |\n| one | **first** |\n| two | \`second\` |\n| a longer one | ${WORDS} |\n\n${WORDS}\n\n`,
  code: `Code:\n\n\`\`\`python\ndef f(x):\n    # a remark\n    return "text" + str(x)\n\`\`\`\n\nAfter it.\n\n${WORDS}\n\n`,
  formulas: `Inline $\\frac{a}{b}$ and $x^2$.\n\n$$\\int_0^1 \\frac{f(x)}{2}\\,dx\n$$\n\nAfter it.\n\n${WORDS}\n\n${WORDS}\n\n`,
};

for (const height of [600, 2000]) {
  test.describe(`in a window of ${height} pixels`, () => {
    test.use({ viewport: { width: 1000, height } });

    test('nothing jumps while an answer comes, also where colours and formulas come late', async ({ page }) => {
      const pieces = Object.values(PARTS).join('').match(/[\s\S]{1,16}/g);
      await inPieces(page, [...pieces.map(text), END], 16);
      await page.route(/\/assets\/(formulas|highlighting)-/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await route.continue();
      });
      await open(page);
      await page.evaluate(() => {
        globalThis.jumps = [];
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries()) {
            globalThis.jumps.push([value, sources.map(({ node }) => node?.textContent)]);
          }
        }).observe({ type: 'layout-shift' });
      });
      await say(page, 'Show everything');
      await expect(page.locator('.answer-actions')).toBeVisible({ timeout: 20_000 });
      await expect(page.locator('.formula math')).toBeVisible();
      await expect(page.locator('.code .hljs-keyword').first()).toBeVisible();
      expect(await page.evaluate(() => globalThis.jumps)).toEqual([]);
    });
  });
}
