// The page of an app of any kind. The sign-in, the document and its policy are the stage's; what the app says is the spec's.

import { expect, signIn, stage } from '../../stage.mjs';

const IDS = { task_id: 'task', message_id: 'message', conversation_id: '6f1d2c3b-0000-4000-8000-000000000009' };

/** An event of a chat. */
export const chat = (event, more = {}) => ({ event, ...IDS, ...more });

/** An event of a run. */
export const run = (event, data = {}) => ({ event, ...IDS, workflow_run_id: 'run', data });

/** A piece of an answer. */
export const text = (answer) => chat('message', { id: 'message', answer });

export const END = chat('message_end', { metadata: {} });

/** A stream as Dify sends it. */
function streamOf(events) {
  return `event: ping\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}`;
}

/** Answers the requests to a path with JSON, or with what a function gives for the body of each; returns the bodies. */
export async function answer(page, path, answers, status = 200) {
  const bodies = [];
  await page.route(
    (url) => url.href.startsWith(stage.url) && url.pathname.endsWith(path),
    async (route) => {
      const body = route.request().postDataJSON?.() ?? null;
      bodies.push(body);
      const json = typeof answers === 'function' ? await answers(body) : answers;
      await route.fulfill({ status, json });
    },
  );
  return bodies;
}

/** Answers the requests to a path with streams of events, one after the other, the last one again and again. */
export async function stream(page, path, ...streams) {
  const bodies = [];
  await page.route(
    (url) => url.href.startsWith(stage.url) && url.pathname.endsWith(path),
    async (route) => {
      bodies.push(route.request().postDataJSON?.() ?? null);
      const events = streams[Math.min(bodies.length, streams.length) - 1];
      await route.fulfill({ contentType: 'text/event-stream; charset=utf-8', body: streamOf(events) });
    },
  );
  return bodies;
}

/** Signs in at an app of this mode with this start form, of which nothing is known yet. */
export async function open(page, mode = 'chat', form = [], site = {}) {
  await answer(page, '/info', { name: 'App', mode });
  await answer(page, '/parameters', { opening_statement: '', suggested_questions: [], user_input_form: form });
  await answer(page, '/site', { title: 'App', icon_type: 'emoji', icon: '🤖', show_workflow_steps: true, ...site });
  await answer(page, '/conversations', { limit: 20, has_more: false, data: [] });
  await answer(page, '/suggested', { result: 'success', data: [] });
  await signIn(page, 'alice');
}

/** The live region has said something that begins so, and says nothing else. */
export async function said(page, words) {
  await expect(page.locator('.unseen[role=status]')).toContainText(words);
}
