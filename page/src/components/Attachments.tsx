import type { Signal } from "@preact/signals";
import { Link, Paperclip } from "lucide";
import { useRef } from "preact/hooks";
import { fileProblemText, fileRulesText } from "../i18n/file-text";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { composer, composerRules } from "../store/composer";
import { acceptedExtensions, type FileRules } from "../store/file-rules";
import { AddressField } from "./AddressField";
import { AttachmentRows } from "./AttachmentRows";

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

/** The field for an address, once the person has asked for it. */
export function AddressForm({ rules, open }: { readonly rules: FileRules; readonly open: Signal<boolean> }) {
  const close = () => {
    open.value = false;
    composer.focus();
  };
  const add = (address: string) => {
    const taken = composer.attachments.addAddress(address, rules);
    if (taken) close();
    return taken;
  };
  return <AddressField label={texts.value.files.address} add={add} close={close} />;
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
      <AttachmentRows attachments={attachments} label={files.label} onRemoved={() => composer.focus()} />
    </>
  );
}
