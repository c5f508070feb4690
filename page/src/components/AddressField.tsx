import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";

interface Props {
  readonly label: string;
  /** Takes the address of a file; whether it keeps the rules. */
  readonly add: (address: string) => boolean;
  /** Given where the person has asked for the field: it takes the focus, and goes away on Escape. */
  readonly close?: () => void;
}

/** An address of a file. It is inside of a form, so it is not a form itself. */
export function AddressField({ label, add, close }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const address = useSignal("");
  useLayoutEffect(() => {
    if (close !== undefined) input.current?.focus();
  }, []);
  const { files } = texts.value;
  const take = () => {
    const taken = address.value.trim();
    if (taken !== "" && add(taken)) address.value = "";
  };
  return (
    <div class="address">
      <input
        ref={input}
        type="url"
        aria-label={label}
        placeholder={files.address}
        value={address.value}
        onInput={(event) => {
          address.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") close?.();
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
