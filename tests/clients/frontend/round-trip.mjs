// Does with the client of `docs/frontend.md` what that page says that it can.
//
//   GATEWAY_URL=… TOKEN=… EXPIRED=… node round-trip.mjs
//
// Prints what it got, one JSON object.

import { randomUUID } from 'node:crypto';

import { example } from './examples.mjs';

const { Gateway, GatewayError } = await import(`data:text/javascript,${encodeURIComponent(example('gateway.js'))}`);
const { GATEWAY_URL, TOKEN, EXPIRED } = process.env;

const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** A client whose token has expired until it is renewed. */
function client(renewals = { count: 0 }) {
  let token = EXPIRED;
  const renew = async () => {
    renewals.count += 1;
    token = TOKEN;
    return bearer(token);
  };
  return new Gateway(GATEWAY_URL, { headers: async () => bearer(token), renew });
}

/** The answer, and the conversation that it is in. */
async function answered(gateway, query, options) {
  let [text, conversationId] = ['', undefined];
  for await (const { event, answer, conversation_id } of gateway.chat(query, options)) {
    conversationId ??= conversation_id;
    if (event === 'message') text += answer;
  }
  return { text, conversationId };
}

async function refusal(promise) {
  try {
    await promise;
    return 'nothing was refused';
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return [error.status, error.code, typeof error.requestId];
  }
}

const renewals = { count: 0 };
const gateway = client(renewals);
const inputs = { q: 'x' };
const first = await answered(gateway, 'hi', { inputs });
const file = await gateway.upload(new File(['bytes'], 'note.txt', { type: 'text/plain' }));
const { conversationId } = first;
const second = await answered(gateway, 'again', { inputs, conversationId, files: [file] });
const messages = await gateway.messages(conversationId);
const got = {
  renewals: renewals.count,
  first: first.text,
  second: second.text,
  sameConversation: second.conversationId === conversationId,
  conversations: (await gateway.conversations()).data.map(({ name }) => name),
  after: (await gateway.conversations(conversationId)).data.length,
  messages: messages.data.map(({ query }) => query).sort(),
  before: (await Promise.all(messages.data.map(({ id }) => gateway.messages(conversationId, id)))).map(({ data }) => data.length).sort(),
  renamed: (await gateway.rename(conversationId, 'My chat')).name,
  removed: (await gateway.remove(conversationId), (await gateway.conversations()).data.length),
  unknown: await refusal(gateway.messages(randomUUID())),
  withoutToken: await refusal(new Gateway(GATEWAY_URL, { headers: async () => ({}), renew: async () => ({}) }).json('/info')),
  tasks: gateway.tasks.size,
};
console.log(JSON.stringify(got));
