import { Brain } from "lucide";
import type { ComponentChildren } from "preact";
import { useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { Disclosure } from "./Disclosure";

interface Props {
  /** Whether all of it has come. */
  readonly finished: boolean;
  readonly children: () => ComponentChildren;
}

/** What a model thought before it answered: folded, because it is not the answer. */
export function Thinking({ finished, children }: Props) {
  const { thinking } = useWording().texts;
  return (
    <Disclosure
      kind="thinking"
      summary={
        <>
          <Icon of={Brain} />
          <span class={finished ? undefined : "working"}>{finished ? thinking.finished : thinking.running}</span>
        </>
      }
    >
      {children}
    </Disclosure>
  );
}
