import { parameters } from "../store/app";

/** What the app says before anybody has asked. */
export function Opening() {
  const statement = parameters.value?.opening_statement;
  return statement ? <p class="opening">{statement}</p> : null;
}
