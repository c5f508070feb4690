import { LANGUAGES } from "../i18n/languages";
import { texts } from "../i18n/texts";
import { chosenLanguage } from "../store/preferences";

/** The language of the page. */
export function LanguageChoice() {
  const { menu } = texts.value;
  return (
    <label class="choice">
      <span>{menu.language}</span>
      <select
        value={chosenLanguage.value}
        onChange={(event) => {
          chosenLanguage.value = event.currentTarget.value;
        }}
      >
        <option value="">{menu.languageOfBrowser}</option>
        {Object.entries(LANGUAGES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
