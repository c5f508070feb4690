// Points in time in the person's language.

import { language } from "./texts";

const DAY = 86_400;

/** A day as people name it: "today", "3 days ago", after a week the date. */
export function dayText(seconds: number, now: number = Date.now() / 1000): string {
  const days = daysBetween(seconds, now);
  if (days >= 0 && days < 7)
    return new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(-days, "day");
  return new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(seconds * 1000);
}

/** Midnights between two points in time, where the person is. */
function daysBetween(earlier: number, later: number): number {
  const midnight = (seconds: number) => new Date(seconds * 1000).setHours(0, 0, 0, 0) / 1000;
  return Math.round((midnight(later) - midnight(earlier)) / DAY);
}
