import { texts } from "../i18n/texts";
import { isAppAsked, mode } from "../store/app";
import { isListed } from "../store/conversations";
import { sidebar } from "../store/preferences";
import { phase } from "../store/session";
import { isWide } from "../store/viewport";
import { Announcer } from "./Announcer";
import { Composer } from "./Composer";
import { Conversation } from "./Conversation";
import { DropTarget, dropping } from "./DropTarget";
import { Guard } from "./Guard";
import { Header } from "./Header";
import { NoToken } from "./NoToken";
import { Notices } from "./Notices";
import { RunPage } from "./run/RunPage";
import { SessionBar } from "./SessionBar";
import { Sidebar } from "./Sidebar";
import { SignedOut } from "./SignedOut";
import { Unreachable } from "./Unreachable";

/** The whole page. */
export function App() {
  return (
    <Guard>
      <Phase />
    </Guard>
  );
}

/** What is shown depends on who is signed in. */
function Phase() {
  switch (phase.value) {
    case "starting":
      return <Starting />;
    case "signed-out":
      return <SignedOut />;
    case "no-token":
      return <NoToken />;
    case "unreachable":
      return <Unreachable />;
    case "signed-in":
      return isAppAsked.value ? <Frame /> : <Starting />;
  }
}

function Starting() {
  return (
    <p class="starting" role="status">
      {texts.value.session.starting}
    </p>
  );
}

/** The page of a person who is signed in. */
function Frame() {
  return (
    <div class={isListed.value && isWide.value && sidebar.value === "shown" ? "frame with-sidebar" : "frame"}>
      <Sidebar />
      <Header />
      <div class="bars">
        <SessionBar />
        <Notices />
      </div>
      {mode.value === "completion" || mode.value === "workflow" ? (
        <RunPage />
      ) : (
        <main class="conversation-area" {...dropping}>
          <Conversation />
          <Composer />
          <DropTarget />
        </main>
      )}
      <Announcer />
    </div>
  );
}
