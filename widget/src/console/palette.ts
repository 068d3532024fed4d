// What opens above the composer: canned replies and advice behind `/`, colleagues behind `@` in a note.

import { html, nothing, render } from "lit";
import type { Composer } from "./composer";
import { call, find, t } from "./page";
import { asked } from "./writing";

interface Choice {
  title: string;
  words: string;
  mark: string;
}

interface Replies {
  replies: { title: string; shortcut: string; text: string }[];
  articles: { title: string; text: string; safe: boolean }[];
}

interface Team {
  people: { id: number; name: string; presence: string; words: string }[];
}

const COMPOSED = 120; // ms without a key before asking the server

export class Palette {
  private choices: Choice[] = [];
  private at = 0;
  private from = -1;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly text = find("text") as HTMLTextAreaElement;
  private readonly box = find("palette");

  constructor(private readonly composer: Composer, private readonly chat: () => string | undefined) {
    this.text.addEventListener("input", () => this.look());
    this.text.addEventListener("keydown", (event) => this.key(event), { capture: true });
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    find("open-replies").addEventListener("click", () => {
      if (!this.text.value) {
        this.composer.insert("/", 0);
        this.look();
      }
    });
  }

  private look(): void {
    const before = this.text.value.slice(0, this.text.selectionEnd);
    const query = asked(before, this.composer.noting);
    if (query === null) { this.close(); return; }
    this.from = before.length - query.length - 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(query).catch(() => this.close()), COMPOSED);
  }

  private async ask(query: string): Promise<void> {
    const chat = this.chat();
    if (!chat) return;
    this.asked += 1;
    const mine = this.asked;
    const choices = this.composer.noting ? await colleagues(query) : await replies(chat, query);
    if (mine !== this.asked || this.from < 0) return;
    this.choices = choices;
    this.at = 0;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- see core/typing
    if (this.box.hidden || event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.choices.length) {
      this.at = (this.at + step + this.choices.length) % this.choices.length;
      this.draw();
    } else if ((event.key === "Enter" || event.key === "Tab") && this.choices[this.at]) {
      this.take(this.choices[this.at]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private take(choice: Choice | undefined): void {
    if (!choice) return;
    const from = this.from;
    this.close();
    this.composer.insert(choice.words, from);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asked += 1;
    this.from = -1;
    this.box.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }

  private draw(): void {
    this.box.hidden = false;
    render(this.choices.length
      ? this.choices.map((choice, index) => html`<div role="option" id="choice-${index}" class="choice"
          aria-selected=${index === this.at ? "true" : "false"}
          @pointerdown=${(event: Event) => {
            event.preventDefault();
            this.take(choice);
          }}><b>${choice.title}</b> ${choice.mark ? html`<span class="chip">${choice.mark}</span>` : nothing}
          <span class="soft">${choice.words.slice(0, 80)}</span></div>`)
      : html`<p class="soft pad" role="option" aria-disabled="true" aria-selected="false">${t("no_replies")}</p>`, this.box);
    if (this.choices.length) this.text.setAttribute("aria-activedescendant", `choice-${this.at}`);
    this.box.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }
}

async function replies(chat: string, query: string): Promise<Choice[]> {
  const path = `/console/api/chats/${encodeURIComponent(chat)}/replies?q=${encodeURIComponent(query)}`;
  const found = await call<Replies>(path);
  return [
    ...found.replies.map((one) => ({ title: one.title, words: one.text, mark: one.shortcut ? `/${one.shortcut}` : "" })),
    ...found.articles.map((one) => ({ title: one.title, words: one.text, mark: t(one.safe ? "article" : "article_inside") })),
  ];
}

async function colleagues(query: string): Promise<Choice[]> {
  const { people } = await call<Team>("/console/api/team");
  return people.filter((one) => one.name.includes(query))
    .map((one) => ({ title: one.name, words: `@${one.name} `, mark: one.words }));
}
