// Start forms, and forms that a run waits for.

import { expect, say, stage, test } from '../../stage.mjs';
import { answer, chat, END, open, run, stream, text } from './app.mjs';
import { expectAccessible } from './axe.mjs';

const FORM = [
  { 'text-input': { variable: 'name', label: 'Name', required: true, max_length: 5 } },
  { paragraph: { variable: 'about', label: 'About' } },
  { select: { variable: 'color', label: 'Color of it', required: true, options: ['red', 'blue'] } },
  { number: { variable: 'n', label: 'Number' } },
  { checkbox: { variable: 'hurry', label: 'Hurry', default: true } },
  { json_object: { variable: 'more', label: 'More' } },
  { 'text-input': { variable: 'hidden', label: 'Hidden', hide: true, default: 'h' } },
  { 'text-input': { variable: '__oidc_email', label: '__oidc_email', required: true } },
];

test('a start form names what is missing, and sends every kind of input as Dify takes it', async ({ page }) => {
  await open(page, 'workflow', FORM);
  await answer(page, '/workflows/logs', { page: 1, limit: 20, total: 0, has_more: false, data: [] });
  const sent = await stream(page, '/workflows/run', [run('workflow_started'), run('workflow_finished', { status: 'succeeded', outputs: { out: 'Done.' } })]);
  await expect(page.getByRole('main').getByText('__oidc_email')).toHaveCount(0);
  await expect(page.getByRole('main').getByText('Hidden')).toHaveCount(0);

  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await expect(page.getByRole('main').getByText('Fill this in.')).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Name' }).fill('too long');
  await expect(page.getByRole('main').getByText('Too long: at most 5 characters.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
  await page.getByLabel('Number').fill('1,5');
  await expect(page.getByRole('main').getByText('This is not a number.')).toBeVisible();
  await page.getByLabel('Number').fill('1.5');
  await page.getByLabel('More').fill('{"a":1}');
  await page.getByLabel('Color of it').selectOption('blue');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Result' }).getByText('Done.')).toBeVisible();
  expect(sent).toEqual([
    { inputs: { name: 'Ada', color: 'blue', n: 1.5, hurry: true, more: { a: 1 }, hidden: 'h' }, response_mode: 'streaming' },
  ]);
});

test('what a form was filled with is there after the sign-in that a run needed', async ({ page }) => {
  const form = [
    { 'text-input': { variable: 'name', label: 'Name' } },
    { checkbox: { variable: 'hurry', label: 'Hurry' } },
    { 'file-list': { variable: 'docs', label: 'Documents', max_length: 2, allowed_file_types: ['document'], allowed_file_upload_methods: ['local_file'] } },
  ];
  await open(page, 'workflow', form);
  await answer(page, '/workflows/logs', { has_more: false, data: [] });
  await page.route(/\/files\/upload$/, (route) => route.fulfill({ status: 201, json: { id: 'file-1' } }));
  const ended = { code: 'session_ended', message: '', status: 401 };
  await page.route(/\/workflows\/run$/, (route) => route.fulfill({ status: 401, json: ended }), { times: 1 });
  await page.reload();
  await page.getByRole('textbox', { name: /^Name/ }).fill('Ada');
  await page.getByRole('checkbox', { name: 'Hurry' }).check();
  await page.locator('.run-form input[type=file]').setInputFiles({ name: 'notes.pdf', mimeType: 'application/pdf', buffer: Buffer.from('notes') });
  await expect(page.getByRole('list', { name: 'Documents' })).toContainText('notes.pdf');
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('textbox', { name: /^Name/ })).toHaveValue('Ada');
  await expect(page.getByRole('list', { name: 'Documents' })).toContainText('notes.pdf');

  const sent = await stream(page, '/workflows/run', [run('workflow_started'), run('workflow_finished', { status: 'succeeded', outputs: { out: 'Done.' } })]);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Result' }).getByText('Done.')).toBeVisible();
  const docs = [{ type: 'document', transfer_method: 'local_file', upload_file_id: 'file-1' }];
  expect(sent).toEqual([{ inputs: { name: 'Ada', hurry: true, docs }, response_mode: 'streaming' }]);
});

test('a chatflow gets the form before the first message and with every one', async ({ page }) => {
  await open(page, 'advanced-chat', [{ 'text-input': { variable: 'name', label: 'Name', required: true } }]);
  const sent = await stream(page, '/chat-messages', [text('Hello.'), END]);
  await say(page, 'one');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  expect(sent).toEqual([]);
  await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('main').getByText('Hello.')).toHaveCount(1);
  await say(page, 'two');
  await expect(page.getByRole('main').getByText('Hello.')).toHaveCount(2);
  expect(sent.map(({ query, inputs }) => [query, inputs])).toEqual([
    ['one', { name: 'Ada' }],
    ['two', { name: 'Ada' }],
  ]);
});

const HUMAN = {
  form_id: 'form', node_id: 'approve', node_title: 'Approve', form_token: 'token', expiration_time: 4102444800,
  form_content: '## Order\n\n{{#$output.comment#}}', resolved_default_values: { comment: 'as agreed' },
  inputs: [{ output_variable_name: 'comment', type: 'paragraph', default: { type: 'constant', value: '' } }],
  actions: [{ id: 'yes', title: 'Approve', button_style: 'primary' }, { id: 'no', title: 'Reject', button_style: 'default' }],
};
const PAUSED = [run('workflow_started'), run('human_input_required', HUMAN), run('workflow_paused', { paused_nodes: ['approve'], reasons: [HUMAN] })];
/** The form at the gateway: asked after, and submitted. */
async function form(page, onSubmit) {
  const submitted = [];
  await page.route(`${stage.url}/form/human_input/token`, async (route) => {
    const refusal = onSubmit(route.request().method());
    if (route.request().method() === 'POST') submitted.push(route.request().postDataJSON());
    await route.fulfill(refusal === null ? { json: {} } : { status: 412, json: { code: refusal, message: '', status: 412 } });
  });
  return submitted;
}

for (const [code, words] of [
  ['human_input_form_submitted', 'This has already been answered.'],
  ['human_input_form_expired', 'The time to answer is over.'],
]) {
  test(`${code}: the form says so, and the run is followed`, async ({ page }) => {
    await open(page, 'advanced-chat');
    await stream(page, '/chat-messages', PAUSED);
    await stream(page, '/workflow/run/events', [run('workflow_started', { reason: 'resumption' })]);
    await form(page, (method) => (method === 'POST' ? code : null));
    await say(page, 'Order it');
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('main').getByText(words)).toBeVisible();
  });
}
