import { useLayoutEffect, useRef } from "preact/hooks";
import { expectFormula, formula, whenMade } from "../../markdown/later";
import { holdBack } from "./hold-back";

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
    if (!closed) {
      expectFormula();
      return;
    }
    let isLast = true;
    const coming = whenMade(formula(tex, true), (made) => {
      if (isLast) current.replaceChildren(made);
    });
    holdBack(current, coming);
    return () => {
      isLast = false;
    };
  }, [tex, closed]);
  // biome-ignore lint/a11y/noNoninteractiveTabindex: an area that scrolls is reached by the keyboard.
  return <div class="formula" dir="ltr" tabIndex={0} ref={element} />;
}
