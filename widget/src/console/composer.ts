// Writing: a draft for each conversation that survives everything, sent with an id of its own until the server has it.

import { newId, Outbox } from "../core/outbox";
import { sends } from "../core/typing";
import { booted, call, complain, find, type May, maybe, store, stored, t } from "./page";
import { blankIn, inserted, judged, together } from "./writing";

export interface Letter {
  id: string;
  at: number;
  chat: string;
  text: string;
  note: boolean;
  version: number;
}

const TYPING_EVERY = 3_000;

export class Composer {
  readonly outbox: Outbox<Letter>;
  private chat = "";
  private version = 0;
  private readonly text = find("text") as HTMLTextAreaElement;
  private readonly asNote = find("as-note") as HTMLInputElement;
  private readonly button = find("send") as HTMLButtonElement;
  private typedAt = 0;
  private meantForCustomer = false;

  constructor(private readonly changed: () => void) {
    this.outbox = new Outbox<Letter>({
      storage: storage(),
      prefix: `aftercare.unsent.${booted()?.me.id ?? 0}.`,
      send: (letter) => this.send(letter),
      changed: () => this.show(),
      refused: (letter, why) => this.bringBack(letter, why),
    });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || !sends(event)) return;
      event.preventDefault();
      this.submit();
    });
    this.asNote.addEventListener("change", () => this.paint());
    find("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    addEventListener("online", () => this.outbox.wake());
    void this.outbox.flush();
  }

  /** Another conversation is open: its own draft comes back. */
  turnTo(chat: string): void {
    this.chat = chat;
    this.meantForCustomer = false;
    this.text.value = stored(draft(chat));
    this.paint();
  }

  at(version: number): void {
    this.version = version;
  }

  /** What this person may write now: to the customer, or notes only. */
  allow(may: May | null): void {
    const say = may?.say ?? false;
    // Words for the customer do not become a note by themselves.
    if (!say && !this.noting && this.text.value.trim()) this.meantForCustomer = true;
    if (say) this.meantForCustomer = false;
    if (this.asNote.disabled === say) this.asNote.checked = !say;
    this.asNote.disabled = !say;
    find("hint").hidden = say || may === null;
    this.paint();
  }

  get noting(): boolean {
    return this.asNote.checked;
  }

  toggleNote(): void {
    if (this.asNote.disabled) return;
    this.asNote.checked = !this.asNote.checked;
    this.paint();
    this.focus();
  }

  focus(): void {
    this.text.focus();
  }

  /** Put words in place of the signs from `from` to the caret; what is still blank is marked, to be typed over. */
  insert(words: string, from: number): void {
    const now = inserted(this.text.value, words, from, this.text.selectionEnd, booted()?.blanks ?? []);
    this.text.value = now.text;
    this.text.setSelectionRange(now.start, now.end);
    this.text.focus();
    this.typed();
  }

  private typed(): void {
    store(draft(this.chat), this.text.value);
    this.paint();
    if (this.noting || !this.text.value || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    void call(`/console/api/chats/${encodeURIComponent(this.chat)}/typing`, {}).catch(() => undefined);
  }

  private submit(): void {
    const words = this.text.value.trim();
    if (!words || !this.chat) return;
    const blank = blankIn(words, booted()?.blanks ?? []);
    if (this.noting && this.meantForCustomer) {
      this.meantForCustomer = false;
      complain(t("no_longer_yours"));
      return;
    }
    if (blank && !this.noting) { complain(t("blank", { blank: blank.name })); return; }
    const letter = {
      id: newId(), at: Date.now(), chat: this.chat, text: words, note: this.noting, version: this.version,
    };
    this.text.value = "";
    store(draft(this.chat), "");
    complain();
    this.outbox.post(letter);
    this.paint();
    this.text.focus();
  }

  private async send(letter: Letter): Promise<void> {
    const path = `/console/api/chats/${encodeURIComponent(letter.chat)}/${letter.note ? "notes" : "messages"}`;
    const version = letter.chat === this.chat ? Math.max(this.version, letter.version) : letter.version;
    try {
      await call(path, { text: letter.text, key: letter.id, version });
    } catch (error) {
      throw judged(error);
    }
  }

  /** The words go back to where they were written: nothing typed is lost. */
  private bringBack(letter: Letter, why: string): void {
    const words = together(letter.text, stored(draft(letter.chat)));
    store(draft(letter.chat), words);
    if (letter.chat === this.chat) {
      this.text.value = words;
      this.paint();
    }
    complain(t("unsent", { why }));
  }

  private show(): void {
    const late = maybe("late");
    if (late) late.hidden = this.outbox.trouble === null;
    this.changed();
  }

  private paint(): void {
    const words = t(this.noting ? "write_note" : "write");
    this.button.textContent = t(this.noting ? "send_note" : "send");
    this.button.disabled = !this.text.value.trim();
    this.text.placeholder = words;
    this.text.setAttribute("aria-label", words);
    find("composer").classList.toggle("noting", this.noting);
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(240, this.text.scrollHeight + 2)}px`;
  }
}

function draft(chat: string): string {
  return `aftercare.draft.${chat}`;
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
