// What an answer becomes on the screen, and what becomes of one that fails.

import { expect, say, stage, test } from '../../stage.mjs';
import { chat, END, open, run, said, stream, text } from './app.mjs';
import { expectAccessible } from './axe.mjs';

const ANSWER = `<think>first</think>

## Heading

| a | b |
| - | -: |
| 1 | 2 |

\`\`\`python
def f(): return 1
\`\`\`

$$\\frac{1}{2}$$

<think>second</think>

The end.`;

test('an answer has its table, its coloured code, its formula and its thoughts, and is said once', async ({ page }) => {
  await open(page);
  const sources = [{ position: 1, document_name: 'Sales.xlsx', dataset_name: 'Handbook', content: '120 in January' }];
  await stream(page, '/chat-messages', [text(ANSWER), chat('message_end', { metadata: { retriever_resources: sources } })]);
  await say(page, 'Show me');

  const answer = page.locator('.answer');
  await expect(answer.getByRole('heading', { name: 'Heading' })).toBeVisible();
  await expect(answer.getByRole('cell', { name: '2' })).toBeVisible();
  await expect(answer.locator('.hljs-keyword').first()).toHaveText('def');
  await expect(answer.locator('math mfrac')).toBeVisible();
  await expect(answer.getByText('Thoughts')).toHaveCount(2);
  await expect(answer.getByText('first')).toHaveCount(0);
  await answer.getByText('Thoughts').first().click();
  await expect(answer.getByText('first')).toBeVisible();
  await answer.getByText('1 source').click();
  await expect(answer.getByText('120 in January')).toBeVisible();
  await said(page, /^The answer is ready\. Heading.*The end\.$/s);
  await expectAccessible(page);
});

test('thoughts that are still coming, thoughts that come apart, and the tools of an agent', async ({ page }) => {
  await open(page, 'agent-chat');
  const call = { id: 't', position: 1, thought: 'I look it up.', tool: 'sales', tool_input: '{"sales":{"m":1}}', tool_labels: { sales: { en_US: 'Sales' } } };
  await stream(page, '/chat-messages', [
    chat('agent_thought', { ...call, observation: '' }),
    chat('agent_thought', { ...call, observation: '{"sales":120}' }),
    run('reasoning_chunk', { node_id: 'llm', reasoning: 'apart', is_final: true }),
    chat('agent_message', { id: 'message', answer: 'It is 120.\n\n<think>and so' }),
    END,
  ]);
  await say(page, 'How many?');
  const answer = page.locator('.answer');
  await expect(answer.getByText('It is 120.')).toBeVisible();
  await expect(answer.getByText('Thoughts')).toHaveCount(2);
  await answer.getByText('Sales').click();
  await expect(answer.getByText('"sales": 120')).toBeVisible();
  await answer.getByText('Thoughts').first().click();
  await expect(answer.getByText('apart')).toBeVisible();
  await expectAccessible(page);
});

test('the steps of a run are told with their rounds, and without what the gateway has filled in', async ({ page }) => {
  await open(page, 'advanced-chat');
  const node = (event, id, more = {}) => run(event, { id, node_id: id, node_type: 'llm', title: id, ...more });
  const events = [
    run('workflow_started', { id: 'run', inputs: { __oidc_email: 'a@b' } }),
    node('node_started', 'Begin'),
    node('node_finished', 'Begin', { status: 'succeeded', inputs: { __oidc_email: 'a@b', q: 'shown' } }),
    node('iteration_started', 'Each', { node_type: 'iteration', metadata: { iterator_length: 1 } }),
    node('iteration_next', 'Each', { index: 0 }),
    node('node_started', 'Inner', { iteration_id: 'Each' }),
    node('node_finished', 'Inner', { iteration_id: 'Each', status: 'failed', error: 'no such chair' }),
    node('iteration_completed', 'Each', { status: 'succeeded' }),
    text('Done.'),
    END,
    run('workflow_finished', { id: 'run', status: 'succeeded', outputs: { answer: 'Done.' } }),
  ];
  await stream(page, '/chat-messages', events);
  await say(page, 'Go');
  await page.getByRole('main').getByText('3 steps').click();
  await page.getByRole('main').getByText('Begin', { exact: true }).click();
  await expect(page.getByRole('main').getByText('"q": "shown"')).toBeVisible();
  await expect(page.locator('body')).not.toContainText('__oidc_');
  await page.getByRole('main').getByText('Each', { exact: true }).click();
  await page.getByRole('main').getByText('Inner', { exact: true }).click();
  await expect(page.getByRole('main').getByText('no such chair')).toBeVisible();
  await expectAccessible(page);
});

