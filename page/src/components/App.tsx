import { texts } from "../i18n/texts";
import { phase } from "../store/session";
import { Composer } from "./Composer";
import { Conversation } from "./Conversation";
import { Header } from "./Header";
import { NoToken } from "./NoToken";
import { SessionBar } from "./SessionBar";
import { SignedOut } from "./SignedOut";
import { Unreachable } from "./Unreachable";

/** The whole page: what it shows depends on who is signed in. */
export function App() {
  switch (phase.value) {
    case "starting":
      return (
        <p class="starting" role="status">
          {texts.value.session.starting}
        </p>
      );
    case "signed-out":
      return <SignedOut />;
    case "no-token":
      return <NoToken />;
    case "unreachable":
      return <Unreachable />;
    case "signed-in":
      return (
        <div class="frame">
          <Header />
          <SessionBar />
          <main class="conversation-area">
            <Conversation />
            <Composer />
          </main>
        </div>
      );
  }
}
