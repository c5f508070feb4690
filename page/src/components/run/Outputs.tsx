import { texts } from "../../i18n/texts";
import { AnswerFiles } from "../answer/AnswerFiles";
import { Data } from "../answer/Data";
import { MarkdownView } from "../answer/MarkdownView";
import type { Output } from "./output-kinds";

/** What a run has given: one text as a text, more as a list of names and values. */
export function Outputs({ outputs }: { readonly outputs: readonly Output[] }) {
  const [first] = outputs;
  if (first === undefined) return <p class="aside">{texts.value.run.noOutputs}</p>;
  if (outputs.length === 1) return <Value output={first} />;
  return (
    <dl class="outputs">
      {outputs.map((output) => (
        <div key={output.name}>
          <dt dir="auto">{output.name}</dt>
          <dd>
            <Value output={output} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ output }: { readonly output: Output }) {
  switch (output.kind) {
    case "text":
      return <MarkdownView text={output.text} />;
    case "data":
      return <Data label="" value={output.value} />;
    case "files":
      return <AnswerFiles files={output.files} />;
  }
}
