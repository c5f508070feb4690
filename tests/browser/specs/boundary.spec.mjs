// One origin with Dify's console, the page and other plugins: who can reach whom.

import { expect, meta, seen, signIn, stage, test } from '../stage.mjs';

test.use({ allowsViolations: true });

test('another plugin gets nothing out of the API with the cookie alone', async ({ context, page }) => {
  await signIn(page, 'alice');
  const other = await context.newPage();
  await other.goto(stage.otherPlugin);
  const answers = await other.evaluate(async ({ url, paths }) => {
    const ask = async ([method, path]) => {
      const body = method === 'GET' ? undefined : JSON.stringify({ query: 'stolen', inputs: {} });
      const answer = await fetch(url + path, { method, credentials: 'include', body, headers: { 'Content-Type': 'application/json' }, redirect: 'manual' });
      return [path, answer.type, answer.status, await answer.json().then(({ code }) => code)];
    };
    return Promise.all(paths.map(ask));
  }, {
    url: stage.url,
    paths: [['GET', '/auth/session'], ['POST', '/auth/refresh'], ['POST', '/auth/logout'], ['POST', '/chat-messages'], ['GET', '/conversations'], ['GET', '/whoami'], ['GET', '/info']],
  });
  for (const [path, type, status, code] of answers) {
    expect([path, type, status, code]).toEqual([path, 'basic', 401, 'page_token_missing']);
  }
  expect((await seen(page, 'dify')).filter(({ body }) => body?.includes('stolen'))).toEqual([]);
});

test('another plugin without COOP gets no page token, by no way of opening the page', async ({ context, page }) => {
  await signIn(page, 'alice');
  const token = await meta(page, 'gateway-page');
  const other = await context.newPage();
  await other.goto(stage.otherPlugin);
  const found = await other.evaluate(async (url) => {
    const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));
    const texts = [await fetch(`${url}/`, { credentials: 'include' }).then((answer) => answer.text())];
    for (const [name, attribute] of [['iframe', 'src'], ['object', 'data'], ['embed', 'src']]) {
      const element = document.createElement(name);
      element[attribute] = `${url}/`;
      document.body.append(element);
      await wait(1000);
      try {
        texts.push((element.contentDocument ?? element.getSVGDocument?.())?.documentElement?.outerHTML ?? '');
      } catch (error) {
        texts.push(String(error));
      }
    }
    const popup = window.open(`${url}/`);
    await wait(1500);
    try {
      texts.push(popup?.document?.documentElement?.outerHTML ?? '');
    } catch (error) {
      texts.push(String(error));
    }
    return texts;
  }, stage.url);
  expect(token).toBeTruthy();
  for (const text of found) {
    expect(text).not.toContain(token);
    expect(text).not.toContain('gateway-page');
  }
});

