// Starts the page.

import "./styles/page.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./components/App";
import { ignoreStrayFiles } from "./components/DropTarget";
import { loadTexts } from "./i18n/texts";
import { isChat, loadApp, mode, title } from "./store/app";
import { startCheckLoop } from "./store/check-loop";
import { stopOnLeave } from "./store/conversation";
import { loadMore } from "./store/conversations";
import { restoreDraft } from "./store/draft";
import { openFromAddress } from "./store/history";
import { keepFormOfConversation } from "./store/message-inputs";
import { chosenLanguage, theme } from "./store/preferences";
import { reopenRun } from "./store/run";
import { openSession, person, phase } from "./store/session";
import { showAccent } from "./styles/accent";

async function start(root: HTMLElement): Promise<void> {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  effect(() => {
    document.title = title.value;
  });
  effect(showAccent);
  await loadTexts();
  chosenLanguage.subscribe(() => void loadTexts());
  // The gateway has written it for a browser that does not come this far.
  document.querySelector(".hindrance")?.remove();
  render(<App />, root);
  ignoreStrayFiles();

  await openSession();
  restoreDraft(person.value?.user ?? null);
  if (phase.value !== "signed-in") return;
  startCheckLoop();
  keepFormOfConversation();
  whenKnown(begin);
  await loadApp();
}

/** What kind of app it is may be known only after another try. */
function whenKnown(then: () => void): void {
  const dispose = mode.subscribe((kind) => {
    if (kind === null) return;
    // The first call is made before there is a `dispose`.
    queueMicrotask(() => dispose());
    then();
  });
}

function begin(): void {
  if (!isChat.value) return void reopenRun();
  openFromAddress();
  stopOnLeave();
  void loadMore();
}

const root = document.getElementById("app");
if (root) void start(root);
