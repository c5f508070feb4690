import "./Answer.css";
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { cut } from "../../events/shape";
import { texts, useWording } from "../../i18n/texts";
import { announce } from "../../store/announce";
import type { Turn } from "../../store/conversation";
import { reconnect } from "../../store/forms";
import { isOpen } from "../../store/session";
import { canReconnect, isPending, type TurnState } from "../../turn/state";
import { Annotation } from "./Annotation";
import { AnswerFiles } from "./AnswerFiles";
import { AnswerText } from "./AnswerText";
import { Citations } from "./Citations";
import { FailureNote } from "./FailureNote";
import { HumanFormView } from "./HumanFormView";
import { MarkdownView } from "./MarkdownView";
import { Steps } from "./Steps";
import { Thinking } from "./Thinking";
import { ToolCalls } from "./ToolCalls";
import { UsageLine } from "./UsageLine";

interface Props {
  readonly turn: Turn;
  /** Asks the same again; null where that is not possible. */
  readonly onRetry: (() => void) | null;
  /** Stands instead of the text, once there is a result that says more. */
  readonly result?: ComponentChildren;
}

/** An answer as far as it has come: how it came about, the answer itself, and what belongs to it. */
export function Answer({ turn, onRetry, result }: Props) {
  const { answer } = useWording().texts;
  const state = turn.state.value;
  const element = useRef<HTMLElement>(null);
  useAnnouncement(turn, element);
  return (
    <section class="answer" aria-busy={isPending(state)} ref={element}>
      <h3 class="unseen">{answer.label}</h3>
      {isEmpty(state) && <p class="waiting">{state.status === "away" ? answer.away : answer.waiting}</p>}
      {state.run !== null && <Steps run={state.run} live={isPending(state)} />}
      <ToolCalls thoughts={state.thoughts} />
      {state.reasoning.map((block, index) => (
        <Thinking key={index} finished={block.finished}>
          {() => <MarkdownView text={block.text} aside />}
        </Thinking>
      ))}
      {result ?? <Text turn={turn} />}
      <AnswerFiles files={state.files} />
      {state.forms.map((form, index) => (
        <HumanFormView key={index} turn={turn} form={form} />
      ))}
      <After turn={turn} onRetry={onRetry} />
    </section>
  );
}

/** The text is a component of its own, so that what comes letter by letter draws nothing else. */
function Text({ turn }: { readonly turn: Turn }) {
  const finished = useComputed(() => !isPending(turn.state.value));
  return <AnswerText text={turn.answer.value} finished={finished.value} />;
}

/** What is known when the answer has ended. */
function After({ turn, onRetry }: Props) {
  const { answer } = useWording().texts;
  const state = turn.state.value;
  if (isPending(state)) return null;
  return (
    <>
      {state.status === "stopped" && <p class="aside">{answer.stopped}</p>}
      {state.failure !== null && (
        <FailureNote
          failure={state.failure}
          error={turn.error.value}
          onReconnect={canReconnect(state) && isOpen("get_workflow_events") ? () => void reconnect(turn) : null}
          onRetry={onRetry}
        />
      )}
      {state.annotation !== null && <Annotation annotation={state.annotation} />}
      <Citations citations={state.citations} />
      {state.usage !== null && <UsageLine usage={state.usage} />}
    </>
  );
}

function isEmpty(state: TurnState): boolean {
  return isPending(state) && state.answer === "" && state.reasoning.length === 0 && state.thoughts.length === 0;
}

/** Says an answer once, when the person has seen it come and it has ended. */
function useAnnouncement(turn: Turn, element: { readonly current: HTMLElement | null }): void {
  const running = isPending(turn.state.value);
  const came = useRef(running);
  useEffect(() => {
    if (running) {
      came.current = true;
    } else if (came.current) {
      came.current = false;
      announce(spoken(turn.state.value, element.current));
    }
  }, [running]);
}

/** As much of an answer as is said by itself; the rest is read as one reads a page. */
const SPOKEN = 1000;

function spoken(state: TurnState, element: HTMLElement | null): string {
  const { answer } = texts.value;
  // A failure is an alert, which says itself.
  if (state.status === "failed") return "";
  // Code is not for listening.
  const blocks = element?.querySelectorAll(".prose:not(.of-thought) > :not(.code)") ?? [];
  const text = Array.from(blocks, (each) => each.textContent ?? "").join(" ");
  const start = state.status === "paused" ? answer.paused : state.status === "stopped" ? answer.stopped : answer.ready;
  return cut(`${start} ${text}`.trim(), SPOKEN);
}
