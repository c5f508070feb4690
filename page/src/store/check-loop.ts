// Has the session checked at the provider's interval, for as long as the page is open.

import { isSessionOver } from "../api/errors";
import { askSession, checkSession, person, sessionOver } from "./session";
import { onNewsOfOtherTabs, tellOtherTabs } from "./tabs";

/** Seconds after which a check that did not get through is tried again. */
const RETRY = 60;

/** Tabs that were opened together should not ask together: each interval is up to a tenth shorter or longer. */
const JITTER = 0.1;

/** Seconds between two checks at least, whatever the gateway says. */
const LEAST = 10;

/** What a person does who uses the page. */
const USES = ["keydown", "pointerdown", "wheel"] as const;

let used = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Starts checking. Intervals are durations that the gateway gives: the browser's clock may be wrong. */
export function startCheckLoop(): void {
  for (const use of USES) {
    addEventListener(
      use,
      () => {
        used = true;
      },
      { capture: true, passive: true },
    );
  }
  onNewsOfOtherTabs((news) => {
    if (news === "signed-out") leaveIfOver().catch(() => {});
    // A sign-in elsewhere matters only to a page whose session has ended.
    else if (sessionOver.value !== null) askAgain().catch(() => {});
  });
  // The browser shows a page again that it had put aside: somebody else may sit there now.
  addEventListener("pageshow", (event) => {
    if (event.persisted) void returnFromCache();
  });
  plan(person.value?.check_in ?? RETRY);
  tellOtherTabs("signed-in");
}

function plan(seconds: number): void {
  clearTimeout(timer);
  const jitter = 1 + JITTER * (2 * Math.random() - 1);
  timer = setTimeout(() => void check(), Math.max(LEAST, seconds) * jitter * 1000);
}

async function check(): Promise<void> {
  const active = used;
  used = false;
  try {
    await checkSession(active);
    plan(person.value?.provider_reachable === false ? RETRY : (person.value?.check_in ?? RETRY));
  } catch (error) {
    used ||= active;
    // After the end of the session there is nothing to check until the person has signed in again.
    if (!isSessionOver(error)) plan(RETRY);
  }
}

async function askAgain(): Promise<void> {
  await askSession();
  if (sessionOver.value === null) plan(person.value?.check_in ?? RETRY);
}

/** Where the person has signed out, the page shows what a signed-out person sees. */
async function leaveIfOver(): Promise<void> {
  await askAgain();
  if (sessionOver.value !== null) location.reload();
}

/** Shows nothing until the gateway has said that it is still the same person. */
async function returnFromCache(): Promise<void> {
  document.documentElement.classList.add("veiled");
  try {
    await leaveIfOver();
    if (sessionOver.value === null) document.documentElement.classList.remove("veiled");
  } catch {
    location.reload();
  }
}
