// Everything from outside that the page keeps is bounded here, with the reason. Lengths are in UTF-16 units, as `length` counts.

/** One event. Dify's plugin daemon passes on no line over 5 MiB, so a longer one is not an answer. */
export const EVENT = 5 * 1024 * 1024;

/** The text of an answer: ten times what a long document has. A browser lays out no more in reasonable time. */
export const ANSWER = 1024 * 1024;

/** A text beside the answer: a thought, what a tool said, an error. Nobody reads more of it in a chat. */
export const SIDE_TEXT = 64 * 1024;

/** A name or an identifier, such as the title of a step. */
export const NAME = 1024;

/** What an app says aloud of one answer, in bytes: 20 minutes of MP3 at 128 kbit/s. */
export const SPEECH = 20 * 1024 * 1024;

/** Steps of a run: a workflow has some dozens of nodes, and iterations repeat them. Later ones are counted, not kept. */
export const STEPS = 1000;

/** Entries of any other list of an answer: thoughts, files, sources, forms, entries of an agent's log. */
export const ENTRIES = 500;

/** What goes into and out of a step, written as JSON: shown folded, for a look. */
export const STEP_DATA = 32 * 1024;

/** Text that is drawn in one frame: a phone needs some tens of milliseconds for it. Longer text comes onto the page in slices. */
export const DRAWN_AT_ONCE = 8 * 1024;
