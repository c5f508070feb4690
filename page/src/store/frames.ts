// Work in step with the frames of the page.

/** Milliseconds after which a page that draws no frames, as one in the background, goes on all the same. */
const LONGEST = 100;

/** Calls `take` with the next frame. Returns what calls that off. */
export function nextFrame(take: () => void): () => void {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const run = () => {
    cancel();
    take();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, LONGEST);
  return cancel;
}

export interface Frames<T> {
  /** Takes an entry; it is given on with the next frame. */
  readonly add: (entry: T) => void;
  /** Gives on at once what has come. */
  readonly flush: () => void;
}

/** Collects what comes between two frames, so that an answer is drawn once for each frame and not once for each event. */
export function inFrames<T>(take: (entries: readonly T[]) => void): Frames<T> {
  let entries: T[] = [];
  let cancel = () => {};
  const flush = () => {
    cancel();
    const ready = entries;
    entries = [];
    if (ready.length > 0) take(ready);
  };
  const add = (entry: T) => {
    entries.push(entry);
    if (entries.length === 1) cancel = nextFrame(flush);
  };
  return { add, flush };
}
