// Sound as Dify takes it: WAV, 16 bits, 16 kHz, one channel. Browsers record WebM by themselves, which it refuses.

/** Samples a second. Speech recognition uses no more. */
export const RATE = 16_000;

/** Seconds after which a recording ends by itself: five minutes are 9.6 MB, and a request holds 10. */
export const LONGEST = 300;

const HEADER = 44;

/** Samples at another rate: each is the mean of those that it stands for, so that high notes do not become noise. */
export function resample(samples: Float32Array, from: number, to: number = RATE): Float32Array {
  const step = from / to;
  const result = new Float32Array(Math.floor(samples.length / step));
  for (let index = 0; index < result.length; index++) {
    const start = Math.floor(index * step);
    const end = Math.max(start + 1, Math.floor((index + 1) * step));
    let sum = 0;
    for (let each = start; each < end; each++) sum += samples[each] ?? 0;
    result[index] = sum / (end - start);
  }
  return result;
}

/** A WAV file (RIFF, PCM) of samples between -1 and 1. */
export function wavOf(samples: Float32Array, rate: number = RATE): ArrayBuffer {
  const size = samples.length * 2;
  const buffer = new ArrayBuffer(HEADER + size);
  const view = new DataView(buffer);
  const text = (at: number, letters: string) => {
    for (let index = 0; index < letters.length; index++) view.setUint8(at + index, letters.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, HEADER - 8 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a sample
  view.setUint16(34, 16, true); // bits a sample
  text(36, "data");
  view.setUint32(40, size, true);
  for (let index = 0; index < samples.length; index++) {
    const value = Math.max(-1, Math.min(1, samples[index] ?? 0));
    view.setInt16(HEADER + index * 2, Math.round(value * (value < 0 ? 0x8000 : 0x7fff)), true);
  }
  return buffer;
}
