// What the endpoint's rules close to a person is not there to be pressed. That the gateway says what is closed, and refuses it,
// is tested where the rules are.

import { answer, open, openApp } from './app.mjs';
import { expect, stage, test } from '../../stage.mjs';

/** The gateway says that these operations are closed. */
async function close(page, operations) {
  await page.route(`${stage.url}/auth/session`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), closed_operations: operations } });
  });
}

test('what is closed to a person is not offered, and not asked for', async ({ page }) => {
  const closed = ['delete_conversation', 'post_conversation_name', 'post_files_upload', 'post_audio_to_text', 'post_text_to_audio', 'post_message_feedbacks', 'get_message_suggested'];
  await close(page, closed);
  const asked = await openApp(page, { path: '/?c=conversation-0' });
  const buttons = async (place) => (await place.getByRole('button').all()).length;
  await expect(page.locator('.answer-actions').last()).toHaveText(/^Copy\s*Ask again\s*Edit$/);
  await page.getByRole('button', { name: 'Options for “Trip 1”' }).click();
  await expect(page.locator('.conversation-entry .actions')).toHaveText('Copy link');
  // The address of a file, and to send.
  expect(await buttons(page.locator('.composer'))).toBe(2);
  await page.getByRole('textbox', { name: 'Your message' }).fill('Hello');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Yes.', { exact: true })).toBeVisible();
  expect(asked.filter(({ operation }) => operation.endsWith('/suggested'))).toEqual([]);

  await page.unroute(`${stage.url}/auth/session`);
  await close(page, ['post_chat_messages', 'get_conversations']);
  asked.length = 0;
  await page.goto(`${stage.url}/?c=conversation-0`);
  await expect(page.getByText('You are not allowed to do this.')).toBeVisible();
  await expect(page.locator('.answer-actions').last()).toHaveText(/^Copy\s*Read aloud$/);
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /conversations/ })).toHaveCount(0);
  expect(asked.filter(({ operation }) => operation === 'GET /conversations')).toEqual([]);
});

test('a run that is closed to a person has no button, and neither have earlier ones', async ({ page }) => {
  await close(page, ['post_workflows_run', 'get_workflows_logs']);
  const logs = await answer(page, '/workflows/logs', { page: 1, limit: 20, has_more: false, data: [] });
  await open(page, 'workflow', [{ 'text-input': { variable: 'name', label: 'Name', required: true } }]);
  await expect(page.getByText('You are not allowed to do this.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Earlier runs' })).toHaveCount(0);
  expect(logs).toEqual([]);
});
