import { useRef } from "preact/hooks";
import type { Field } from "../../forms/fields";
import type { FileUpload } from "../../forms/uploads";
import { fileProblemText } from "../../i18n/file-text";
import { texts } from "../../i18n/texts";
import type { Attachments } from "../../store/attachments";
import { acceptedExtensions } from "../../store/file-rules";
import { uploadRules } from "../../store/upload-rules";
import { AddressField } from "../AddressField";
import { AttachmentRows } from "../AttachmentRows";

interface Props {
  readonly field: Field;
  readonly upload: FileUpload;
  readonly attachments: Attachments;
  readonly shared: { readonly id: string; readonly "aria-invalid": boolean; readonly "aria-describedby": string };
}

/** Files of the form: chosen, dropped or at an address, uploaded at once. */
export function FileField({ field, upload, attachments, shared }: Props) {
  const rules = uploadRules(upload);
  const input = useRef<HTMLInputElement>(null);
  if (rules === null) return <p class="note">{texts.value.error.forbidden}</p>;
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
        <AddressField
          label={`${field.label}: ${texts.value.files.address}`}
          add={(address) => attachments.addAddress(address, rules)}
        />
      )}
      <AttachmentRows attachments={attachments} label={field.label} onRemoved={() => input.current?.focus()} />
      {attachments.problems.value.map((problem) => (
        <p key={JSON.stringify(problem)} class="problem" role="alert">
          {fileProblemText(problem, rules)}
        </p>
      ))}
    </div>
  );
}
