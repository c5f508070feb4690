interface Props {
  /** Empty where something else names it. */
  readonly label: string;
  /** JSON, an object, or any text. */
  readonly value: unknown;
}

/** What went into something or came out of it, as it is. */
export function Data({ label, value }: Props) {
  const text = written(value);
  if (text === "") return null;
  return (
    <div class="data">
      {label !== "" && <span>{label}</span>}
      {/* It scrolls, so the keyboard must reach it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: an area that scrolls is reached by the keyboard. */}
      <pre dir="auto" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}

/** With indents where it is JSON. */
function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
