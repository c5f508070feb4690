// Begins answers that take long with the client of `docs/frontend.md`, and leaves them: out of the loop, and as a page that
// is closed does.
//
//   GATEWAY_URL=… TOKEN=… node leaving.mjs
//
// Prints the tasks that it has left, one JSON array.

import { example } from './examples.mjs';

const { Gateway } = await import(`data:text/javascript,${encodeURIComponent(example('gateway.js'))}`);
const { GATEWAY_URL, TOKEN } = process.env;

const headers = async () => ({ Authorization: `Bearer ${TOKEN}` });
const gateway = new Gateway(GATEWAY_URL, { headers, renew: headers });
const inputs = { secs: '20' };
const left = [];

for await (const { task_id } of gateway.chat('slowly', { inputs })) {
  left.push(task_id);
  break;
}

const events = gateway.chat('slowly', { inputs });
left.push((await events.next()).value.task_id);
gateway.leave();

// Both stops have been sent; the second one is not waited for, as it is in a page.
await new Promise((resolve) => setTimeout(resolve, 1000));
console.log(JSON.stringify(left));
process.exit(0);
