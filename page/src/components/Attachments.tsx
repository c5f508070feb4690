import "./Attachments.css";
import { type Signal, useSignal } from "@preact/signals";
import { FileText, Image, Link, Paperclip, X } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { errorText } from "../i18n/error-text";
import { fileProblemText, fileRulesText, sizeText } from "../i18n/file-text";
import { fill, texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import type { Attachment } from "../store/attachments";
import { composer, composerRules } from "../store/composer";
import { acceptedExtensions, type FileRules } from "../store/file-rules";

interface ChooseProps {
  readonly rules: FileRules;
  /** Whether the field for an address is shown. */
  readonly asksAddress: Signal<boolean>;
}

/** The ways to files that the app allows: from the device, and at an address. */
export function ChooseFiles({ rules, asksAddress }: ChooseProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const { files } = texts.value;
  const full = composer.attachments.list.value.length >= rules.count;
  return (
    <>
      {rules.methods.includes("local_file") && (
        <>
          <input
            ref={chooser}
            type="file"
            hidden
            multiple={rules.count > 1}
            accept={acceptedExtensions(rules).join(",")}
            onChange={(event) => {
              composer.attachments.add(event.currentTarget.files ?? [], rules);
              // The same file can be chosen again.
              event.currentTarget.value = "";
              composer.focus();
            }}
          />
          <button
            type="button"
            class="plain round"
            aria-label={`${files.attach}. ${fileRulesText(rules)}`}
            title={`${files.attach}. ${fileRulesText(rules)}`}
            disabled={full}
            onClick={() => chooser.current?.click()}
          >
            <Icon of={Paperclip} />
          </button>
        </>
      )}
      {rules.methods.includes("remote_url") && (
        <button
          type="button"
          class="plain round"
          aria-label={files.attachAddress}
          title={files.attachAddress}
          aria-expanded={asksAddress.value}
          disabled={full}
          onClick={() => {
            asksAddress.value = !asksAddress.value;
          }}
        >
          <Icon of={Link} />
        </button>
      )}
    </>
  );
}

/** An address of a file. It is inside the composer's form, so it is not a form itself. */
export function AddressForm({ rules, open }: { readonly rules: FileRules; readonly open: Signal<boolean> }) {
  const input = useRef<HTMLInputElement>(null);
  const address = useSignal("");
  useLayoutEffect(() => input.current?.focus(), []);
  const { files } = texts.value;
  const close = () => {
    open.value = false;
    composer.focus();
  };
  const take = () => {
    if (composer.attachments.addAddress(address.value.trim(), rules)) close();
  };
  return (
    <div class="address">
      <input
        ref={input}
        type="url"
        aria-label={files.address}
        placeholder={files.address}
        value={address.value}
        onInput={(event) => {
          address.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          take();
        }}
      />
      <button type="button" disabled={address.value.trim() === ""} onClick={take}>
        {files.add}
      </button>
    </div>
  );
}

/** What goes with the message, and what is wrong with it. */
export function AttachmentList() {
  const { attachments } = composer;
  const { files } = texts.value;
  const rules = composerRules.value;
  return (
    <>
      {attachments.problems.value.length > 0 && rules !== null && (
        <div class="file-problems" role="alert">
          {attachments.problems.value.map((problem) => (
            <p key={JSON.stringify(problem)}>{fileProblemText(problem, rules)}</p>
          ))}
        </div>
      )}
      {attachments.list.value.length > 0 && (
        <ul class="attachments" aria-label={files.label}>
          {attachments.list.value.map((each) => (
            <AttachmentEntry key={each.key} attachment={each} />
          ))}
        </ul>
      )}
    </>
  );
}

function AttachmentEntry({ attachment }: { readonly attachment: Attachment }) {
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
          <button type="button" onClick={() => composer.attachments.retry(attachment)}>
            {error.retry}
          </button>
        </>
      )}
      <button
        type="button"
        class="plain round"
        aria-label={fill(files.remove, { name })}
        onClick={() => {
          composer.attachments.remove(attachment);
          composer.focus();
        }}
      >
        <Icon of={X} />
      </button>
    </li>
  );
}
