// What calls a visitor back: a short sound, and the tab's title.

let audio: AudioContext | undefined;

/** Two soft notes. Silent where the browser does not allow sound yet. */
export function chime(): void {
  try {
    audio ??= new AudioContext();
    if (audio.state !== "running") {
      void audio.resume();
      return;
    }
    for (const [delay, pitch] of [[0, 660], [0.12, 880]] as const) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const begin = audio.currentTime + delay;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.08, begin);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.18);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.2);
    }
  } catch { /* no sound here */ }
}

/** Puts words before the page's title while it is not looked at. */
export class TabTitle {
  private own: string | null = null;

  show(words: string): void {
    this.own ??= document.title;
    document.title = words + this.own;
  }

  restore(): void {
    if (this.own === null) return;
    document.title = this.own;
    this.own = null;
  }
}
