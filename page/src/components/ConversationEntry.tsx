import { type Signal, useSignal } from "@preact/signals";
import { Ellipsis, Link, PenLine, Sparkles, Trash2 } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Conversation } from "../api/conversations";
import { dayText } from "../i18n/dates";
import { errorText } from "../i18n/error-text";
import { fill, texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { announce } from "../store/announce";
import { composer } from "../store/composer";
import { conversationId } from "../store/conversation";
import { nameAutomatically, remove, rename } from "../store/conversations";
import { open } from "../store/history";
import { addressOf } from "../store/place";
import { isOpen } from "../store/session";
import { drawerOpen } from "../store/viewport";
import { ConfirmDialog } from "./ConfirmDialog";

interface Props {
  readonly conversation: Conversation;
  /** The id of the one entry whose actions are shown. */
  readonly expanded: Signal<string | null>;
}

/** A conversation of the list, with what can be done to it. */
export function ConversationEntry({ conversation, expanded }: Props) {
  const toggle = useRef<HTMLButtonElement>(null);
  const doing = useSignal<"nothing" | "renaming" | "deleting">("nothing");
  const failure = useSignal<unknown>(null);
  const { conversations: labels } = texts.value;
  const { id } = conversation;
  const name = conversation.name || labels.untitled;
  const isExpanded = expanded.value === id;
  const isCurrent = conversationId.value === id;

  // As soon as the button is drawn again: later the focus could be taken from what has got it meanwhile.
  const givesFocusBack = useRef(false);
  useLayoutEffect(() => {
    if (givesFocusBack.current) toggle.current?.focus();
    givesFocusBack.current = false;
  });
  const close = () => {
    expanded.value = null;
    doing.value = "nothing";
    givesFocusBack.current = true;
  };
  const attempt = (work: Promise<void>, done: string) => {
    failure.value = null;
    work.then(
      () => announce(done),
      (error: unknown) => {
        failure.value = error;
      },
    );
  };
  return (
    <li class={isCurrent ? "conversation-entry current" : "conversation-entry"}>
      {doing.value === "renaming" ? (
        <RenameForm
          name={conversation.name}
          onDone={(changed) => {
            close();
            if (changed !== null) attempt(rename(id, changed), labels.renamed);
          }}
        />
      ) : (
        <div class="line">
          <a href={addressOf(id)} aria-current={isCurrent ? "page" : undefined} onClick={(event) => select(event, id)}>
            <span dir="auto">{name}</span>
            <time dateTime={new Date(conversation.updated_at * 1000).toISOString()}>
              {dayText(conversation.updated_at)}
            </time>
          </a>
          <button
            type="button"
            ref={toggle}
            class="plain round"
            aria-label={fill(labels.options, { name })}
            aria-expanded={isExpanded}
            onClick={() => {
              expanded.value = isExpanded ? null : id;
            }}
          >
            <Icon of={Ellipsis} />
          </button>
        </div>
      )}
      {isExpanded && doing.value !== "renaming" && (
        // biome-ignore lint/a11y/noStaticElementInteractions: Escape is a second way out; the buttons are the first.
        <div
          class="actions"
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
        >
          {isOpen("post_conversation_name") && (
            <>
              <Action icon={PenLine} label={labels.rename} onClick={() => (doing.value = "renaming")} />
              <Action
                icon={Sparkles}
                label={labels.nameAutomatically}
                onClick={() => {
                  close();
                  attempt(nameAutomatically(id), labels.renamed);
                }}
              />
            </>
          )}
          <Action
            icon={Link}
            label={labels.copyLink}
            onClick={() => {
              close();
              attempt(navigator.clipboard.writeText(addressOf(id)), labels.linkCopied);
            }}
          />
          {isOpen("delete_conversation") && (
            <Action icon={Trash2} label={labels.delete} onClick={() => (doing.value = "deleting")} />
          )}
        </div>
      )}
      {failure.value !== null && (
        <p class="failure" role="alert">
          {errorText(failure.value)}
        </p>
      )}
      {doing.value === "deleting" && (
        <ConfirmDialog
          title={labels.deleteTitle}
          text={fill(labels.deleteText, { name })}
          action={labels.delete}
          onAnswer={(yes) => {
            close();
            if (yes) attempt(removeAndLeave(id), labels.deleted);
          }}
        />
      )}
    </li>
  );
}

interface ActionProps {
  readonly icon: Parameters<typeof Icon>[0]["of"];
  readonly label: string;
  readonly onClick: () => void;
}

function Action({ icon, label, onClick }: ActionProps) {
  return (
    <button type="button" class="plain row" onClick={onClick}>
      <Icon of={icon} />
      {label}
    </button>
  );
}

/** A name to edit; Enter saves, Escape leaves it as it was. */
function RenameForm({ name, onDone }: { readonly name: string; readonly onDone: (name: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.select(), []);
  const { conversations: labels } = texts.value;
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        const changed = input.current?.value.trim() ?? "";
        onDone(changed === "" || changed === name ? null : changed);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        // Only the form is closed, not the drawer around it.
        event.preventDefault();
        event.stopPropagation();
        onDone(null);
      }}
    >
      <input ref={input} aria-label={labels.name} defaultValue={name} maxLength={NAME_LENGTH} dir="auto" />
      <div>
        <button type="submit" class="primary">
          {labels.save}
        </button>
        <button type="button" onClick={() => onDone(null)}>
          {labels.cancel}
        </button>
      </div>
    </form>
  );
}

/** Dify keeps names in a column of 255 characters. */
const NAME_LENGTH = 255;

/** A plain click opens the conversation in the page; with a key held down the browser does what it does with links. */
function select(event: MouseEvent, id: string): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  drawerOpen.value = false;
  open(id);
}

async function removeAndLeave(id: string): Promise<void> {
  await remove(id);
  if (conversationId.value === id) open(null, "replace");
  // What had the focus is gone.
  composer.focus();
}
