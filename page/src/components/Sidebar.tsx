import "./Sidebar.css";
import { PanelLeftClose, X } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { isListed } from "../store/conversations";
import { sidebar } from "../store/preferences";
import { drawerOpen, isWide } from "../store/viewport";
import { ConversationList } from "./ConversationList";

/** The conversations: beside the conversation where there is room, else in a drawer over it. */
export function Sidebar() {
  if (!isListed.value) return null;
  if (!isWide.value) return <Drawer />;
  return sidebar.value === "shown" ? <SidePanel /> : null;
}

function SidePanel() {
  const { conversations } = texts.value;
  return (
    <nav class="sidebar" aria-label={conversations.label}>
      <div class="head">
        <h2>{conversations.label}</h2>
        <button
          type="button"
          class="plain round"
          aria-label={conversations.hide}
          title={conversations.hide}
          onClick={() => {
            sidebar.value = "hidden";
            // The button that brings it back is the one in the header.
            requestAnimationFrame(() => document.getElementById("show-conversations")?.focus());
          }}
        >
          <Icon of={PanelLeftClose} />
        </button>
      </div>
      <ConversationList />
    </nav>
  );
}

/** A modal dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back. */
function Drawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = drawerOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const { conversations } = texts.value;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog on Escape; the click is for the backdrop.
    <dialog
      ref={dialog}
      class="sidebar drawer"
      aria-label={conversations.label}
      onClose={() => {
        drawerOpen.value = false;
      }}
      onClick={(event) => {
        // A click on the backdrop has the dialog itself as its target.
        if (event.target === dialog.current) drawerOpen.value = false;
      }}
    >
      {open && (
        <div class="sheet">
          <div class="head">
            <h2>{conversations.label}</h2>
            <button
              type="button"
              class="plain round"
              aria-label={conversations.close}
              onClick={() => {
                drawerOpen.value = false;
              }}
            >
              <Icon of={X} />
            </button>
          </div>
          <ConversationList />
        </div>
      )}
    </dialog>
  );
}
