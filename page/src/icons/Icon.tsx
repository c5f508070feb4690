// An icon of the lucide set, as SVG elements. Only the icons that a component imports get into the page:
// `import { Send } from "lucide"` and `<Icon of={Send} />`. It is decoration; the control around it has the name.

import type { IconNode } from "lucide";
import { h } from "preact";

interface Props {
  readonly of: IconNode;
}

export function Icon({ of }: Props) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {of.map(([tag, attributes], index) => h(tag, { key: index, ...attributes }))}
    </svg>
  );
}
