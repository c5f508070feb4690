import { useLayoutEffect, useRef } from "preact/hooks";
import { formula } from "../../markdown/later";

interface Props {
  readonly tex: string;
  /** It is complete: before that it is shown as it is written. */
  readonly closed: boolean;
}

/** A formula on lines of its own. Where it cannot be made, its TeX stays. */
export function Formula({ tex, closed }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const source = document.createElement("code");
    source.textContent = tex;
    current.replaceChildren(source);
    if (!closed) return;
    let isLast = true;
    formula(tex, true).then((made) => {
      if (isLast && made !== null) current.replaceChildren(made);
    });
    return () => {
      isLast = false;
    };
  }, [tex, closed]);
  // biome-ignore lint/a11y/noNoninteractiveTabindex: an area that scrolls is reached by the keyboard.
  return <div class="formula" dir="ltr" tabIndex={0} ref={element} />;
}
