import { useSignal } from "@preact/signals";
import { Check, Copy } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { highlight, whenMade } from "../../markdown/later";
import { announce } from "../../store/announce";

interface Props {
  readonly code: string;
  /** As it is written after the fence; empty where it is not. */
  readonly language: string;
  /** It is complete: then it is coloured. */
  readonly closed: boolean;
}

/** Code, with the name of its language and a button that copies it. */
export function CodeBlock({ code, language, closed }: Props) {
  const { code: words } = useWording().texts;
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    current.textContent = code;
    if (!closed) return;
    let isLast = true;
    whenMade(highlight(code, language), (coloured) => {
      if (isLast) current.replaceChildren(coloured);
    });
    return () => {
      isLast = false;
    };
  }, [code, language, closed]);
  const label = language === "" ? words.label : language;
  return (
    <figure class="code" dir="ltr">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={code} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: an area that scrolls is reached by the keyboard. */}
      <pre tabIndex={0}>
        <code ref={element} />
      </pre>
    </figure>
  );
}

/** How long the button says that it has copied, in milliseconds. */
const SAID = 2000;

function CopyButton({ text }: { readonly text: string }) {
  const { code: words } = useWording().texts;
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    announce(words.copied);
    setTimeout(() => {
      copied.value = false;
    }, SAID);
  };
  return (
    // A browser that does not allow it leaves the text to be marked by hand.
    <button type="button" class="copy" onClick={() => void copy().catch(() => {})}>
      <Icon of={copied.value ? Check : Copy} />
      <span>{copied.value ? words.copied : words.copy}</span>
    </button>
  );
}
