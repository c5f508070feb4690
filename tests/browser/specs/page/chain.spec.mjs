// Nothing between the page and Dify is made up: the packaged plugin, the real identity provider, and the stand-in for Dify with
// an app of each mode.

import { expect, isSignedIn, say, seen, signInAt, stage, test } from '../../stage.mjs';

/** A question whose answer takes a while: the stand-in repeats it word by word, each after 10 ms. */
const LONG = `Begin ${'word '.repeat(700)}End.`;

const answers = (page) => page.locator('.answer');
const box = (page) => page.getByRole('textbox', { name: 'Your message' });

test('a person chats, stops, leaves, comes back, rates, renames, deletes and signs out, and a second one sees none of it', async ({ browser, page }) => {
  test.slow();
  await signInAt(page, 'chat', 'alice');
  const greeting = `Good morning ${Date.now()}`;
  await box(page).fill(greeting);
  await page.keyboard.press('Enter');
  await expect(answers(page).last()).toContainText(`q=${greeting} user=`);
  await expect(box(page)).toBeFocused();
  await expect(page).toHaveURL(/\?c=[\w-]+$/);
  const address = page.url();
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await expect(list.getByRole('link', { name: greeting })).toBeVisible();

  await say(page, LONG);
  await expect(answers(page).last()).toContainText('word word');
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await expect(answers(page).last()).toContainText('Stopped.');
  const stopped = await answers(page).last().locator('.prose').innerText();
  await page.reload();
  // What Dify has stored is what had come: it was stopped there too.
  await expect(answers(page).last()).toContainText('word word');
  await expect(answers(page).last()).not.toContainText('End.');
  expect((await answers(page).last().locator('.prose').innerText()).length).toBeLessThan(stopped.length + 500);

  // Leaving the page stops too: by an address, and by closing the tab.
  await say(page, LONG);
  await expect(answers(page).last()).toContainText('word word');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(answers(page)).toHaveCount(3);
  await expect(answers(page).last()).toContainText('word word');
  await expect(answers(page).last()).not.toContainText('End.');
  const closed = await page.context().newPage();
  await closed.goto(address);
  await say(closed, LONG);
  await expect(answers(closed).last()).toContainText('word word');
  const gone = closed.waitForEvent('close');
  await closed.close({ runBeforeUnload: true });
  await gone;
  await page.reload();
  await expect(answers(page)).toHaveCount(4);
  await expect(answers(page).last()).toContainText('word word');
  await expect(answers(page).last()).not.toContainText('End.');

  // Another conversation is no leaving: the answer goes on, and is there when the person comes back.
  await say(page, LONG);
  await expect(answers(page).last()).toContainText('word word');
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
  await page.goBack();
  await expect(answers(page).last()).toContainText('The answer is still being written.');
  await expect(answers(page).last()).toContainText('End.', { timeout: 30_000 });

  const dislike = page.getByRole('button', { name: 'Bad answer' }).last();
  await dislike.click();
  await page.getByRole('textbox', { name: 'What was wrong?' }).fill('The wrong city');
  await page.getByRole('button', { name: 'Send feedback' }).click();
  await expect(dislike).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await seen(page, 'dify')).some(({ path, body }) => path.endsWith('/feedbacks') && body?.includes('The wrong city'))).toBe(true);
  await page.reload();
  await expect(dislike).toHaveAttribute('aria-pressed', 'true');
  await dislike.click();
  await expect(dislike).toHaveAttribute('aria-pressed', 'false');
  await page.getByRole('button', { name: 'Good answer' }).last().click();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Good answer' }).last()).toHaveAttribute('aria-pressed', 'true');

  const options = (name) => list.getByRole('button', { name: `Options for “${name}”` });
  await options(greeting).click();
  await list.getByRole('button', { name: 'Rename' }).click();
  await list.getByRole('textbox', { name: 'Name of the conversation' }).fill('Lisbon');
  await page.keyboard.press('Enter');
  await page.reload();
  await expect(list.getByRole('link', { name: /^Lisbon/ })).toBeVisible();

  const context = await browser.newContext({ locale: 'en-US' });
  const other = await context.newPage();
  await signInAt(other, 'chat', 'bob');
  await expect(other.getByText('Your conversations will be listed here.')).toBeVisible();
  await other.goto(address);
  await isSignedIn(other, 'bob');
  await expect(other.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();
  await expect(other.locator('body')).not.toContainText(/Lisbon|Good morning/);
  await context.close();

  await options('Lisbon').click();
  await list.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(list.getByRole('link', { name: /^Lisbon/ })).toHaveCount(0);
  await expect(answers(page)).toHaveCount(0);
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'Conversation not found' })).toBeVisible();

  await page.locator('summary').first().click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL((url) => !url.href.startsWith(stage.url));
});

