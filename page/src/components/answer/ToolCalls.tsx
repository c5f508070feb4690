import { Wrench } from "lucide";
import { useEffect } from "preact/hooks";
import { asName, asObject } from "../../events/shape";
import type { Thought } from "../../events/types";
import { useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { mayLoadImage } from "../../store/images";
import { loadToolIcons, toolIcons } from "../../store/tool-icons";
import { Data } from "./Data";
import { Disclosure } from "./Disclosure";

/** What an agent did before it answered: the tools that it called, in order. Thoughts alone are the answer's own text. */
export function ToolCalls({ thoughts }: { readonly thoughts: readonly Thought[] }) {
  const { texts } = useWording();
  const calls = thoughts.filter((thought) => thought.tools.length > 0);
  useEffect(() => {
    if (calls.length > 0) loadToolIcons();
  }, [calls.length > 0]);
  if (calls.length === 0) return null;
  return (
    <ol class="steps" aria-label={texts.tools.label}>
      {calls.map((call) => (
        <li key={call.id}>
          <ToolCall call={call} />
        </li>
      ))}
    </ol>
  );
}

function ToolCall({ call }: { readonly call: Thought }) {
  const {
    language,
    texts: { tools },
  } = useWording();
  return (
    <Disclosure
      kind="step"
      summary={
        <>
          <ToolSign name={call.tools[0] ?? ""} />
          <span class={call.observation === "" ? "working" : undefined} dir="auto">
            {call.tools.map((tool) => toolName(call, tool, language)).join(", ")}
          </span>
        </>
      }
    >
      {() => (
        <>
          {call.thought !== "" && (
            <p class="foreign" dir="auto">
              {call.thought}
            </p>
          )}
          <Data label={tools.input} value={call.toolInput} />
          <Data label={tools.output} value={call.observation} />
        </>
      )}
    </Disclosure>
  );
}

function ToolSign({ name }: { readonly name: string }) {
  const icon = toolIcons.value.get(name);
  if (icon !== undefined && "emoji" in icon) {
    return (
      <span class="tool-sign" aria-hidden="true">
        {icon.emoji}
      </span>
    );
  }
  if (icon !== undefined && mayLoadImage(icon.url)) {
    return <img class="tool-sign" src={icon.url} alt="" referrerpolicy="no-referrer" />;
  }
  return <Icon of={Wrench} />;
}

/** The name that the tool's maker gave it in the language of the page, or else in English. Dify's tags: `zh_Hans`. */
export function toolName(call: Thought, tool: string, tag: string): string {
  const labels = asObject(call.toolLabels[tool]);
  const wanted = { en: "en_US", ja: "ja_JP", "pt-BR": "pt_BR", "zh-Hans": "zh_Hans" }[tag] ?? "en_US";
  return asName(labels?.[wanted]) ?? asName(labels?.["en_US"]) ?? tool;
}
