// Uses Dify's own client for Node.js as an app does, with a token where the client expects the app's key.
//
//   GATEWAY_URL=… TOKEN=… node round-trip.mjs chat|completion|workflow
//
// Prints what it got, one JSON object. It writes `mallory` wherever the client wants a user.

import { text } from 'node:stream/consumers';

import { ChatClient, CompletionClient } from 'dify-client';

const { GATEWAY_URL, TOKEN } = process.env;
const USER = 'mallory';
const INPUTS = { q: 'x' };

/** The events of a stream, whose `data:` lines are JSON. */
async function events(response) {
  const frames = (await text(response.data)).split('\n\n');
  return frames.filter((frame) => frame.startsWith('data: ')).map((frame) => JSON.parse(frame.slice('data: '.length)));
}

async function answer(response) {
  const messages = (await events(response)).filter(({ event }) => event === 'message');
  return messages.map((message) => message.answer).join('');
}

async function chat() {
  const client = new ChatClient(TOKEN, GATEWAY_URL);
  const parameters = await client.getApplicationParameters(USER);
  const blocking = await client.createChatMessage(INPUTS, 'hi', USER);
  const { conversation_id: conversation, message_id: message } = blocking.data;
  const streaming = await client.createChatMessage(INPUTS, 'again', USER, true, conversation);
  const form = new FormData();
  form.append('user', USER);
  form.append('file', new Blob(['bytes'], { type: 'text/plain' }), 'note.txt');
  return {
    parameters: parameters.data.user_input_form.map((input) => Object.values(input)[0].variable),
    blocking: blocking.data.answer,
    streaming: await answer(streaming),
    conversations: (await client.getConversations(USER)).data.data.map(({ name }) => name),
    messages: (await client.getConversationMessages(USER, conversation)).data.data.map(({ query }) => query),
    renamed: (await client.renameConversation(conversation, 'My chat', USER, false)).data.name,
    feedback: (await client.messageFeedback(message, 'like', USER)).data.result,
    uploaded: (({ name, size, mime_type }) => [name, size, mime_type])((await client.fileUpload(form)).data),
    deleted: (await client.deleteConversation(conversation, USER)).status,
    left: (await client.getConversations(USER)).data.data.length,
  };
}

async function completion() {
  const client = new CompletionClient(TOKEN, GATEWAY_URL);
  return {
    blocking: (await client.createCompletionMessage(INPUTS, USER)).data.answer,
    streaming: await answer(await client.createCompletionMessage(INPUTS, USER, true)),
  };
}

async function workflow() {
  const client = new CompletionClient(TOKEN, GATEWAY_URL);
  const streaming = await events(await client.runWorkflow(INPUTS, USER, true));
  return {
    blocking: (await client.runWorkflow(INPUTS, USER)).data.data.outputs,
    streaming: streaming.find(({ event }) => event === 'workflow_finished').data.outputs,
  };
}

const got = await { chat, completion, workflow }[process.argv[2]]();
console.log(JSON.stringify(got));
