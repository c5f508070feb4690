// Apps for the specs of the page, answered in the browser: the document, its policy, the files and the session are the
// gateway's, and what the app says is what a spec wants it to say. `openApp` is a chat app with conversations, messages and
// everything that can be done with them; `open` an app of any mode of which nothing is known but what a spec answers.

import { expect, signIn, stage } from '../../stage.mjs';

const IDS = { task_id: 'task-1', message_id: 'message-new', conversation_id: 'conversation-new' };

const PARAMETERS = {
  opening_statement: 'Ask me about travel.',
  suggested_questions: ['May I fly?'],
  suggested_questions_after_answer: { enabled: true },
  speech_to_text: { enabled: true },
  text_to_speech: { enabled: true },
  file_upload: {
    enabled: true,
    allowed_file_types: ['image', 'document'],
    allowed_file_extensions: [],
    allowed_file_upload_methods: ['local_file', 'remote_url'],
    number_limits: 3,
  },
  system_parameters: { image_file_size_limit: 10, file_size_limit: 15 },
  user_input_form: [],
};

/** An event of a chat. */
export const chat = (event, more = {}) => ({ event, ...IDS, ...more });

/** An event of a run. */
export const run = (event, data = {}) => ({ event, ...IDS, workflow_run_id: 'run', data });

/** A piece of an answer. */
export const text = (answer) => chat('message', { id: IDS.message_id, answer });

export const END = chat('message_end', { metadata: {} });

/** A stream as Dify sends it. */
export function sse(events) {
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
      await route.fulfill({ contentType: 'text/event-stream; charset=utf-8', body: sse(events) });
    },
  );
  return bodies;
}

/** Has the answers come event by event; a route of Playwright's gives them whole. */
export function inPieces(page, events, milliseconds) {
  const answering = ({ pieces, milliseconds }) => {
    const { fetch } = window;
    window.fetch = (address, options) => {
      if (!String(address).endsWith('/chat-messages')) return fetch(address, options);
      const bytes = new TextEncoder();
      const left = [...pieces];
      const body = new ReadableStream({
        pull: async (controller) => {
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          controller.enqueue(bytes.encode(left.shift()));
          if (left.length === 0) controller.close();
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
    };
  };
  return page.addInitScript(answering, { pieces: events.map((event) => sse([event])), milliseconds });
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

/** Signs in as alice, unless she is, at an app with `count` conversations of `messages` messages; returns what the page has asked of it. */
export async function openApp(page, { path = '/', count = 3, messages = 3, overrides = {}, isSignedIn = false } = {}) {
  const asked = [];
  const state = {
    conversations: Array.from({ length: count }, (_, index) => conversation(`conversation-${index}`, `Trip ${index}`)),
    messages: Array.from({ length: messages }, (_, index) => message(index)),
  };
  for (const folder of ['site', 'info', 'parameters', 'conversations', 'messages', 'chat-messages', 'files', 'text-to-audio', 'audio-to-text']) {
    await page.route(new RegExp(`^${stage.url}/${folder}([/?].*)?$`), async (route) => {
      const request = route.request();
      const url = new URL(request.url());
      const operation = `${request.method()} ${url.href.slice(stage.url.length).split('?')[0]}`;
      asked.push({ operation, query: url.searchParams, body: request.postData() ?? '' });
      const answer = overrides[operation]?.(request) ?? answered(state, operation, url.searchParams, request);
      await route.fulfill(answer);
    });
  }
  if (isSignedIn) await page.goto(stage.url + path);
  else await signIn(page, 'alice', path);
  return asked;
}

/** A JSON answer. */
export function json(body, status = 200) {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

function answered(state, operation, query, request) {
  const [, id] = /^\w+ \/conversations\/([\w-]+)/.exec(operation) ?? [];
  switch (operation.replace(/(conversations|messages)\/[\w-]+/, '$1/ID')) {
    case 'GET /site':
      return json({ title: 'Travel desk', icon_type: 'emoji', icon: 'T', icon_background: '#dff1ec' });
    case 'GET /info':
      return json({ mode: 'chat' });
    case 'GET /parameters':
      return json(PARAMETERS);
    case 'GET /conversations':
      return json(after(state.conversations, query.get('last_id'), Number(query.get('limit'))));
    case 'POST /conversations/ID/name': {
      const { name = 'Named by the model' } = JSON.parse(request.postData());
      state.conversations = state.conversations.map((each) => (each.id === id ? { ...each, name } : each));
      return json(state.conversations.find((each) => each.id === id));
    }
    case 'DELETE /conversations/ID':
      state.conversations = state.conversations.filter((each) => each.id !== id);
      return { status: 204 };
    case 'GET /messages':
      if (!state.conversations.some((each) => each.id === query.get('conversation_id'))) return notFound();
      return json(before(state.messages, query.get('first_id'), Number(query.get('limit'))));
    case 'POST /messages/ID/feedbacks': {
      const { rating } = JSON.parse(request.postData());
      const rated = operation.split('/')[2];
      state.messages = state.messages.map((each) => (each.id === rated ? { ...each, feedback: rating && { rating } } : each));
      return json({ result: 'success' });
    }
    case 'GET /messages/ID/suggested':
      return json({ result: 'success', data: ['And by train?'] });
    case 'POST /chat-messages':
      return { contentType: 'text/event-stream', body: sse([text('Yes.'), END]) };
    case 'POST /files/upload':
      return json({ id: 'file-1' }, 201);
    case 'POST /audio-to-text':
      return json({ text: 'spoken words' });
    case 'POST /text-to-audio':
      return json(null);
    default:
      return notFound();
  }
}

function notFound() {
  return json({ code: 'not_found', message: 'Conversation Not Exists.', status: 404 }, 404);
}

function after(list, id, limit) {
  const start = id === null ? 0 : list.findIndex((each) => each.id === id) + 1;
  return { limit, has_more: start + limit < list.length, data: list.slice(start, start + limit) };
}

function before(list, id, limit) {
  const end = id === null ? list.length : list.findIndex((each) => each.id === id);
  return { limit, has_more: end > limit, data: list.slice(Math.max(0, end - limit), end).reverse() };
}

function conversation(id, name) {
  return { id, name, inputs: {}, status: 'normal', introduction: '', created_at: 1_795_235_702, updated_at: 1_795_235_702 };
}

/** A message of the history. */
export function message(index, answer = `Answer ${index}.`) {
  return {
    id: `message-${index}`,
    conversation_id: 'conversation-0',
    query: `Question ${index}?`,
    created_at: 1_795_235_702 + index,
    answer,
    feedback: null,
    retriever_resources: [],
    agent_thoughts: [],
    message_files: [],
    status: 'normal',
    error: null,
    extra_contents: [],
  };
}
