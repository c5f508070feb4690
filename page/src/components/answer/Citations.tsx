import { BookOpen } from "lucide";
import type { Citation } from "../../events/types";
import { counted, useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { Disclosure } from "./Disclosure";

interface Props {
  readonly citations: readonly Citation[];
}

/** What the answer is made from. The documents themselves are behind Dify's console, so there is no link to them. */
export function Citations({ citations }: Props) {
  const { language, texts } = useWording();
  if (citations.length === 0) return null;
  return (
    <Disclosure
      kind="citations"
      summary={
        <>
          <Icon of={BookOpen} />
          {counted(texts.sources.count, citations.length, language)}
        </>
      }
    >
      {() => (
        <ol class="sources">
          {citations.map((citation, index) => (
            <li key={index}>
              <Source citation={citation} />
            </li>
          ))}
        </ol>
      )}
    </Disclosure>
  );
}

function Source({ citation }: { readonly citation: Citation }) {
  const { document, dataset, content } = citation;
  return (
    <>
      <strong dir="auto">{document}</strong> {dataset !== null && <small dir="auto">{dataset}</small>}
      {content !== "" && (
        <blockquote class="foreign" dir="auto">
          {content}
        </blockquote>
      )}
    </>
  );
}