test('an agent shows its tools, its sources, its picture, a table, code and a formula, live and out of the history', async ({ page }) => {
  await signInAt(page, 'agent_chat', 'alice');
  await say(page, 'Show everything');
  const shown = async () => {
    const answer = answers(page).last();
    await expect(answer.getByText('2 sources')).toBeVisible();
    await expect(answer.getByRole('list', { name: 'Files' }).getByRole('img')).toHaveAttribute('src', /^blob:/);
    await expect(answer.getByRole('cell', { name: '155' })).toBeVisible();
    await expect(answer.locator('.hljs-keyword').first()).toHaveText('def');
    await expect(answer.locator('math').first()).toBeVisible();
    await expect(answer.getByText('Thoughts').first()).toBeVisible();
    await answer.getByText('2 sources').click();
    await expect(answer.getByText('In March a batch with a fault was replaced.')).toBeVisible();
  };
  await shown();
  await answers(page).last().getByText('Sales', { exact: true }).click();
  await expect(answers(page).last().getByText('"february": 155')).toBeVisible();
  await page.reload();
  await shown();
});

test('a chatflow takes its form and files, chosen, pasted and dropped, and keeps them with the question', async ({ page }) => {
  await signInAt(page, 'chatflow', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('hello');
  await expect(page.locator('body')).not.toContainText('__oidc_');
  const files = page.getByRole('list', { name: 'Files' });
  await page.locator('.composer input[type=file]').setInputFiles([
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') },
    { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') },
  ]);
  await expect(page.getByText('The app does not take “film.mp4”')).toBeVisible();
  const give = (event, name) => box(page).evaluate((element, { event, name }) => {
    const data = new DataTransfer();
    data.items.add(new File(['picture'], name, { type: 'image/png' }));
    const init = { bubbles: true, cancelable: true };
    element.dispatchEvent(event === 'paste' ? new ClipboardEvent(event, { ...init, clipboardData: data }) : new DragEvent(event, { ...init, dataTransfer: data }));
  }, { event, name });
  await give('paste', 'pasted.png');
  await give('drop', 'dropped.png');
  await expect(files.getByRole('listitem')).toHaveCount(3);
  // Beside the place for it a file would open in the page's stead.
  const isTaken = page.locator('header').evaluate((element) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'stray.png'));
    return !element.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  });
  expect(await isTaken).toBe(true);
  await say(page, 'Read them');
  await expect(answers(page).last()).toContainText('q=Read them|user=');
  await expect(answers(page).last()).toContainText('inq=hello');

  const sent = page.locator('.question').last().getByRole('list', { name: 'Files' });
  await expect(sent).toContainText('notes.txt');
  await page.reload();
  await expect(sent.getByRole('listitem')).toHaveCount(3);
  await page.getByRole('button', { name: 'Ask again' }).last().click();
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).last()).toContainText('inq=hello');
  await page.reload();
  await expect(page.locator('.question')).toHaveCount(2);
  await expect(sent.getByRole('listitem')).toHaveCount(3);

  await page.getByRole('button', { name: 'Attach a file by its address' }).click();
  await page.getByRole('textbox', { name: /^Address of the file/ }).fill('https://example.com/report.pdf');
  await page.keyboard.press('Enter');
  await say(page, 'And this');
  await expect(answers(page)).toHaveCount(3);
  await expect(sent).toContainText('https://example.com/report.pdf');
  const named = (await seen(page, 'dify')).some(({ body }) => body?.includes('"transfer_method":"remote_url"') && body.includes('report.pdf'));
  expect(named).toBe(true);
});

test('what is said becomes the draft, and the app says its answer, at once and again', async ({ page }) => {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext();
      const tone = context.createOscillator();
      const heard = context.createMediaStreamDestination();
      tone.connect(heard);
      tone.start();
      return heard.stream;
    };
    globalThis.sounds = [];
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
      globalThis.sounds.push(this);
      return play.call(this);
    };
  });
  await signInAt(page, 'audio_chatflow', 'alice');
  await page.getByRole('button', { name: 'Speak' }).click();
  const stop = page.getByRole('button', { name: 'Stop recording' });
  await expect(stop).toBeVisible();
  await page.waitForTimeout(300);
  await stop.click();
  // The stand-in has looked at the file, and takes no other kind of sound for one.
  await expect(box(page)).toHaveValue('A sound of 16000 Hz in 1 channel.');
  const sound = (index) => page.evaluate((index) => {
    const { duration, ended, paused } = globalThis.sounds[index] ?? {};
    return { duration, ended, paused };
  }, index);
  await page.keyboard.press('Enter');
  await expect(answers(page).last()).toContainText('q=A sound');
  await expect.poll(async () => (await sound(0)).ended, { message: 'the answer is said as it comes' }).toBe(true);
  expect((await sound(0)).duration).toBeGreaterThan(0.9);

  await page.getByRole('button', { name: 'Read aloud' }).click();
  await expect(page.getByRole('button', { name: 'Stop reading' })).toBeVisible();
  await expect.poll(async () => (await sound(1)).paused).toBe(false);
  await page.getByRole('button', { name: 'Stop reading' }).click();
  expect((await sound(1)).paused).toBe(true);
});

