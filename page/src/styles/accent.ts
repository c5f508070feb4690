// The app's own colour, set through the CSSOM: the policy of the page allows no style in the markup.

import { site } from "../store/app";

/** Sets `--accent` to the app's colour, and `--on-accent` to black or white, whichever can be read on it. */
export function showAccent(): void {
  const colour = rgb(site.value?.chat_color_theme ?? "");
  const style = document.documentElement.style;
  if (colour === null) {
    style.removeProperty("--accent");
    style.removeProperty("--on-accent");
    return;
  }
  style.setProperty("--accent", `rgb(${colour.join(" ")})`);
  // Black and white have the same contrast (WCAG 2.2) to the luminance 0.179.
  style.setProperty("--on-accent", luminance(colour) > 0.179 ? "#000" : "#fff");
}

type Rgb = readonly [number, number, number];

/** Reads `#rgb` or `#rrggbb`, which is what Dify's form gives. */
export function rgb(text: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  const [, red, green, blue] = long ?? short ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  const number = (digits: string) => Number.parseInt(digits.length === 1 ? digits + digits : digits, 16);
  return [number(red), number(green), number(blue)];
}

/** The relative luminance of WCAG 2.2. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
