// What the other specs rely on: a page that violates its policy, or throws, is found out in whichever context it is.

import { expect, signIn, test } from '../stage.mjs';

test.use({ allowsViolations: true });

test('a violation of the policy and an error that nobody catches are counted, also of a second person', async ({ browser, page, violations }) => {
  const second = await browser.newContext({ locale: 'en-US' });
  for (const each of [page, await second.newPage()]) {
    await signIn(each, 'alice');
    expect(violations).toEqual([]);
    for (const breaks of [
      () => document.body.append(Object.assign(new Image(), { src: 'https://evil.example/x.png' })),
      () => document.body.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'https://evil.example/x.css' })),
      () => setTimeout(() => { document.body.innerHTML = '<b>x</b>'; }),
      () => void fetch('https://evil.example/').catch(() => {}),
      () => setTimeout(() => { throw new Error('nobody catches it'); }),
      () => void Promise.reject(new Error('nor this')),
    ]) {
      await each.evaluate(breaks);
      await expect.poll(() => violations.splice(0).length).toBeGreaterThan(0);
    }
  }
  await second.close();
});
