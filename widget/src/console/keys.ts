// Everything by keyboard. Letters go with Alt, so that they never disturb who types.

import { open as openSearch } from "./search";
import { find, maybe } from "./page";

export interface KeyOptions {
  go: (step: number) => void;
  note: () => void;
  write: () => void;
}

export function begin(options: KeyOptions): void {
  const clicks: Record<string, string> = {
    KeyT: '#head [data-do="take"]', KeyR: '#head [data-open="transfer"]', KeyB: '#head [data-do="give-back"]',
    KeyE: '#head [data-open="close"]', KeyI: "#head [data-facts]",
  };
  const acts: Record<string, () => void> = {
    ArrowDown: () => options.go(1), ArrowUp: () => options.go(-1), KeyN: options.note, KeyM: options.write,
  };
  document.addEventListener("keydown", (event) => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- see core/typing
    if (event.isComposing || event.keyCode === 229) return;
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "?" && !typing) {
      (find("help") as HTMLDialogElement).showModal();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      openSearch();
    } else if (event.key === "Escape") {
      maybe("panel")?.classList.remove("open");
      return;
    } else if (event.altKey && !event.ctrlKey && acts[event.code]) {
      acts[event.code]?.();
    } else if (event.altKey && !event.ctrlKey && clicks[event.code]) {
      document.querySelector<HTMLElement>(clicks[event.code] ?? "")?.click();
    } else {
      return;
    }
    event.preventDefault();
  });
}
