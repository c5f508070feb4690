// The app behind the endpoint.

import { computed, signal } from "@preact/signals";
import { getParameters, getSite, type Parameters, type Site } from "../api/app";
import { gateway } from "../api/document";

export const site = signal<Site | null>(null);
export const parameters = signal<Parameters | null>(null);

/** The app's name. */
export const title = computed(() => site.value?.title || gateway.settings.title);

/** Loads what the app tells about itself. An app whose site is switched off still answers messages. */
export async function loadApp(): Promise<void> {
  await Promise.all([
    getSite().then(
      (value) => {
        site.value = value;
      },
      () => {},
    ),
    getParameters().then((value) => {
      parameters.value = value;
    }),
  ]);
}