test('another plugin reads no file of a person out of the cache of the browser', async ({ context, page }) => {
  await signIn(page, 'alice');
  const [path, kept] = await page.evaluate(async (url) => {
    const token = document.querySelector('meta[name="gateway-page"]').content;
    const ask = (path, init = {}) => fetch(url + path, { ...init, headers: { ...init.headers, 'X-Gateway-Page': token } });
    const form = new FormData();
    form.append('file', new File(['the picture of alice'], 'a.png', { type: 'image/png' }));
    const { id } = await ask('/files/upload', { method: 'POST', body: form }).then((answer) => answer.json());
    const files = [{ type: 'image', transfer_method: 'local_file', upload_file_id: id }];
    const message = { query: 'Look', inputs: {}, response_mode: 'blocking', files };
    await ask('/chat-messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) });
    const path = `/files/${id}/preview`;
    await ask(path).then((answer) => answer.text());
    return [path, await ask(path, { cache: 'only-if-cached', mode: 'same-origin' }).then((answer) => answer.text())];
  }, stage.url);
  // For the page itself it is in the cache.
  expect(kept).toBe('the picture of alice');
  const other = await context.newPage();
  await other.goto(stage.otherPlugin);
  const texts = await other.evaluate((address) => Promise.all(['default', 'force-cache', 'only-if-cached'].map((cache) => {
    const answer = fetch(address, { cache, mode: 'same-origin', credentials: 'include' });
    return answer.then((answer) => answer.text(), String);
  })), stage.url + path);
  for (const text of texts) {
    expect(text).not.toContain('alice');
  }
});

// SECURITY.md says so: whoever may install plugins on the same host is trusted. A host name of one's own keeps them out.
test('another plugin with COOP of its own does obtain a page token', async ({ context, page }) => {
  await signIn(page, 'alice');
  const token = await meta(page, 'gateway-page');
  const other = await context.newPage();
  await other.goto(stage.coopPlugin);
  const text = await other.evaluate(async (url) => {
    const popup = window.open(`${url}/`);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return popup?.document?.documentElement?.outerHTML ?? '';
  }, stage.url);
  expect(text).toContain(token);
});

test('a script in the page reaches neither the console nor another plugin', async ({ context, page }) => {
  await context.newPage().then((tab) => tab.goto(stage.console));
  await signIn(page, 'alice');
  await seen(page, 'console');
  const results = await page.evaluate(async ({ console: address, api, otherPlugin, url }) => {
    const outcome = async (attempt) => {
      try {
        return await attempt();
      } catch (error) {
        return `refused: ${error.name}`;
      }
    };
    const loaded = (element) => new Promise((resolve) => {
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('refused');
      setTimeout(() => resolve('refused: nothing came'), 1500);
      document.body.append(element);
    });
    const script = (src) => outcome(() => {
      const element = document.createElement('script');
      element.src = src;
      return loaded(element);
    });
    const frame = () => outcome(() => {
      const element = document.createElement('iframe');
      element.src = address;
      return loaded(element).then(() => (element.contentDocument?.title === 'Console' ? 'read' : 'refused'));
    });
    const submitted = () => outcome(() => {
      const form = document.createElement('form');
      form.action = api;
      form.method = 'post';
      form.target = '_blank';
      document.body.append(form);
      form.submit();
      return 'refused: nothing opened';
    });
    return {
      fetch: await outcome(() => fetch(api, { credentials: 'include' }).then(() => 'answered')),
      beacon: await outcome(async () => (navigator.sendBeacon(api, 'x'), 'refused: counted below')),
      popup: await outcome(async () => {
        const popup = window.open(address);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return popup?.document?.title === 'Console' ? 'read' : 'refused';
      }),
      frame: await frame(),
      worker: await outcome(() => (new Worker(`${url}/assets/x.js`), 'made')),
      blobWorker: await outcome(() => (new Worker(URL.createObjectURL(new Blob(['1']))), 'made')),
      serviceWorker: await outcome(() => navigator.serviceWorker.register(`${otherPlugin}sw.js`).then(() => 'registered')),
      script: await script(`${otherPlugin}x.js`),
      inline: await outcome(() => {
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">');
        return window.ran ? 'ran' : 'refused';
      }),
      form: await submitted(),
    };
  }, stage);
  for (const [attempt, result] of Object.entries(results)) {
    expect(`${attempt}: ${result}`).toMatch(/: refused/);
  }
  const reached = await seen(page, 'console');
  expect(reached.filter(({ path }) => path.startsWith('/console/api'))).toEqual([]);
  expect(await page.evaluate(() => [window.stolen, window.ran])).toEqual([null, null].map(() => undefined));
});

test('no other site or page signs a person out', async ({ context, page }) => {
  await signIn(page, 'alice');
  const other = await context.newPage();
  for (const address of [stage.otherPlugin, stage.otherSite]) {
    await other.goto(address);
    await other.evaluate(async (url) => {
      const image = new Image();
      image.src = `${url}/auth/logout`;
      await new Promise((resolve) => {
        image.onerror = resolve;
        image.onload = resolve;
      });
      await fetch(`${url}/auth/logout`, { method: 'POST', credentials: 'include', mode: 'no-cors' }).catch(() => {});
    }, stage.url);
    await other.goto(address);
    await other.evaluate((url) => {
      const form = document.createElement('form');
      form.action = `${url}/auth/logout`;
      form.method = 'post';
      document.body.append(form);
      form.submit();
    }, stage.url);
    await other.waitForLoadState();
    await page.reload();
    await expect(page.locator('summary')).toContainText(/alice/i);
  }
});

test('the console stays signed in when a person signs out here', async ({ context, page }) => {
  const console = await context.newPage();
  await console.goto(stage.console);
  await signIn(page, 'alice');
  await page.locator('summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const names = (await context.cookies(stage.console)).map(({ name }) => name);
  expect(names).toContain('access_token');
  expect(names).toContain('csrf_token');
});

test('planted cookies before and after ours neither sign out nor sign in as somebody else', async ({ browser, context, page }) => {
  await signIn(page, 'alice');
  const session = (await context.cookies(`${stage.url}/`)).find(({ name }) => name.endsWith('_s'));
  const other = await context.newPage();
  await other.goto(stage.otherPlugin);
  await other.evaluate(({ name, paths }) => {
    for (const path of paths) {
      document.cookie = `${name}=planted; path=${path}`;
    }
  }, { name: session.name, paths: ['/', `${new URL(stage.url).pathname}/whoami`, `${new URL(stage.url).pathname}/auth/session`] });
  await page.reload();
  await expect(page.locator('summary')).toContainText(/alice/i);

  // The attacker's own session, planted where it comes alone.
  const theirs = await browser.newContext();
  const mallory = await theirs.newPage();
  await signIn(mallory, 'bob');
  const { value } = (await theirs.cookies(`${stage.url}/`)).find(({ name }) => name.endsWith('_s'));
  await theirs.close();
  await context.clearCookies({ name: session.name });
  await other.evaluate(({ name, value }) => {
    document.cookie = `${name}=${value}; path=/`;
  }, { name: session.name, value });
  const status = await page.evaluate(async ({ url }) => {
    const token = document.querySelector('meta[name="gateway-page"]').content;
    const answer = await fetch(`${url}/whoami`, { headers: { 'X-Gateway-Page': token } });
    return [answer.status, (await answer.json()).code];
  }, stage);
  expect(status).toEqual([409, 'session_changed']);
});

test('another site cannot use the session, whatever allowed_origins says', async ({ context, page }) => {
  await signIn(page, 'alice');
  const other = await context.newPage();
  await other.goto(stage.otherSite);
  const answer = await other.evaluate((url) => fetch(`${url}/whoami`, { credentials: 'include' }).then((answer) => answer.text(), (error) => error.name), stage.url);
  expect(answer).not.toContain('alice');
});

test('the page in a frame shows nothing', async ({ context, page }) => {
  await signIn(page, 'alice');
  const other = await context.newPage();
  for (const address of [stage.otherPlugin, stage.otherSite]) {
    await other.goto(address);
    await other.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = `${url}/`;
      document.body.append(frame);
    }, stage.url);
    await other.waitForTimeout(1500);
    const frame = other.frames().find((frame) => frame !== other.mainFrame());
    const text = await frame.content().catch(() => '');
    expect(text).not.toContain('gateway-page');
    expect(text).not.toContain('alice');
  }
});