test('a form is there after a reload, is answered in one tab and known in the other, and the run goes on', async ({ context, page }) => {
  await signInAt(page, 'hitl_chatflow', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('budget');
  await say(page, 'Please');
  await expect(page.getByRole('form', { name: 'human' })).toContainText('Approve budget ?');
  await page.reload();
  const form = page.getByRole('form', { name: 'human' });
  await expect(form).toBeVisible();
  await form.getByLabel('comment').fill('As agreed');
  // The session ends while the form is filled. A sign-in brings back what stands in it.
  await context.clearCookies({ name: /_s$/ });
  await form.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('Your session has ended. What you have written is kept.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await isSignedIn(page, 'alice');
  await expect(form.getByLabel('comment')).toHaveValue('As agreed');

  const late = await context.newPage();
  await late.goto(page.url());
  await expect(late.getByRole('form', { name: 'human' })).toBeVisible();

  await form.getByRole('button', { name: 'Approve' }).click();
  await expect(answers(page).last()).toContainText('comment=As agreed|q=Please');
  await expect(form).toHaveCount(0);
  await late.getByRole('form', { name: 'human' }).getByRole('button', { name: 'Reject' }).click();
  await expect(late.getByText('This has already been answered.')).toBeVisible();
  await page.reload();
  await expect(answers(page).last()).toContainText('comment=As agreed');
  await expect(form).toHaveCount(0);
});

test('a chatflow that runs while the page is loaded again is followed to its end', async ({ page }) => {
  await signInAt(page, 'slow_chatflow', 'alice');
  await page.getByRole('textbox', { name: 'secs' }).fill('8');
  await say(page, 'How far?');
  await expect(answers(page).last()).toContainText('http');
  await expect(page).toHaveURL(/\?c=/);
  await page.reload();
  await expect(answers(page).last()).toContainText('http');
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible();
  await expect(answers(page).last()).toContainText('body={"slept":8}|q=How far?');
  await expect(page.getByRole('button', { name: 'What follows from "How far?"?' })).toBeVisible();
});

test('a completion app answers, and is stopped at Dify', async ({ page }) => {
  await signInAt(page, 'completion', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('Show everything');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(answers(page).getByRole('cell', { name: '155' })).toBeVisible();
  await expect(answers(page).getByText('2 sources')).toBeVisible();

  const stops = async () => (await seen(page, 'dify')).filter(({ path }) => /\/completion-messages\/[\w-]+\/stop$/.test(path)).length;
  const before = await stops();
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(answers(page)).toContainText('What an answer can hold');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(answers(page)).toContainText('Stopped.');
  expect(await stops()).toBe(before + 1);
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(answers(page)).toContainText('What an answer can hold');
  await page.goto('about:blank');
  await expect.poll(stops).toBe(before + 2);
});

test('a workflow takes a file and gives its outputs, is found again while it runs, and is stopped', async ({ page }) => {
  await signInAt(page, 'workflow', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('hello');
  await page.locator('.run-form input[type=file]').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') });
  await expect(page.getByRole('list', { name: 'doc' })).toContainText('notes.txt');
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  const result = page.getByRole('region', { name: 'Result' });
  const entries = page.locator('.run-entry');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result.getByText('hello', { exact: true })).toBeVisible();
  await expect(entries.first()).toBeVisible();

  await signInAt(page, 'slow_workflow', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('slowly');
  await page.getByLabel('secs').fill('6');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(result).toContainText('http');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  await expect(result.getByText('{"slept":6}')).toBeVisible();

  await page.getByLabel('secs').fill('60');
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(result).toContainText('http');
  await page.reload();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(result.getByText('Stopped.')).toBeVisible();
  await page.reload();
  await expect(result.getByText('Stopped.')).toBeVisible();
  await expect(entries.first()).toHaveAttribute('aria-current', 'true');
});

test('a workflow that waits for a person is answered after a reload', async ({ page }) => {
  await signInAt(page, 'hitl_workflow', 'alice');
  await page.getByRole('textbox', { name: /^q\b/ }).fill('budget');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const form = page.getByRole('form', { name: 'human' });
  await expect(form).toContainText('Approve budget ?');
  await page.reload();
  await form.getByLabel('comment').fill('fine');
  await form.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('region', { name: 'Result' }).getByText('fine', { exact: true })).toBeVisible();
});
