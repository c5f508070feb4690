// Plays one sound at a time.

import { signal } from "@preact/signals";
import { speak } from "../api/speech";
import { newVoice, type Voice } from "../audio/voice";

export type Playback =
  | { readonly kind: "silent" }
  /** `id`: the message that is read aloud, or about to be. */
  | { readonly kind: "loading" | "playing" | "nothing-to-say"; readonly id: string }
  | { readonly kind: "failed"; readonly id: string; readonly error: unknown };

export const playback = signal<Playback>({ kind: "silent" });

interface Current {
  readonly abort: AbortController;
  sound: HTMLAudioElement | null;
  /** Of an answer that is spoken while it comes. */
  readonly spoken: { readonly id: string; readonly voice: Voice } | null;
}

let current: Current | null = null;

/** Ends what is played. */
export function stopPlayback(): void {
  current?.abort.abort();
  current?.sound?.pause();
  if (current?.sound) URL.revokeObjectURL(current.sound.src);
  current = null;
  // Every button that reads an answer aloud looks at what is new.
  if (playback.value.kind !== "silent") playback.value = { kind: "silent" };
}

/** Has a message read aloud. */
export async function play(id: string): Promise<void> {
  stopPlayback();
  const mine: Current = { abort: new AbortController(), sound: null, spoken: null };
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

/** Plays what an app says of an answer while that comes: a piece in base64, and `last` without one. */
export function hear(id: string, audio: string, last: boolean): void {
  if (last) {
    if (current?.spoken?.id === id) current.spoken.voice.end();
    return;
  }
  const piece = bytesOf(audio);
  if (piece === null) return;
  const voice = current?.spoken?.id === id ? current.spoken.voice : begin(id);
  voice?.add(piece);
}

/** The answer whose voice has begun last: once the person has stopped it, its further pieces are not heard. */
let begun: string | null = null;

function begin(id: string): Voice | null {
  if (begun === id) return null;
  stopPlayback();
  begun = id;
  const voice = newVoice();
  const mine: Current = { abort: new AbortController(), sound: voice.sound, spoken: { id, voice } };
  current = mine;
  playback.value = { kind: "playing", id };
  const over = () => {
    if (current === mine) stopPlayback();
  };
  voice.sound.onended = over;
  voice.sound.onerror = over;
  // A browser plays nothing in a page that nobody has touched.
  voice.sound.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") over();
  });
  return voice;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
