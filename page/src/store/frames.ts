// Collects what comes between two frames, so that an answer is drawn once for each frame and not once for each event.

/** Milliseconds after which what has come is taken in a page that draws no frames, as one in the background. */
const LONGEST = 100;

export interface Frames<T> {
  /** Takes an entry; it is given on with the next frame. */
  readonly add: (entry: T) => void;
  /** Gives on at once what has come. */
  readonly flush: () => void;
}

export function inFrames<T>(take: (entries: readonly T[]) => void): Frames<T> {
  let entries: T[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    const ready = entries;
    entries = [];
    if (ready.length > 0) take(ready);
  };
  const add = (entry: T) => {
    entries.push(entry);
    if (entries.length > 1) return;
    frame = requestAnimationFrame(flush);
    timer = setTimeout(flush, LONGEST);
  };
  return { add, flush };
}
