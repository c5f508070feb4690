import { suggestions } from "../store/suggestions";
import { Questions } from "./Questions";

/** What the app suggests to ask after the last answer. */
export function NextQuestions() {
  return <Questions questions={suggestions.value} />;
}
