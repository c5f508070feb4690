import "./Attachments.css";
import { FileText, Image, X } from "lucide";
import { errorText } from "../i18n/error-text";
import { sizeText } from "../i18n/file-text";
import { fill, texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import type { Attachment, Attachments } from "../store/attachments";

interface Props {
  readonly attachments: Attachments;
  readonly label: string;
  /** Called when the person has taken one away, whose button is gone with it. */
  readonly onRemoved?: () => void;
}

/** Files on their way to the app: of a message, or of a field of a form. */
export function AttachmentRows({ attachments, label, onRemoved }: Props) {
  if (attachments.list.value.length === 0) return null;
  return (
    <ul class="attachments" aria-label={label}>
      {attachments.list.value.map((each) => (
        <Row
          key={each.key}
          attachment={each}
          retry={() => attachments.retry(each)}
          remove={() => {
            attachments.remove(each);
            onRemoved?.();
          }}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly attachment: Attachment;
  readonly retry: () => void;
  readonly remove: () => void;
}

function Row({ attachment, retry, remove }: RowProps) {
  const { error, files } = texts.value;
  const { name, size, type } = attachment;
  const state = attachment.state.value;
  return (
    <li class={state.kind}>
      <Icon of={type === "image" ? Image : FileText} />
      <span class="name" dir="auto">
        {name}
      </span>
      {size !== null && <small>{sizeText(size)}</small>}
      {state.kind === "uploading" && (
        <progress value={state.share} max={1} aria-label={fill(files.progress, { name })} />
      )}
      {state.kind === "failed" && (
        <>
          <small class="failure" role="alert">
            {errorText(state.error)}
          </small>
          <button type="button" onClick={retry}>
            {error.retry}
          </button>
        </>
      )}
      <button type="button" class="plain round" aria-label={fill(files.remove, { name })} onClick={remove}>
        <Icon of={X} />
      </button>
    </li>
  );
}
