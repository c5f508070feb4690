// axe-core in the page. The policy of the page lets no script in, so it runs in the world of the browser's debugger.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { expect } from '../../stage.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing in the state of the page that is on the screen hinders anybody, light and dark. */
export async function expectAccessible(page) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}
