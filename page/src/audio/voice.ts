// Plays a sound that comes in pieces, from the first one on where the browser can: what an app says while it answers.

import { SPEECH } from "../limits";

export interface Voice {
  readonly sound: HTMLAudioElement;
  readonly add: (piece: Uint8Array<ArrayBuffer>) => void;
  /** No further piece comes. */
  readonly end: () => void;
}

/** What Dify's models speak (`tts_message` names no type). */
const TYPE = "audio/mpeg";

export function newVoice(): Voice {
  const canStream = "MediaSource" in globalThis && MediaSource.isTypeSupported(TYPE);
  const voice = canStream ? streamed() : collected();
  let size = 0;
  const add = (piece: Uint8Array<ArrayBuffer>) => {
    size += piece.length;
    if (size <= SPEECH) voice.add(piece);
  };
  return { ...voice, add };
}

function streamed(): Voice {
  const source = new MediaSource();
  const sound = new Audio(URL.createObjectURL(source));
  const queue: Uint8Array<ArrayBuffer>[] = [];
  let buffer: SourceBuffer | null = null;
  let complete = false;
  const pump = () => {
    if (buffer === null || buffer.updating || source.readyState !== "open") return;
    const next = queue.shift();
    if (next !== undefined) buffer.appendBuffer(next);
    else if (complete) source.endOfStream();
  };
  source.addEventListener(
    "sourceopen",
    () => {
      buffer = source.addSourceBuffer(TYPE);
      buffer.addEventListener("updateend", pump);
      pump();
    },
    { once: true },
  );
  const add = (piece: Uint8Array<ArrayBuffer>) => {
    queue.push(piece);
    pump();
  };
  const end = () => {
    complete = true;
    pump();
  };
  return { sound, add, end };
}

/** Where the browser plays no pieces, the whole is played when it is there. */
function collected(): Voice {
  const sound = new Audio();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const end = () => {
    sound.src = URL.createObjectURL(new Blob(pieces, { type: TYPE }));
    void sound.play().catch(() => {});
  };
  return { sound, add: (piece) => void pieces.push(piece), end };
}
