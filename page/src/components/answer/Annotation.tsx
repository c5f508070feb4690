import { UserPen } from "lucide";
import type { AnnotationReply } from "../../events/types";
import { fill, useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";

/** Says that a person has written the answer. */
export function Annotation({ annotation }: { readonly annotation: AnnotationReply }) {
  const { annotation: words } = useWording().texts;
  return (
    <p class="aside">
      <Icon of={UserPen} />
      <span dir="auto">
        {annotation.author === null ? words.anonymous : fill(words.by, { author: annotation.author })}
      </span>
    </p>
  );
}
