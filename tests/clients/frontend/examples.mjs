// The examples of `docs/frontend.md`, by the name of their file. Blocks with the same name are parts of one file.

import { readFileSync } from 'node:fs';

const guide = readFileSync(new URL('../../../docs/frontend.md', import.meta.url), 'utf8');

/** The text of the example with this name. */
export function example(name) {
  const blocks = guide.split(`\n\`\`\`${name.split('.').pop().replace('mjs', 'js')} ${name}\n`).slice(1);
  if (blocks.length === 0) throw new Error(`docs/frontend.md has no example ${name}`);
  return blocks.map((block) => block.split('\n```\n')[0]).join('\n');
}

/** The same with what stands in the guide for the reader's own addresses replaced; each must be there. */
export function adapted(name, values) {
  return Object.entries(values).reduce((text, [placeholder, value]) => {
    if (!text.includes(placeholder)) throw new Error(`the example ${name} has no ${placeholder}`);
    return text.replaceAll(placeholder, value);
  }, example(name));
}
