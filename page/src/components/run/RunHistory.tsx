import { useEffect } from "preact/hooks";
import type { RunRecord } from "../../api/runs";
import { errorText } from "../../i18n/error-text";
import { language, texts } from "../../i18n/texts";
import { loadMoreRuns, loadRuns, moreRuns, openRun, runs, runsError, shownRun } from "../../store/run";
import { StatusIcon } from "../answer/StepList";
import { seconds } from "../answer/UsageLine";

/** The person's own runs of a workflow, newest first. */
export function RunHistory() {
  const { run: words, error } = texts.value;
  useEffect(() => void loadRuns(), []);
  return (
    <section class="run-history" aria-labelledby="run-history">
      <h2 id="run-history">{words.history}</h2>
      {runsError.value !== null && (
        <p class="problem" role="alert">
          {words.historyFailed} {errorText(runsError.value)}{" "}
          <button type="button" onClick={() => void loadRuns()}>
            {error.retry}
          </button>
        </p>
      )}
      {runs.value.length === 0 && runsError.value === null && <p class="aside">{words.noHistory}</p>}
      <ul>
        {runs.value.map((record) => (
          <li key={record.runId}>
            <Entry record={record} />
          </li>
        ))}
      </ul>
      {moreRuns.value && (
        <button type="button" onClick={() => void loadMoreRuns()}>
          {words.more}
        </button>
      )}
    </section>
  );
}

function Entry({ record }: { readonly record: RunRecord }) {
  const date = new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" });
  const isShown = shownRun.value?.state.value.ids.runId === record.runId;
  return (
    <button
      type="button"
      class="run-entry"
      aria-current={isShown ? "true" : undefined}
      onClick={() => void openRun(record.runId)}
    >
      <StatusIcon status={record.status} />
      <span>{date.format(record.createdAt * 1000)}</span>
      {record.elapsed !== null && <small>{seconds(record.elapsed, language.value)}</small>}
    </button>
  );
}
