// Runs beside the page, where the sound is: passes on what the microphone hears. A file of its own, because a worklet is
// loaded by its address, and the policy of the page takes scripts from nowhere but the assets.

class Recorder extends AudioWorkletProcessor {
  process([input]) {
    const [channel] = input;
    // The browser uses the same buffer again.
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
}

registerProcessor("recorder", Recorder);
