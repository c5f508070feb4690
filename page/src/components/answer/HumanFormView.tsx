import "./HumanFormView.css";
import { useSignal } from "@preact/signals";
import { Check } from "lucide";
import { useEffect, useId, useRef } from "preact/hooks";
import type { FormAction, FormInput } from "../../events/types";
import { errorText } from "../../i18n/error-text";
import { fill, useWording, type Wording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import type { Turn } from "../../store/conversation";
import { type FormTexts, rememberForm, textsOfForm } from "../../store/form-texts";
import { answerForm, formState, reconnect } from "../../store/forms";
import { isOpen } from "../../store/session";
import type { HumanForm } from "../../turn/state";
import { formParts } from "./form-parts";
import { MarkdownView } from "./MarkdownView";

interface Props {
  readonly turn: Turn;
  readonly form: HumanForm;
}

/** A form that the run waits for, or what was answered to it. */
export function HumanFormView({ turn, form }: Props) {
  const { humanForm: words } = useWording().texts;
  switch (form.state) {
    case "answered":
      return <Answered form={form} />;
    case "expired":
      return <p class="human-form over">{words.expired}</p>;
    case "open":
      // Without a token it is answered elsewhere, such as in an e-mail.
      return form.token === null ? (
        <p class="human-form over">{fill(words.elsewhere, { title: form.nodeTitle })}</p>
      ) : (
        <OpenForm key={form.token} turn={turn} form={form} token={form.token} />
      );
  }
}

function Answered({ form: { answer } }: { readonly form: HumanForm }) {
  return (
    <section class="human-form over" dir="auto">
      <MarkdownView text={answer?.content ?? ""} />
      {answer?.actionTitle && (
        <p class="aside">
          <Icon of={Check} />
          {answer.actionTitle}
        </p>
      )}
    </section>
  );
}

type Problem = { readonly error: unknown } | "answered" | "expired" | null;

function OpenForm({ turn, form, token }: Props & { readonly token: string }) {
  const {
    language,
    texts: { error, humanForm: words },
  } = useWording();
  const values = useSignal<FormTexts>({ ...initialValues(form.inputs), ...textsOfForm(token) });
  const sending = useSignal(false);
  const problem = useSignal<Problem>(null);
  const element = useRef<HTMLFormElement>(null);
  // Somebody else may have answered it, or the time be over, since the page heard of it.
  useCheck(form.expiresAt, async () => {
    const state = await formState(token);
    if (state === "open" || sending.value) return;
    problem.value = state;
    void reconnect(turn, token);
  });

  const submit = async (action: FormAction) => {
    if (sending.value || element.current?.reportValidity() === false) return;
    sending.value = true;
    problem.value = null;
    try {
      const submission = await answerForm(turn, token, values.value, action.id);
      rememberForm(token, null);
      if (submission !== "taken") problem.value = submission;
    } catch (error) {
      sending.value = false;
      problem.value = { error };
    }
  };

  if (problem.value === "answered" || problem.value === "expired") {
    return (
      <p class="human-form over" role="status">
        {words[problem.value]}
      </p>
    );
  }
  const isClosed = !isOpen("post_human_input_form");
  const unanswerable = form.inputs.some((input) => input.type.startsWith("file"));
  return (
    <form class="human-form" aria-label={form.nodeTitle} ref={element} onSubmit={(event) => event.preventDefault()}>
      <FormContent
        form={form}
        values={values.value}
        onChange={(name, value) => {
          values.value = { ...values.value, [name]: value };
          rememberForm(token, values.value);
        }}
      />
      {isClosed && <p class="notice">{error.forbidden}</p>}
      {unanswerable && <p class="notice">{words.filesElsewhere}</p>}
      {problem.value !== null && (
        <p class="problem" role="alert">
          {errorText(problem.value.error)}
        </p>
      )}
      <div class="choices">
        {form.actions.map((action) => (
          <button
            key={action.id}
            type="button"
            class={action.style === "primary" ? "primary" : undefined}
            disabled={sending.value || unanswerable || isClosed}
            onClick={() => void submit(action)}
          >
            {action.title}
          </button>
        ))}
      </div>
      {form.expiresAt !== null && <small>{fill(words.until, { time: dateText(form.expiresAt, language) })}</small>}
    </form>
  );
}

interface ContentProps {
  readonly form: HumanForm;
  readonly values: Readonly<Record<string, string>>;
  readonly onChange: (name: string, value: string) => void;
}

/** The words of the form, with its fields where they say; fields that they leave out come last. */
function FormContent({ form, values, onChange }: ContentProps) {
  return (
    <>
      {formParts(form.content, form.inputs).map((part, index) =>
        typeof part === "string" ? (
          <MarkdownView key={index} text={part} />
        ) : (
          <Field key={part.name} input={part} value={values[part.name] ?? ""} onChange={onChange} />
        ),
      )}
    </>
  );
}

interface FieldProps {
  readonly input: FormInput;
  readonly value: string;
  readonly onChange: (name: string, value: string) => void;
}

function Field({ input, value, onChange }: FieldProps) {
  const id = useId();
  const change = (event: { readonly currentTarget: { readonly value: string } }) =>
    onChange(input.name, event.currentTarget.value);
  const shared = { id, value, onInput: change, dir: "auto" } as const;
  if (input.type.startsWith("file")) return null;
  return (
    <p class="form-field">
      <label for={id} dir="auto">
        {input.name}
      </label>
      {input.type === "select" ? (
        <select {...shared} required>
          {value === "" && <option value="" />}
          {input.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : input.type === "paragraph" ? (
        <textarea {...shared} rows={3} />
      ) : (
        <input {...shared} type="text" />
      )}
    </p>
  );
}

function initialValues(inputs: readonly FormInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    inputs.filter((input) => !input.type.startsWith("file")).map((input) => [input.name, input.initial]),
  );
}

/** The longest that a browser's timer can wait, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** Runs `check` at once, and again when the time should be over. Dify's clock decides, not the browser's. */
function useCheck(expiresAt: number | null, check: () => Promise<void>): void {
  useEffect(() => {
    void check();
    if (expiresAt === null) return;
    const wait = expiresAt * 1000 - Date.now();
    // A form that waits for weeks outlives the page.
    if (wait <= 0 || wait > LONGEST_WAIT) return;
    const timer = setTimeout(check, wait);
    return () => clearTimeout(timer);
  }, [expiresAt]);
}

function dateText(seconds: number, language: Wording["language"]): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}
