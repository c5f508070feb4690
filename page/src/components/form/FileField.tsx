import { X } from "lucide";
import { useRef } from "preact/hooks";
import type { Field } from "../../forms/fields";
import type { FileUpload } from "../../forms/uploads";
import { errorText } from "../../i18n/error-text";
import { fileProblemText, sizeText } from "../../i18n/file-text";
import { fill, texts } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { parameters } from "../../store/app";
import type { Attachment, Attachments } from "../../store/attachments";
import { acceptedExtensions, rulesOf } from "../../store/file-rules";

interface Props {
  readonly field: Field;
  readonly upload: FileUpload;
  readonly attachments: Attachments;
  readonly shared: { readonly id: string; readonly "aria-invalid": boolean; readonly "aria-describedby": string };
}

/** Files of the form: chosen, dropped or at an address, uploaded at once. */
export function FileField({ field, upload, attachments, shared }: Props) {
  const rules = rulesOf(upload, parameters.value?.system_parameters ?? null);
  const input = useRef<HTMLInputElement>(null);
  if (rules === null) return null;
  const full = attachments.list.value.length >= rules.count;
  return (
    <div class="file-field">
      {rules.methods.includes("local_file") && (
        <input
          {...shared}
          type="file"
          multiple={field.kind === "files"}
          accept={acceptedExtensions(rules).join(",")}
          disabled={full}
          ref={input}
          onChange={() => {
            attachments.add(input.current?.files ?? [], rules);
            if (input.current) input.current.value = "";
          }}
        />
      )}
      {rules.methods.includes("remote_url") && !full && (
        <AddressField label={field.label} add={(address) => attachments.addAddress(address, rules)} />
      )}
      <ul aria-label={field.label}>
        {attachments.list.value.map((attachment) => (
          <li key={attachment.key}>
            <Entry attachment={attachment} attachments={attachments} />
          </li>
        ))}
      </ul>
      {attachments.problems.value.map((problem) => (
        <p key={JSON.stringify(problem)} class="problem" role="alert">
          {fileProblemText(problem, rules)}
        </p>
      ))}
    </div>
  );
}

function AddressField({ label, add }: { readonly label: string; readonly add: (address: string) => boolean }) {
  const { files: words } = texts.value;
  const input = useRef<HTMLInputElement>(null);
  const take = () => {
    const { current } = input;
    if (current === null || current.value.trim() === "") return;
    if (add(current.value.trim())) current.value = "";
  };
  return (
    <div class="address">
      <input
        type="url"
        placeholder={words.address}
        aria-label={`${label}: ${words.address}`}
        ref={input}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          take();
        }}
      />
      <button type="button" onClick={take}>
        {words.add}
      </button>
    </div>
  );
}

interface EntryProps {
  readonly attachment: Attachment;
  readonly attachments: Attachments;
}

function Entry({ attachment, attachments }: EntryProps) {
  const { files: words, error } = texts.value;
  const state = attachment.state.value;
  return (
    <>
      <span class="name" dir="auto">
        {attachment.name}
      </span>
      {attachment.size !== null && <small>{sizeText(attachment.size)}</small>}
      {state.kind === "uploading" && (
        <progress value={state.share} aria-label={fill(words.progress, { name: attachment.name })} />
      )}
      {state.kind === "failed" && (
        <>
          <span class="problem" role="alert">
            {errorText(state.error)}
          </span>
          <button type="button" onClick={() => attachments.retry(attachment)}>
            {error.retry}
          </button>
        </>
      )}
      <button
        type="button"
        class="plain round"
        aria-label={fill(words.remove, { name: attachment.name })}
        onClick={() => attachments.remove(attachment)}
      >
        <Icon of={X} />
      </button>
    </>
  );
}
