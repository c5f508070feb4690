// What the main thread of a page does, as the browser's own trace tells it: in time of the processor, which other programs on
// the machine do not lengthen.

/** What the tasks of the page's main thread take while `work` goes on, in milliseconds: the longest one, and all together. */
export async function traced(page, work) {
  const session = await page.context().browser().newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel'] } });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return busiest(events);
}

/** A browser has a thread for each page; the one that has worked most is the one that was worked with. */
function busiest(events) {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const threads = mains.map(({ pid, tid }) => {
    const tasks = events.filter((each) => each.pid === pid && each.tid === tid && each.name.endsWith('RunTask') && each.tdur !== undefined);
    const times = tasks.map(({ tdur }) => tdur / 1000);
    return { longest: Math.max(0, ...times), sum: times.reduce((sum, each) => sum + each, 0) };
  });
  return threads.reduce((one, other) => (other.sum > one.sum ? other : one), { longest: 0, sum: 0 });
}
