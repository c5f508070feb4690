// What a person does with an answer: stop, rate, read aloud, ask again, speak.

import { json, openApp, stream } from '../../app.mjs';
import { expect, say, test } from '../../stage.mjs';

test('stopping ends the stream and tells Dify the task', async ({ page }) => {
  // A route of Playwright's gives an answer whole, so the answer that does not end is made where the page asks for it.
  await page.addInitScript((first) => {
    const { fetch } = window;
    window.fetch = (address, options) => {
      if (!String(address).endsWith('/chat-messages')) return fetch(address, options);
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode(first));
          options.signal.addEventListener('abort', () => controller.error(options.signal.reason));
        },
      });
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
    };
  }, stream({ event: 'message', answer: 'So far' }));
  const asked = await openApp(page, { overrides: { 'POST /chat-messages/task-1/stop': () => json({ result: 'success' }) } });
  await say(page, 'A long story');
  await expect(page.getByText('So far', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(page.getByText('So far', { exact: true })).toBeVisible();
  expect(asked.filter(({ operation }) => operation.endsWith('/stop')).map(({ operation }) => operation)).toEqual(['POST /chat-messages/task-1/stop']);

  await say(page, 'Another one');
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await expect(page.getByText('So far', { exact: true })).toHaveCount(2);
  // What the browser sends while a page goes away, Playwright does not see.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  await expect.poll(() => asked.filter(({ operation }) => operation === 'POST /chat-messages/task-1/stop').length).toBe(2);
});

test('feedback is given with a comment, survives a reload, and is taken back', async ({ page }) => {
  const asked = await openApp(page, { path: '/?c=conversation-0' });
  const bodies = () => asked.filter(({ operation }) => operation.endsWith('/feedbacks')).map(({ body }) => JSON.parse(body));
  await page.getByRole('button', { name: 'Bad answer' }).last().click();
  await page.getByRole('textbox', { name: 'What was wrong?' }).fill('The wrong city');
  await page.getByRole('button', { name: 'Send feedback' }).click();
  await expect.poll(bodies).toEqual([{ rating: 'dislike', content: 'The wrong city' }]);

  await page.reload();
  const dislike = page.getByRole('button', { name: 'Bad answer' }).last();
  await expect(dislike).toHaveAttribute('aria-pressed', 'true');
  await dislike.click();
  await expect(dislike).toHaveAttribute('aria-pressed', 'false');
  await page.getByRole('button', { name: 'Good answer' }).last().click();
  await expect.poll(bodies).toEqual([{ rating: 'dislike', content: 'The wrong city' }, { rating: null }, { rating: 'like' }]);
});

test('an answer without words is not read aloud, and a question is asked again as a new turn', async ({ page }) => {
  await openApp(page, { path: '/?c=conversation-0' });
  await page.getByRole('button', { name: 'Read aloud' }).last().click();
  await expect(page.getByText('There is nothing to read aloud.')).toBeVisible();
  await page.getByRole('button', { name: 'Ask again' }).last().click();
  await expect(page.locator('.turn')).toHaveCount(4);
  await page.getByRole('button', { name: 'And by train?' }).click();
  await expect(page.locator('.turn')).toHaveCount(5);
  await page.getByRole('button', { name: 'Edit' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Your message' })).toHaveValue('Question 0?');
  await expect(page.getByRole('textbox', { name: 'Your message' })).toBeFocused();
});

test('speech is sent as a WAV and becomes the draft', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext();
      const tone = context.createOscillator();
      const heard = context.createMediaStreamDestination();
      tone.connect(heard);
      tone.start();
      return heard.stream;
    };
  });
  const asked = await openApp(page);
  await page.getByRole('button', { name: 'Speak' }).click();
  const stop = page.getByRole('button', { name: 'Stop recording' });
  await expect(stop).toBeVisible();
  await page.waitForTimeout(300);
  await stop.click();
  await expect(page.getByRole('textbox', { name: 'Your message' })).toHaveValue('spoken words');
  const { body } = asked.find(({ operation }) => operation === 'POST /audio-to-text');
  expect(body).toContain('filename="recording.wav"');
  expect(body).toContain('audio/wav');
  expect(body).toContain('RIFF');
});
