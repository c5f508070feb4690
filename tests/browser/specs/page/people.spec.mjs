// Two people at one app of the stand-in for Dify: nothing between the page and it is made up.

import { expect, isSignedIn, say, signIn, stage, test } from '../../stage.mjs';

test('a second person sees nothing of the first one, also where the address of a conversation is known', async ({ browser, page }) => {
  await signIn(page, 'alice');
  await say(page, 'Only alice may read this');
  await expect(page).toHaveURL(/[?&]c=[\w-]+/);
  const address = page.url();
  await page.reload();
  await isSignedIn(page, 'alice');
  await expect(page.getByRole('main').getByText('Only alice may read this', { exact: true })).toBeVisible();

  const context = await browser.newContext({ locale: 'en-US' });
  const other = await context.newPage();
  await signIn(other, 'bob');
  const list = other.getByRole('navigation', { name: 'Conversations' });
  await expect(list).toBeVisible();
  await expect(list.getByRole('link')).toHaveCount(0);
  await other.goto(address);
  await isSignedIn(other, 'bob');
  await expect(other.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();
  await expect(other.locator('body')).not.toContainText('Only alice may read this');
  await context.close();
});
