// axe-core finds nothing on the states of the page, light and dark.

import { readFileSync } from 'node:fs';

import { openApp } from '../../app.mjs';
import { expect, test } from '../../stage.mjs';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

for (const colorScheme of ['light', 'dark']) {
  test(`no state has a violation, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openApp(page, { path: '/?c=conversation-0' });
    await expect(page.getByText('Answer 2.')).toBeVisible();
    expect(await violations(page), 'a conversation').toEqual([]);

    await page.getByRole('button', { name: 'Bad answer' }).last().click();
    expect(await violations(page), 'a comment').toEqual([]);

    await page.getByRole('button', { name: 'Options for “Trip 1”' }).click();
    expect(await violations(page), 'the actions of a conversation').toEqual([]);
    await page.getByRole('button', { name: 'Delete' }).click();
    expect(await violations(page), 'a question').toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'New conversation' }).click();
    const wrong = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') };
    const right = { name: 'text.txt', mimeType: 'text/plain', buffer: Buffer.from('text') };
    await page.locator('input[type=file]').setInputFiles([wrong, right]);
    await page.getByRole('button', { name: 'Attach a file by its address' }).click();
    expect(await violations(page), 'the beginning, with files').toEqual([]);

    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByRole('button', { name: 'Show the conversations' }).click();
    expect(await violations(page), 'the drawer').toEqual([]);
  });
}

/** What axe finds, run beside the page's own scripts: the policy of the page lets no other script in. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const evaluate = async (expression) => {
    const { executionContextId: contextId } = world;
    const answer = await session.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
    return answer.result.value;
  };
  await evaluate(`${AXE}; undefined`);
  // Colours are judged when they have stopped to change.
  await evaluate('Promise.all(document.getAnimations().map((animation) => animation.finished))');
  const found = await evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))');
  await session.detach();
  return found;
}
