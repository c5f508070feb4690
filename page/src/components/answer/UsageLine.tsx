import type { Usage } from "../../events/types";
import { counted, useWording } from "../../i18n/texts";

/** What the answer has cost, where the app tells it. */
export function UsageLine({ usage }: { readonly usage: Usage }) {
  const { language, texts } = useWording();
  const parts = usageParts(usage, language, texts.usage.tokens);
  return parts.length === 0 ? null : <p class="aside">{parts.join(" · ")}</p>;
}

/** Tokens, seconds and price, each where there is one. An app without a model reports zeros, which say nothing. */
export function usageParts(usage: Usage, tag: string, tokens: Parameters<typeof counted>[0]): readonly string[] {
  if (!usage.totalTokens) return [];
  const parts = [counted(tokens, usage.totalTokens, tag)];
  if (usage.latency) parts.push(seconds(usage.latency, tag));
  const price = Number(usage.totalPrice ?? 0);
  if (price > 0) parts.push(priceText(price, usage.currency ?? "USD", tag));
  return parts;
}

/** A duration of so many seconds, in the words of the language. */
export function seconds(value: number, tag: string): string {
  const digits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(tag, { style: "unit", unit: "second", maximumFractionDigits: digits }).format(value);
}

/** A currency that the browser does not know is written as its code. */
function priceText(price: number, currency: string, tag: string): string {
  const options = { maximumSignificantDigits: 2 } as const;
  try {
    return new Intl.NumberFormat(tag, { ...options, style: "currency", currency }).format(price);
  } catch {
    return `${new Intl.NumberFormat(tag, options).format(price)} ${currency}`;
  }
}
