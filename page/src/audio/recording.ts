// Records speech with the microphone.

import workletAddress from "./recorder.worklet.js";
import { LONGEST, resample, wavOf } from "./wav";

export interface Recording {
  /** Ends it; returns the sound as a WAV. */
  readonly finish: () => Promise<Blob>;
  /** Ends it, and forgets it. */
  readonly discard: () => void;
}

/** Starts to record; the browser asks the person first. Throws a `DOMException` where there is no microphone or no leave. */
export async function startRecording(onLongest: () => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
  const context = new AudioContext();
  const release = () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  const timer = setTimeout(onLongest, LONGEST * 1000);
  try {
    const blocks = await record(context, stream);
    return {
      finish: async () => {
        const { sampleRate } = context;
        release();
        return new Blob([wavOf(resample(joined(blocks), sampleRate))], { type: "audio/wav" });
      },
      discard: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function record(context: AudioContext, stream: MediaStream): Promise<Float32Array[]> {
  await context.audioWorklet.addModule(new URL(workletAddress, import.meta.url));
  const recorder = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1 });
  const blocks: Float32Array[] = [];
  recorder.port.onmessage = ({ data }) => blocks.push(data as Float32Array);
  context.createMediaStreamSource(stream).connect(recorder);
  return blocks;
}

function joined(blocks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}
