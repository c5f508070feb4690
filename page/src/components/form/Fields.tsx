import "./Fields.css";
import { useEffect, useRef } from "preact/hooks";
import type { StartForm } from "../../store/start-form";
import { FieldView } from "./FieldView";

/** The fields of the start form. What is missing gets the focus when somebody wants to send it. */
export function Fields({ form }: { readonly form: StartForm }) {
  const element = useRef<HTMLDivElement>(null);
  const attempts = form.attempts.value;
  useEffect(() => {
    if (attempts > 0) element.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [attempts]);
  return (
    <div class="start-fields" ref={element}>
      {form.fields.map((field) => (
        <FieldView key={field.variable} form={form} field={field} />
      ))}
    </div>
  );
}
