import { CircleCheck, CircleDashed, CirclePause, CircleSlash, CircleX } from "lucide";
import type { FunctionComponent } from "preact";
import { counted, fill, useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import type { Step } from "../../turn/state";
import { type LogNode, logTree, type StepNode } from "../../turn/steps";
import { Data } from "./Data";
import { Disclosure } from "./Disclosure";
import { seconds } from "./UsageLine";

const ICONS = {
  succeeded: CircleCheck,
  success: CircleCheck,
  failed: CircleX,
  error: CircleX,
  exception: CircleX,
  paused: CirclePause,
  stopped: CircleSlash,
} as const;

interface Props {
  readonly steps: readonly StepNode[];
}

/** Steps in the order in which they began, each with what went through it. */
export function StepList({ steps }: Props) {
  return (
    <ol class="steps">
      {steps.map((node) => (
        <li key={node.step.id}>
          <StepEntry node={node} />
        </li>
      ))}
    </ol>
  );
}

function StepEntry({ node }: { readonly node: StepNode }) {
  const { step } = node;
  const {
    language,
    texts: { steps },
  } = useWording();
  return (
    <Disclosure
      kind="step"
      summary={
        <>
          <StatusIcon status={step.status} />
          <span dir="auto">{step.title}</span>
          {step.retries.length > 0 && <small>{counted(steps.retried, step.retries.length, language)}</small>}
          {step.elapsed !== null && step.status !== "running" && <small>{seconds(step.elapsed, language)}</small>}
        </>
      }
    >
      {() => <StepInside node={node} />}
    </Disclosure>
  );
}

/** The sign of a state, with its name for who cannot see it. */
export function StatusIcon({ status }: { readonly status: string }) {
  const { steps } = useWording().texts;
  const icon = Object.hasOwn(ICONS, status) ? ICONS[status as keyof typeof ICONS] : CircleDashed;
  const names: Readonly<Record<string, string>> = steps.status;
  const known = { success: "succeeded", error: "failed", exception: "failed", start: "running" }[status] ?? status;
  return (
    <span class={`status ${known}`} role="img" aria-label={names[known] ?? steps.status.running}>
      <Icon of={icon} />
    </span>
  );
}

const StepInside: FunctionComponent<{ readonly node: StepNode }> = ({ node: { step, rounds } }) => {
  const { steps } = useWording().texts;
  return (
    <>
      {step.error !== null && (
        <p class="problem foreign" dir="auto">
          {step.error}
        </p>
      )}
      <Retries step={step} />
      <Data label={steps.input} value={step.inputs} />
      <Data label={steps.output} value={step.outputs} />
      {step.logs.length > 0 && <LogList logs={logTree(step.logs)} />}
      {rounds.map((round) => (
        <section key={round.index} aria-label={fill(steps.round, { number: round.index + 1 })}>
          <small>{fill(steps.round, { number: round.index + 1 })}</small>
          <StepList steps={round.steps} />
        </section>
      ))}
    </>
  );
};

function Retries({ step }: { readonly step: Step }) {
  const said = step.retries.filter((retry) => retry.error !== null);
  if (said.length === 0) return null;
  return (
    <ul class="retries">
      {said.map((retry) => (
        <li key={retry.attempt} class="foreign" dir="auto">
          {retry.error}
        </li>
      ))}
    </ul>
  );
}

/** What an agent node writes while it works. */
function LogList({ logs }: { readonly logs: readonly LogNode[] }) {
  const { steps } = useWording().texts;
  return (
    <ol class="steps">
      {logs.map(({ log, children }) => (
        <li key={log.id}>
          <Disclosure
            kind="step"
            summary={
              <>
                <StatusIcon status={log.status} />
                <span dir="auto">{log.label}</span>
              </>
            }
          >
            {() => (
              <>
                {log.error !== null && (
                  <p class="problem foreign" dir="auto">
                    {log.error}
                  </p>
                )}
                <Data label={steps.data} value={log.data} />
                {children.length > 0 && <LogList logs={children} />}
              </>
            )}
          </Disclosure>
        </li>
      ))}
    </ol>
  );
}
