// Who waits is told by a notification of the browser and by two short tones; both can be switched off.

import { find, type Row, store, stored, t } from "./page";

const MUTED = "aftercare.muted";
const TONES: readonly [number, number][] = [[660, 0], [880, 0.16]]; // Hz, seconds from now
const TONE_SECONDS = 0.14;

let audio: AudioContext | null = null;

export function begin(): void {
  const mute = find("mute"), allow = find("allow-alerts");
  const paint = (): void => {
    mute.textContent = t(stored(MUTED) ? "unmute" : "mute");
    mute.setAttribute("aria-pressed", stored(MUTED) ? "true" : "false");
    allow.hidden = !("Notification" in window) || Notification.permission !== "default";
  };
  mute.addEventListener("click", () => {
    store(MUTED, stored(MUTED) ? "" : "1");
    paint();
    if (!stored(MUTED)) sound();
  });
  allow.addEventListener("click", () => void Notification.requestPermission().then(paint));
  // Browsers let a page sound only after somebody has used it.
  addEventListener("pointerdown", () => {
    audio ??= new AudioContext();
  }, { once: true });
  paint();
}

/** A row of the list is new or has changed: tell what concerns this colleague. */
export function tell(row: Row, before: Row | undefined): void {
  const waits = row.part === "queue" && before?.part !== "queue";
  const named = row.mentioned && !before?.mentioned;
  const wrote = row.part === "mine" && row.unread > (before?.unread ?? 0);
  if (waits || named) sound();
  if (waits) notify(row, t("new_waiting", { name: row.name }), row.why || row.words);
  else if (named) notify(row, t("new_mention", { name: row.name }), row.words);
  else if (wrote && document.hidden) {
    sound();
    notify(row, t("new_message", { name: row.name, words: row.words }), "");
  }
}

function notify(row: Row, title: string, body: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(title, { body, tag: row.id });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(`/console/chats/${row.id}`);
    });
  } catch { /* phones show notifications by service workers only; the sound and the list tell it too */ }
}

function sound(): void {
  document.body.dataset["sounded"] = String(Number(document.body.dataset["sounded"] ?? 0) + 1);
  if (stored(MUTED) || !audio) return;
  for (const [hertz, after] of TONES) {
    const tone = audio.createOscillator(), volume = audio.createGain(), from = audio.currentTime + after;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_SECONDS);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + TONE_SECONDS);
  }
}
