// Pictures and files that an agent sends: chosen, dropped or pasted; each carries an id of its own, so that trying again is safe.

import { newId, pause } from "../core/outbox";
import { because, type Chat, complain, Failed, find, t } from "./page";

const TRIES = 4;

export function begin(chat: () => Chat | null): void {
  const input = find("attach") as HTMLInputElement, text = find("text");
  const sendAll = (files: Iterable<File>): void => {
    const open = chat();
    if (!open?.may.say) { complainIf([...files].length > 0); return; }
    for (const file of files) void send(open, file);
  };
  input.addEventListener("change", () => {
    sendAll([...input.files ?? []]);
    input.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    sendAll(files);
  });
  for (const name of ["dragover", "drop"] as const) {
    find("main").addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (name === "drop") sendAll([...event.dataTransfer.files]);
    });
  }
}

function complainIf(some: boolean): void {
  if (some) complain(t("not_yours"));
}

async function send(chat: Chat, file: File): Promise<void> {
  const form = new FormData();
  form.set("file", file);
  form.set("version", String(chat.version));
  form.set("key", newId());
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await fetch(`/console/api/photos/${encodeURIComponent(chat.id)}`, {
        method: "POST", body: form, headers: { "X-CSRF-Token": document.body.dataset["csrf"] ?? "" },
      });
      if (answer.ok) return;
      throw new Failed(answer.status, await answer.json().catch(() => ({})) as { detail?: string });
    } catch (error) {
      if (tries < TRIES && !(error instanceof Failed && error.status < 500)) {
        await pause(1000 * 2 ** tries, new AbortController().signal);
        continue;
      }
      complain(t("unsent", { why: because(error) })); return;
    }
  }
}
