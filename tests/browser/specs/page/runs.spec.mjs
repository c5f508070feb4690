// Apps without conversations.

import { expect, test } from '../../stage.mjs';
import { answer, END, open, run, said, stream, text } from './app.mjs';
import { expectAccessible } from './axe.mjs';

const QUERY = [{ paragraph: { variable: 'query', label: 'Query', required: true } }];

test('a workflow has a result with a line for each output, and the earlier runs', async ({ page }) => {
  await open(page, 'workflow', QUERY);
  const record = (id, status) => ({ id: `log-${id}`, workflow_run: { id, status, elapsed_time: 2.1 }, created_at: 1795235610 });
  await answer(page, '/workflows/logs', { page: 1, limit: 20, total: 2, has_more: false, data: [record('run', 'succeeded'), record('older', 'failed')] });
  await stream(page, '/workflows/run', [run('workflow_started'), run('text_chunk', { text: 'raw' }), run('workflow_finished', { status: 'succeeded', outputs: { words: '**bold**', score: 0.5, list: [{ a: 1 }], __oidc_email: 'a@b' } })]);
  await stream(page, '/workflow/older/events', [run('workflow_finished', { status: 'failed', error: 'it broke' })]);
  await page.reload();
  await page.getByLabel('Query').fill('x');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const result = page.getByRole('region', { name: 'Result' });
  await expect(result.locator('strong')).toHaveText('bold');
  await expect(result.getByText('0.5')).toBeVisible();
  await expect(result.getByText('"a": 1')).toBeVisible();
  await expect(page.locator('body')).not.toContainText('__oidc_');
  await said(page, 'The answer is ready. bold');
  await expect(page.getByRole('button', { name: 'Run again' })).toBeVisible();
  await expectAccessible(page);

  await page.locator('.run-entry').nth(1).click();
  await expect(result.getByRole('alert')).toContainText('A step of the app failed.');
  await result.getByText('Details').click();
  await expect(result.getByText('it broke')).toBeVisible();
});

test('a completion app answers below its form, and has no list of runs', async ({ page }) => {
  await open(page, 'completion', QUERY);
  const sent = await stream(page, '/completion-messages', [text('A *text*.'), END]);
  await page.getByLabel('Query').fill('x');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.locator('.answer').locator('em')).toHaveText('text');
  await expect(page.getByRole('main').getByText('Earlier runs')).toHaveCount(0);
  expect(sent).toEqual([{ inputs: { query: 'x' }, response_mode: 'streaming' }]);
  await expectAccessible(page);
});

test('a file among the outputs is a file', async ({ page }) => {
  await open(page, 'workflow', []);
  await answer(page, '/workflows/logs', { page: 1, limit: 20, total: 0, has_more: false, data: [] });
  const file = { dify_model_identity: '__dify__file__', related_id: '1', filename: 'report.pdf', type: 'document', mime_type: 'application/pdf', size: 2048 };
  await stream(page, '/workflows/run', [run('workflow_started'), run('workflow_finished', { status: 'succeeded', outputs: { file, other: 1 } })]);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('button', { name: 'report.pdf' })).toBeVisible();
});

test('no event, no word: an empty end is told', async ({ page }) => {
  await open(page, 'workflow', []);
  await answer(page, '/workflows/logs', { page: 1, limit: 20, total: 0, has_more: false, data: [] });
  await stream(page, '/workflows/run', [run('workflow_started'), run('workflow_finished', { status: 'succeeded', outputs: {} })]);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('main').getByText('The run has ended without a result.')).toBeVisible();
});
