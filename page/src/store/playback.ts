// Plays one sound at a time.

import { signal } from "@preact/signals";
import { speak } from "../api/speech";

export type Playback =
  | { readonly kind: "silent" }
  /** `id`: the message that is read aloud, or about to be. */
  | { readonly kind: "loading" | "playing" | "nothing-to-say"; readonly id: string }
  | { readonly kind: "failed"; readonly id: string; readonly error: unknown };

export const playback = signal<Playback>({ kind: "silent" });

let current: { readonly abort: AbortController; sound: HTMLAudioElement | null } | null = null;

/** Ends what is played. */
export function stopPlayback(): void {
  current?.abort.abort();
  current?.sound?.pause();
  if (current?.sound) URL.revokeObjectURL(current.sound.src);
  current = null;
  playback.value = { kind: "silent" };
}

/** Has a message read aloud. */
export async function play(id: string): Promise<void> {
  stopPlayback();
  const mine: NonNullable<typeof current> = { abort: new AbortController(), sound: null };
  current = mine;
  playback.value = { kind: "loading", id };
  try {
    const spoken = await speak(id, mine.abort.signal);
    if (current !== mine) return;
    if (spoken === null) {
      playback.value = { kind: "nothing-to-say", id };
      return;
    }
    const sound = new Audio(URL.createObjectURL(spoken));
    mine.sound = sound;
    sound.onended = stopPlayback;
    await sound.play();
    if (current === mine) playback.value = { kind: "playing", id };
  } catch (error) {
    if (current === mine) playback.value = { kind: "failed", id, error };
  }
}