test('an app that shows no steps shows none', async ({ page }) => {
  await open(page, 'advanced-chat', [], { show_workflow_steps: false });
  const step = { id: 'a', node_id: 'a', node_type: 'llm', title: 'Secret step' };
  await stream(page, '/chat-messages', [run('workflow_started'), run('node_started', step), text('Done.'), END]);
  await say(page, 'Go');
  await expect(page.getByRole('main').getByText('Done.')).toBeVisible();
  await expect(page.getByRole('main').getByText('Secret step')).toHaveCount(0);
});

test('what an app takes back is gone', async ({ page }) => {
  await open(page);
  await stream(page, '/chat-messages', [text('Something bad'), chat('message_replace', { answer: 'Better not.' }), END]);
  await say(page, 'Say it');
  await expect(page.getByRole('main').getByText('Better not.')).toBeVisible();
  await expect(page.getByRole('main').getByText('Something bad')).toHaveCount(0);
});

for (const [name, events, words] of [
  ['an error in the stream', [text('As far as '), chat('error', { code: 'provider_quota_exceeded', message: 'used up' })], 'quota is used up'],
  ['a run that failed', [run('workflow_started'), text('As far as '), run('workflow_finished', { status: 'failed', error: 'node 3' })], 'A step of the app failed'],
  ['the time limit of the gateway', [text('As far as '), { event: 'error', code: 'gateway_timeout', message: 'ended', status: 504 }], 'took too long'],
  ['a stream that ends in the middle', [text('As far as ')], 'No connection'],
]) {
  test(`${name} is told, what has come stays, and the question can be sent again`, async ({ page }) => {
    await open(page);
    const sent = await stream(page, '/chat-messages', events, [text('All of it.'), END]);
    await say(page, 'How far?');
    await expect(page.getByRole('alert')).toContainText(words);
    await expect(page.getByRole('main').getByText('As far as')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('main').getByText('All of it.')).toBeVisible();
    expect(sent.map(({ query }) => query)).toEqual(['How far?', 'How far?']);
  });
}

test('a run that was lost sight of is looked for again', async ({ page }) => {
  await open(page, 'advanced-chat');
  const step = { id: 'a', node_id: 'a', node_type: 'llm', title: 'Slow step' };
  await stream(page, '/chat-messages', [run('workflow_started'), run('node_started', step), text('As far as ')]);
  await stream(page, '/workflow/run/events', [run('workflow_finished', { status: 'succeeded', outputs: { answer: 'As far as one can see.' } })]);
  await say(page, 'How far?');
  await page.getByRole('button', { name: 'Look for the rest' }).click();
  await expect(page.getByRole('main').getByText('As far as one can see.')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a picture of the app is fetched from the gateway; a file of another type is only saved', async ({ page }) => {
  await open(page);
  const picture = '6f1d2c3b-0000-4000-8000-000000000001';
  const script = '6f1d2c3b-0000-4000-8000-000000000002';
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  await page.route(`${stage.url}/files/${picture}/preview`, (route) => route.fulfill({ contentType: 'image/png', body: png }));
  await page.route(`${stage.url}/files/${script}/preview`, (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' }),
  );
  const file = (id, type) => chat('message_file', { id, type, belongs_to: 'assistant', url: `http://dify.example/files/${id}/file-preview?sign=x` });
  await stream(page, '/chat-messages', [file(picture, 'image'), file(script, 'document'), text('Here.'), END]);
  await say(page, 'Draw');
  const image = page.getByRole('list', { name: 'Files' }).getByRole('img');
  await expect(image).toHaveAttribute('src', /^blob:/);
  expect(await image.evaluate((element) => element.naturalWidth)).toBe(1);
  await page.getByRole('button', { name: 'File' }).click();
  const link = page.getByRole('link', { name: 'Save File' });
  await expect(link).toHaveAttribute('download', 'file');
});
