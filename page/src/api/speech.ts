// Speech to text, and text to speech.

import { asObject, asText } from "../events/shape";
import { request, requestJson } from "./request";

/** What was said. `recording` is a WAV: Dify takes no WebM, which is what browsers record by themselves. */
export function transcribe(recording: Blob, signal: AbortSignal): Promise<string> {
  const body = new FormData();
  body.append("file", recording, "recording.wav");
  const read = (value: unknown) => asText(asObject(value)?.["text"]);
  return requestJson("/audio-to-text", read, { method: "POST", body, signal });
}

/** An answer read aloud; null where there is nothing to say. */
export async function speak(messageId: string, signal: AbortSignal): Promise<Blob | null> {
  const response = await request("/text-to-audio", { method: "POST", json: { message_id: messageId }, signal });
  // Of a message without words Dify says `null`, as JSON.
  if (response.headers.get("Content-Type")?.startsWith("application/json")) return null;
  const sound = await response.blob();
  return sound.size === 0 ? null : sound;
}
