// The app behind the endpoint.

import { computed, signal } from "@preact/signals";
import { type AppMode, getInfo, getParameters, getSite, type Parameters, type Site } from "../api/app";
import { gateway } from "../api/document";

export const site = signal<Site | null>(null);
export const parameters = signal<Parameters | null>(null);

/** What kind of app it is; null until it has been asked. */
export const mode = signal<AppMode | null>(null);

/** Whether the app has been asked, with or without success: what the page looks like depends on it. */
export const isAppAsked = signal(false);

/** Why the app could not be asked what it is and takes. */
export const appError = signal<unknown>(null);

/** Whether the app answers in conversations; completion and workflow apps have none. */
export const isChat = computed(() => mode.value !== null && mode.value !== "completion" && mode.value !== "workflow");

/** The app's name. */
export const title = computed(() => site.value?.title || gateway.settings.title);

/** Loads what the app tells about itself. */
export async function loadApp(): Promise<void> {
  appError.value = null;
  try {
    await Promise.all([
      // An app whose site is switched off still answers messages.
      fill(site, getSite()).catch(() => {}),
      fill(parameters, getParameters()),
      getInfo().then((info) => {
        mode.value = info.mode;
      }),
    ]);
  } catch (error) {
    appError.value = error;
  }
  isAppAsked.value = true;
}

async function fill<T>(into: { value: T | null }, coming: Promise<T>): Promise<void> {
  into.value = await coming;
}
