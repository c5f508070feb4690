import "./Header.css";
import { PanelLeft, SquarePen } from "lucide";
import { texts } from "../i18n/texts";
import { Icon } from "../icons/Icon";
import { isChat, title } from "../store/app";
import { beginConversation } from "../store/composer";
import { isListed } from "../store/conversations";
import { sidebar } from "../store/preferences";
import { drawerOpen, isWide } from "../store/viewport";
import { AccountMenu, SignedInAs } from "./AccountMenu";
import { AppIcon } from "./AppIcon";

/** The app on one side, the person on the other. */
export function Header() {
  const { conversations } = texts.value;
  const hidden = !isListed.value || !isWide.value || sidebar.value === "hidden";
  return (
    <header class="header">
      {isListed.value && hidden && (
        <button
          type="button"
          id="show-conversations"
          class="plain round"
          aria-label={conversations.show}
          title={conversations.show}
          aria-haspopup={isWide.value ? undefined : "dialog"}
          onClick={() => {
            if (isWide.value) sidebar.value = "shown";
            else drawerOpen.value = true;
          }}
        >
          <Icon of={PanelLeft} />
        </button>
      )}
      <AppIcon />
      <div class="titles">
        <h1 dir="auto">{title.value}</h1>
        <SignedInAs />
      </div>
      {isChat.value && hidden && (
        <button
          type="button"
          class="plain round"
          aria-label={conversations.new}
          title={conversations.new}
          onClick={beginConversation}
        >
          <Icon of={SquarePen} />
        </button>
      )}
      <AccountMenu />
    </header>
  );
}
