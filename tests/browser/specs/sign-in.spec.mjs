// A person signs in, chats and signs out; what a person does with tabs, the back button and bookmarks ends well.

import { mkdir, writeFile } from 'node:fs/promises';

import { chromium } from '@playwright/test';

import { expect, fillIn, isSignedIn, meta, say, signIn, stage, test } from '../stage.mjs';

test('a person signs in, chats and signs out, and the session at the provider has ended too', async ({ page }) => {
  await signIn(page, 'alice');
  await say(page, 'Hello');
  await expect(page.getByText('Hello', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('article').or(page.locator('.turn')).last()).toContainText(/\w/);

  await page.locator('summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // The provider asks before it ends its own session. Until its page is there, the button is still that of the page.
  await page.waitForURL((url) => !url.href.startsWith(stage.url));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => page.url().split('?')[0]).toBe(`${stage.url}/auth/logged-out`);
  expect(await page.locator('script').count()).toBe(0);

  await page.goto(`${stage.url}/`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('Password')).toBeVisible();
});

test('query and fragment of the opened address are there after the sign-in', async ({ page }) => {
  await signIn(page, 'alice', '/?q=a%26b%2Fc%20d#part');
  await expect(page).toHaveURL(`${stage.url}/?q=a%26b%2Fc%20d#part`);
});

test('the back button and a reload end on the page', async ({ page }) => {
  await signIn(page, 'alice');
  await page.reload();
  await isSignedIn(page, 'alice');
  for (let step = 0; step < 3; step += 1) {
    await page.goBack();
    expect(page.url()).not.toContain('/auth/callback');
    await expect(page.getByText('sign_in_failed')).toHaveCount(0);
  }
  await page.goto(`${stage.url}/`);
  await isSignedIn(page, 'alice');
});

test('back, forward and reload on every page of the way in and out show no error page of ours', async ({ page }) => {
  const errors = [];
  page.on('response', (response) => {
    const isOurs = response.request().isNavigationRequest() && response.url().startsWith(stage.url);
    if (isOurs && response.status() >= 400) {
      errors.push(`${response.status()} ${response.url()}`);
    }
  });
  const atProvider = (url) => !url.href.startsWith(stage.url);
  const way = [
    async () => {
      await page.goto(`${stage.url}/?q=1`);
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    },
    async () => {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByLabel('Password')).toBeVisible();
    },
    async () => {
      await fillIn(page, 'alice');
      await isSignedIn(page, 'alice');
    },
    async () => {
      await page.locator('summary').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(atProvider);
    },
    async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL((url) => url.href.startsWith(`${stage.url}/auth/logged-out`));
    },
  ];
  for (const [number, step] of way.entries()) {
    await step();
    await page.reload();
    if (number > 0) {
      await page.goBack();
      await page.reload();
      await page.goForward();
    }
    expect(errors, `page ${number + 1} of the way`).toEqual([]);
  }
  // What the history still has of the way in leads back in, or to the provider, and to no error.
  for (let step = 0; step < way.length; step += 1) {
    await page.goBack();
  }
  expect(errors).toEqual([]);
});

test('two tabs sign in side by side, in both orders', async ({ context }) => {
  for (const order of [[0, 1], [1, 0]]) {
    await context.clearCookies();
    const tabs = [await context.newPage(), await context.newPage()];
    for (const [number, tab] of tabs.entries()) {
      await tab.goto(`${stage.url}/?tab=${number}`);
      await tab.getByRole('button', { name: 'Sign in' }).click();
      await expect(tab.getByLabel('Password')).toBeVisible();
    }
    for (const number of order) {
      await fillIn(tabs[number], 'alice');
      await isSignedIn(tabs[number], 'alice');
      await expect(tabs[number]).toHaveURL(`${stage.url}/?tab=${number}`);
    }
    await Promise.all(tabs.map((tab) => tab.close()));
  }
});

test('ten reloads of the login leave four slots, and no request of the API carries one', async ({ context, page }) => {
  for (let count = 0; count < 10; count += 1) {
    await page.goto(`${stage.url}/auth/login`, { waitUntil: 'commit' });
  }
  const slots = (await context.cookies(`${stage.url}/auth/login`)).filter(({ name }) => /_t\d$/.test(name));
  expect(slots.length).toBe(4);
  expect((await context.cookies(`${stage.url}/conversations`)).filter(({ name }) => /_t\d$/.test(name))).toEqual([]);
});

test('a sign-in whose cookie is gone ends on a page that says so, without a loop', async ({ context, page }) => {
  let redirects = 0;
  page.on('request', (request) => {
    redirects += request.redirectedFrom() && request.url().startsWith(stage.url) ? 1 : 0;
  });
  await page.goto(`${stage.url}/auth/login`);
  await expect(page.getByLabel('Password')).toBeVisible();
  await context.clearCookies({ name: /_t\d$/ });
  await fillIn(page, 'alice');
  await expect(page.getByText(/cookie/i).first()).toBeVisible();
  expect(await meta(page, 'gateway-page')).toBe(null);
  expect(redirects).toBeLessThanOrEqual(3);
});

test('a browser that blocks the cookies of the endpoint is told so, and goes in no circle', async ({}, testInfo) => {
  // A content setting of the profile, as a person makes it; the provider's cookies are allowed.
  const profile = testInfo.outputPath('profile');
  const blocked = { [`${new URL(stage.url).origin},*`]: { setting: 2 } };
  const preferences = { profile: { content_settings: { exceptions: { cookies: blocked } } } };
  await mkdir(`${profile}/Default`, { recursive: true });
  await writeFile(`${profile}/Default/Preferences`, JSON.stringify(preferences));
  const { launchOptions, locale } = testInfo.project.use;
  const context = await chromium.launchPersistentContext(profile, { ...launchOptions, locale });
  try {
    const page = await context.newPage();
    let redirects = 0;
    page.on('request', (request) => {
      redirects += request.redirectedFrom() && request.url().startsWith(stage.url) ? 1 : 0;
    });
    await page.goto(`${stage.url}/`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await fillIn(page, 'alice');
    await expect(page.getByText(/does not block cookies/i)).toBeVisible();
    await expect(page.getByText('sign_in_failed')).toBeVisible();
    await page.getByRole('link', { name: /sign in/i }).click();
    await expect(page.getByText('sign_in_failed')).toBeVisible();
    expect(await context.cookies(stage.url)).toEqual([]);
    expect(await meta(page, 'gateway-page')).toBe(null);
    expect(redirects).toBeLessThanOrEqual(3);
  } finally {
    await context.close();
  }
});

test('the page of one person reloads when another has signed in beside it', async ({ context }) => {
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, 'alice');
  // The provider knows alice: bob signs in after its own session has gone.
  await context.clearCookies({ name: /^_session/ });
  await second.goto(`${stage.url}/auth/login?prompt=login`);
  await fillIn(second, 'bob');
  await isSignedIn(second, 'bob');
  await say(first, 'for alice alone');
  await isSignedIn(first, 'bob');
  await expect(first.getByText('for alice alone')).toHaveCount(0);
});
