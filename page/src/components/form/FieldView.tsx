import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Field } from "../../forms/fields";
import { characters, type Problem } from "../../forms/values";
import { fill, language, texts } from "../../i18n/texts";
import type { StartForm } from "../../store/start-form";
import { FileField } from "./FileField";

interface Props {
  readonly form: StartForm;
  readonly field: Field;
}

/** A field with its name, and what is wrong with it once the person has left it. */
export function FieldView({ form, field }: Props) {
  const { startForm: words } = texts.value;
  const id = useId();
  const left = useSignal(false);
  const problem = form.problems.value.get(field.variable) ?? null;
  const shown =
    problem !== null && (form.attempts.value > 0 || (left.value && problem.kind !== "required")) ? problem : null;
  const shared = { id, "aria-invalid": shown !== null, "aria-describedby": `${id}-note` };
  return (
    <div
      class={field.kind === "checkbox" ? "form-field tick" : "form-field"}
      onFocusOut={() => {
        left.value = true;
      }}
    >
      <label for={id} dir="auto">
        {field.label}
        {!field.required && field.kind !== "checkbox" && <small> {words.optional}</small>}
      </label>
      <Control form={form} field={field} shared={shared} />
      <p id={`${id}-note`} class={shown === null ? "note" : "note problem"}>
        {shown === null ? <Counter form={form} field={field} /> : problemText(shown)}
      </p>
    </div>
  );
}

interface Shared {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

function Control({ form, field, shared }: Props & { readonly shared: Shared }) {
  const { startForm: words } = texts.value;
  const value = form.values.value[field.variable];
  const attachments = form.attachments.get(field.variable);
  if (attachments !== undefined && field.upload !== null) {
    return <FileField field={field} upload={field.upload} attachments={attachments} shared={shared} />;
  }
  const typed = typeof value === "string" ? value : "";
  const onInput = (event: { readonly currentTarget: { readonly value: string } }) =>
    form.set(field.variable, event.currentTarget.value);
  const text = { ...shared, value: typed, onInput, required: field.required, dir: "auto" } as const;
  switch (field.kind) {
    case "checkbox":
      return (
        <input
          {...shared}
          type="checkbox"
          checked={value === true}
          onChange={(event) => form.set(field.variable, event.currentTarget.checked)}
        />
      );
    case "select":
      return (
        <select {...text}>
          <option value="">{words.choose}</option>
          {field.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case "paragraph":
      return <textarea {...text} rows={4} />;
    case "json":
      return <textarea {...text} rows={4} dir="ltr" class="json" spellcheck={false} />;
    case "number":
      return <input {...text} type="text" inputMode="decimal" />;
    default:
      return <input {...text} type="text" />;
  }
}

/** How much of the room of a text is used, when most of it is. */
function Counter({ form, field }: Props) {
  const value = form.values.value[field.variable];
  if (field.limit === null || typeof value !== "string" || (field.kind !== "text" && field.kind !== "paragraph"))
    return null;
  const count = characters(value);
  if (count < field.limit * 0.8) return null;
  const number = new Intl.NumberFormat(language.value);
  return (
    <>{fill(texts.value.startForm.characters, { count: number.format(count), limit: number.format(field.limit) })}</>
  );
}

function problemText(problem: Problem): string {
  const words = texts.value.startForm;
  return "limit" in problem ? fill(words[problem.kind], { limit: problem.limit }) : words[problem.kind];
}
