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

export type News = "waits" | "given" | "named" | "wrote";

/** What of a row that is new or has changed concerns this colleague; `open` is what they look at. */
export function newsOf(row: Row, before: Row | undefined, open: string, hidden: boolean): News | null {
  if (row.part === "queue" && before?.part !== "queue") return "waits";
  // What somebody takes, they have open; what comes unasked was given out or passed on.
  if (row.part === "mine" && before?.part !== "mine" && row.id !== open) return "given";
  if (row.mentioned && !before?.mentioned) return "named";
  return row.part === "mine" && hidden && row.unread > (before?.unread ?? 0) ? "wrote" : null;
}

/** Tell it by sound and notification. */
export function tell(row: Row, before: Row | undefined, open: string): void {
  const news = newsOf(row, before, open, document.hidden);
  if (news === null) return;
  sound();
  const { name, words } = row;
  if (news === "waits") notify(row, t("new_waiting", { name }), row.why || words);
  else if (news === "given") notify(row, t("new_given", { name }), words);
  else if (news === "named") notify(row, t("new_mention", { name }), words);
  else notify(row, t("new_message", { name, words }), "");
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
