// The stage as the specs see it, and what a person does on it.

import process from 'node:process';

import { expect, test as base } from '@playwright/test';

/** Addresses and names; see `tests/gateway/tests/browser/main.rs`. */
export const stage = JSON.parse(process.env.STAGE);

export { expect };

/** A test during which no page may violate its policy or throw an error that nobody catches, unless it says that it is about that. */
export const test = base.extend({
  allowsViolations: [false, { option: true }],
  violations: [
    async ({ browser, context, allowsViolations }, use) => {
      const violations = [];
      watch(context, violations);
      // A second person of a spec has a context of their own.
      const { newContext } = browser;
      browser.newContext = async (options) => {
        const further = await newContext.call(browser, options);
        watch(further, violations);
        return further;
      };
      await use(violations);
      browser.newContext = newContext;
      if (!allowsViolations) {
        expect(violations).toEqual([]);
      }
    },
    { auto: true },
  ],
});

function watch(context, violations) {
  context.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) {
      violations.push(message.text());
    }
  });
  context.on('weberror', (error) => violations.push(String(error.error())));
}

/** Opens the page, presses the button, signs in at the provider, and is back. */
export async function signIn(page, user, path = '/') {
  await page.goto(stage.url + path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await fillIn(page, user);
  await isSignedIn(page, user);
}

/** Signs in at the page of one of the stand-in's apps. Whoever is signed in at the provider is asked nothing there. */
export async function signInAt(page, app, user) {
  await page.goto(`${stage.apps[app]}/`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const password = page.getByLabel('Password');
  await expect(password.or(page.locator('summary').first())).toBeVisible();
  if (await password.isVisible()) await fillIn(page, user);
  await isSignedIn(page, user);
}

/** Signs in at the provider's own page. */
export async function fillIn(page, user) {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(stage.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The page says who is signed in. */
export async function isSignedIn(page, user) {
  await expect(page.locator('summary').first()).toContainText(new RegExp(user, 'i'));
}

/** Writes a message and sends it. */
export async function say(page, text) {
  await page.getByRole('textbox', { name: 'Your message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** What has reached a part of the stage so far: `console` or `dify`. */
export async function seen(page, part) {
  const answer = await page.request.get(`${stage.control}/${part}`);
  return answer.json();
}

/** The value of a meta element; null where there is none. */
export function meta(page, name) {
  return page.evaluate((name) => document.querySelector(`meta[name="${name}"]`)?.content ?? null, name);
}
