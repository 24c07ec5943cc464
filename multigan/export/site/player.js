// Sounds that are played at once, held and let go; and as files.

const ATTACK = 0.01, RELEASE = 0.3;  // seconds, as multigan/modalities/audio/music/mixing.py has them
const FULL_SCALE = 32768;

export class Player {
  constructor(rate, channels) {
    Object.assign(this, { rate, channels });
    this.sounding = new Set();
  }

  // Browsers let nothing sound before somebody has touched the page.
  get context() {
    if (!this.opened) {
      this.opened = new AudioContext({ latencyHint: "interactive" });
      this.loudness = this.opened.createDynamicsCompressor();
      this.loudness.connect(this.opened.destination);
    }
    if (this.opened.state === "suspended") this.opened.resume();
    return this.opened;
  }

  bufferOf(waveform, channels = this.channels) {
    const length = waveform.length / channels;
    const buffer = this.context.createBuffer(channels, length, this.rate);
    for (let channel = 0; channel < channels; channel++) {
      buffer.copyToChannel(waveform.subarray(channel * length, (channel + 1) * length), channel);
    }
    return buffer;
  }

  // Starts a sound; returns what lets it go.
  strike(buffer, loudness = 0.6) {
    const { context } = this, source = context.createBufferSource(), gain = context.createGain();
    source.buffer = buffer;
    gain.gain.setValueAtTime(0, context.currentTime);
    gain.gain.linearRampToValueAtTime(loudness, context.currentTime + ATTACK);
    source.connect(gain).connect(this.loudness);
    source.start();
    this.sounding.add(source);
    source.onended = () => this.sounding.delete(source);
    return () => {
      const now = context.currentTime;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setTargetAtTime(0, now, RELEASE / 4);
      source.stop(now + RELEASE);
    };
  }

  silence() {
    for (const source of this.sounding) source.stop();
  }
}

// A 16-bit .wav file of channels that lie one after the other.
export function wavOf(waveform, rate, channels = 1) {
  const frames = waveform.length / channels, bytes = 2 * waveform.length;
  const view = new DataView(new ArrayBuffer(44 + bytes));
  const text = (at, letters) => [...letters].forEach((letter, index) =>
    view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + bytes, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, channels, true);
  view.setUint32(24, rate, true); view.setUint32(28, 2 * rate * channels, true);
  view.setUint16(32, 2 * channels, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, bytes, true);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = Math.round(waveform[channel * frames + frame] * FULL_SCALE);
      const limited = Math.min(FULL_SCALE - 1, Math.max(-FULL_SCALE, value));
      view.setInt16(44 + 2 * (frame * channels + channel), limited, true);
    }
  }
  return new Blob([view], { type: "audio/wav" });
}
