import { texts } from "../i18n/texts";
import { type Theme, theme } from "../store/preferences";

/** Light, dark, or as the device has it. */
export function ThemeChoice() {
  const { menu } = texts.value;
  return (
    <label class="choice">
      <span>{menu.theme}</span>
      <select
        value={theme.value}
        onChange={(event) => {
          theme.value = event.currentTarget.value as Theme;
        }}
      >
        <option value="system">{menu.themeSystem}</option>
        <option value="light">{menu.themeLight}</option>
        <option value="dark">{menu.themeDark}</option>
      </select>
    </label>
  );
}
