import { failureText } from "../../i18n/failure-text";
import { useWording } from "../../i18n/texts";
import type { Failure } from "../../turn/state";
import { Disclosure } from "./Disclosure";

interface Props {
  readonly failure: Failure;
  /** As it was thrown, where the answer could not be asked for or read. */
  readonly error: unknown;
  /** The run may go on at Dify: it is looked for. */
  readonly onReconnect: (() => void) | null;
  /** Asks the same again. */
  readonly onRetry: (() => void) | null;
}

/** What happened to an answer, and what can be done. */
export function FailureNote({ failure, error, onReconnect, onRetry }: Props) {
  const { answer, failure: words, error: errors } = useWording().texts;
  return (
    <div class="failure">
      <p role="alert">
        {answer.failed} {failureText(failure, error)}
      </p>
      {failure.message !== "" && (
        <Disclosure summary={words.details}>
          {() => (
            <p class="foreign" dir="auto">
              {failure.message} <code>{failure.code}</code>
            </p>
          )}
        </Disclosure>
      )}
      <div class="choices">
        {onReconnect !== null && (
          <button type="button" onClick={onReconnect}>
            {words.reconnect}
          </button>
        )}
        {onRetry !== null && (
          <button type="button" onClick={onRetry}>
            {errors.retry}
          </button>
        )}
      </div>
    </div>
  );
}
