import "./RunPage.css";
import { useEffect, useRef } from "preact/hooks";
import type { Inputs } from "../../api/runs";
import { texts } from "../../i18n/texts";
import { mode } from "../../store/app";
import type { Turn } from "../../store/conversation";
import { areRunsListed, runIsOn, shownRun, startRun, stopOnLeave, stopShownRun } from "../../store/run";
import { isPending } from "../../turn/state";
import { ResultActions } from "../AnswerActions";
import { Answer } from "../answer/Answer";
import { StartForm } from "../form/StartForm";
import { Outputs } from "./Outputs";
import { copiedText, outputsOf } from "./output-kinds";
import { RunHistory } from "./RunHistory";

/** A completion or workflow app: what it needs to know, its result, and for a workflow the earlier runs. */
export function RunPage() {
  const { run: words } = texts.value;
  const result = useRef<HTMLElement>(null);
  const turn = shownRun.value;
  useEffect(() => {
    addEventListener("pagehide", stopOnLeave);
    return () => removeEventListener("pagehide", stopOnLeave);
  }, []);
  useEffect(() => {
    // On a small screen the result is below the form.
    if (turn !== null) result.current?.scrollIntoView({ block: "nearest" });
  }, [turn]);
  const start = (inputs: Inputs) => void startRun(inputs);
  return (
    <main class="run-page">
      <section class="run-form">
        <StartForm
          submit={turn === null ? words.run : words.again}
          busy={runIsOn.value}
          onSubmit={start}
          onStop={() => void stopShownRun()}
        />
        {mode.value === "workflow" && areRunsListed.value && <RunHistory />}
      </section>
      <section class="run-result" aria-label={words.result} ref={result}>
        <h2 class="unseen">{words.result}</h2>
        {turn === null ? <p class="quiet">{words.noResult}</p> : <Result key={turn.key} turn={turn} />}
      </section>
    </main>
  );
}

function Result({ turn }: { readonly turn: Turn }) {
  const { run, status } = turn.state.value;
  const outputs = outputsOf(run?.end?.outputs ?? null);
  const isResult = run !== null && run.end !== null && status === "done";
  // What came as text were the same outputs, one after the other.
  return (
    <>
      <Answer turn={turn} onRetry={null} result={isResult ? <Outputs outputs={outputs} /> : null} />
      {!isPending(turn.state.value) && (
        <ResultActions turn={turn} text={isResult ? copiedText(outputs) : turn.answer.value} />
      )}
    </>
  );
}
