import "./Steps.css";
import { counted, fill, useWording } from "../../i18n/texts";
import { site } from "../../store/app";
import type { Run } from "../../turn/state";
import { stepTree } from "../../turn/steps";
import { Disclosure } from "./Disclosure";
import { StatusIcon, StepList } from "./StepList";
import { seconds } from "./UsageLine";

interface Props {
  readonly run: Run;
  /** Its events come. Where they have ended without its end, nobody here knows how it goes on. */
  readonly live: boolean;
}

/** What a run goes through, while it does: one line that tells where it is, and behind it every step. */
export function Steps({ run, live }: Props) {
  const { language, texts } = useWording();
  // The app's publisher decides whether people see how it works.
  if (site.value?.show_workflow_steps === false || run.steps.length === 0) return null;
  return (
    <Disclosure kind="run-steps" summary={<Progress run={run} live={live} />}>
      {() => (
        <>
          <StepList steps={stepTree(run.steps)} />
          {run.omitted > 0 && <small>{counted(texts.steps.omitted, run.omitted, language)}</small>}
        </>
      )}
    </Disclosure>
  );
}

function Progress({ run, live }: Props) {
  const {
    language,
    texts: { steps },
  } = useWording();
  const current = run.steps.findLast((step) => step.status === "running" && !step.isContainer);
  const around = run.steps.findLast((step) => step.status === "running" && step.isContainer);
  const elapsed = run.end?.elapsed ?? null;
  const status = { "partial-succeeded": "succeeded", running: live ? "running" : "stopped" }[run.status] ?? run.status;
  return (
    <>
      <StatusIcon status={status} />
      {status === "running" && current !== undefined ? (
        <span class="working" dir="auto">
          {current.title}
        </span>
      ) : (
        <span>{counted(steps.count, run.steps.length + run.omitted, language)}</span>
      )}
      {status === "running" && around?.currentRound != null && (
        <small>
          {around.length === null
            ? fill(steps.round, { number: around.currentRound + 1 })
            : fill(steps.roundOf, { number: around.currentRound + 1, count: around.length })}
        </small>
      )}
      {elapsed !== null && <small>{seconds(elapsed, language)}</small>}
    </>
  );
}
