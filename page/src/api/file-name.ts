// The name under which a file is sent.

/** The longest name that Dify keeps with its extension. */
const NAME_LENGTH = 200;

/** Dify refuses names with a slash, and keeps no long ones; the end of a name has the extension. */
export function safeName(name: string): string {
  const plain = [...name.replace(/[\\/]/g, "_")];
  return plain.slice(-NAME_LENGTH).join("");
}
