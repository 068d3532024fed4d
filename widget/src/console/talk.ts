// The open conversation: its head with the commands, its lines as they come, and the facts beside it.

import { html, nothing, render, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { pieces } from "../core/textlinks";
import { because, call, type Chat, complain, find, fragment, type Line, type May, t } from "./page";
import { Lines } from "./lines";
import { exact } from "./rows";
import type { Letter } from "./composer";

const PANEL_AFTER = 1_500; // ms behind new lines; the facts change with them, but not with each of them
const PANEL_EVERY = 60_000;

export interface TalkOptions {
  /** What is written and not stored yet. */
  waiting: (chat: string) => Letter[];
  /** A line of ours has come back. */
  arrived: (id: string) => void;
  allowed: (may: May | null) => void;
  news: (chat: Chat, lines: Line[]) => void;
}

export class Talk {
  chat: Chat | null = null;
  private lines = new Lines();
  private readSeq = 0;
  private fetching = false;
  private again = false;
  private panelTimer: ReturnType<typeof setTimeout> | undefined;
  private opening = new AbortController();

  constructor(private readonly options: TalkOptions) {
    setInterval(() => {
      if (this.chat && !document.hidden) this.refreshPanel(0);
    }, PANEL_EVERY);
  }

  /** Show what the page brought, or what was fetched. */
  show(chat: Chat | null): void {
    this.chat = chat;
    this.lines = new Lines(chat?.lines);
    this.readSeq = 0;
    document.querySelector(".columns")?.classList.toggle("chosen", chat !== null);
    find("none").hidden = chat !== null;
    for (const id of ["head", "scroll", "composer", "panel"]) find(id).hidden = chat === null;
    this.options.allowed(chat?.may ?? null);
    if (!chat) return;
    this.draw();
    this.toEnd();
    this.read();
  }

  /** Go to another conversation without leaving the page. Throws what the call throws. */
  async open(id: string): Promise<void> {
    this.opening.abort();
    this.opening = new AbortController();
    const chat = await call<Chat>(`/console/api/chats/${encodeURIComponent(id)}`, undefined, this.opening.signal);
    find("panel").replaceChildren();
    this.show(chat);
    this.refreshPanel(0);
  }

  /** Something was told of this conversation: fetch what is behind the last line. */
  async look(): Promise<void> {
    if (!this.chat) return;
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    const id = this.chat.id;
    try {
      const news = await call<Chat>(`/console/api/chats/${encodeURIComponent(id)}?after=${this.lines.last}`);
      if (this.chat.id === id) this.take(news);
    } finally {
      this.fetching = false;
      if (this.again) {
        this.again = false;
        void this.look().catch(() => undefined);
      }
    }
  }

  /** What is written but not stored has changed: draw it. */
  redraw(): void {
    if (this.chat) this.keepPlace(() => this.draw());
  }

  /** Show the line `seq`, fetching older ones until it is there. */
  async reveal(seq: number): Promise<void> {
    for (let tries = 0; tries < 20 && this.chat && !this.lines.has(seq) && this.lines.first > 1; tries += 1) await this.older();
    const line = document.querySelector(`#log [data-seq="${seq}"]`);
    line?.scrollIntoView({ block: "center" });
    line?.classList.add("marked");
  }

  private take(news: Chat): void {
    const before = this.chat;
    if (!before) return;
    const fresh = this.lines.append(news.lines);
    this.chat = news;
    for (const line of fresh) if (line.id) this.options.arrived(line.id);
    const moved = news.version !== before.version;
    if (moved) this.options.allowed(news.may);
    this.keepPlace(() => this.draw(), fresh.length > 0);
    if (fresh.length || moved) this.refreshPanel(PANEL_AFTER);
    if (fresh.length) this.options.news(news, fresh);
    this.read();
  }

  private async older(): Promise<void> {
    if (!this.chat) return;
    const id = this.chat.id, path = `/console/api/chats/${encodeURIComponent(id)}?before=${this.lines.first}`;
    const { lines } = await call<{ lines: Line[] }>(path);
    if (this.chat.id !== id) return;
    this.lines.prepend(lines);
    const scroll = find("scroll"), below = scroll.scrollHeight - scroll.scrollTop;
    this.draw();
    scroll.scrollTop = scroll.scrollHeight - below;
  }

  /** Tell the server how far this colleague has read; only while somebody can see the page. */
  read(): void {
    if (!this.chat || document.hidden || this.lines.last <= this.readSeq) return;
    this.readSeq = this.lines.last;
    const path = `/console/api/chats/${encodeURIComponent(this.chat.id)}/read?seq=${this.lines.last}`;
    void call(path, {}).catch(() => {
      this.readSeq = 0;
    });
  }

  refreshPanel(after: number): void {
    if (after && this.panelTimer) return;
    clearTimeout(this.panelTimer);
    this.panelTimer = setTimeout(() => {
      this.panelTimer = undefined;
      const id = this.chat?.id;
      if (!id) return;
      void fragment(`/console/chats/${encodeURIComponent(id)}/panel`).then((nodes) => {
        const panel = find("panel");
        const revealed = panel.querySelector("[data-revealed]:not([hidden])");
        // What is being looked at (full contact data, text that is marked) is not taken from under the reader's eyes.
        if (this.chat?.id !== id || revealed || !getSelection()?.isCollapsed) return;
        const open = [...panel.querySelectorAll("details")].map((one) => one.open), top = panel.scrollTop;
        panel.replaceChildren(...nodes);
        panel.querySelectorAll("details").forEach((one, at) => {
          one.open = open[at] ?? one.open;
        });
        panel.scrollTop = top;
      }).catch(() => undefined);
    }, after);
  }

  private keepPlace(change: () => void, news = false): void {
    const scroll = find("scroll"), stay = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    change();
    if (stay) this.toEnd();
    const hint = find("new-lines");
    hint.hidden = stay || (hint.hidden && !news);
  }

  private toEnd(): void {
    const scroll = find("scroll");
    scroll.scrollTop = scroll.scrollHeight;
  }

  private draw(): void {
    const chat = this.chat;
    if (!chat) return;
    render(head(chat), find("head"));
    const lines = this.lines.all;
    const trouble = new Map(chat.undelivered.map((one) => [one.seq, one.trouble]));
    const here = new Set(lines.map((line) => line.id));
    const waiting = this.options.waiting(chat.id).filter((letter) => !here.has(letter.id));
    render(html`
      ${(lines[0]?.seq ?? 1) > 1
        ? html`<div class="more"><button type="button" class="quiet" @click=${() => this.askOlder()}>${t("earlier")}</button></div>`
        : nothing}
      ${repeat(lines, (line) => line.seq, (line, at) => this.line(line, lines[at - 1], trouble.get(line.seq)))}
      ${repeat(waiting, (letter) => letter.id, (letter) => html`<div class="${letter.note ? "note" : "agent"} waiting">
        <div class="bubble">${letter.text}</div><span class="soft">${t("sending")}</span></div>`)}
      ${lines.length || waiting.length ? nothing : html`<div class="system">${t("nothing_said")}</div>`}`, find("log"));
    find("typing").hidden = !chat.typing;
  }

  private askOlder(): void {
    this.older().catch((error: unknown) => complain(because(error)));
  }

  private line(line: Line, before: Line | undefined, trouble: string | undefined): TemplateResult {
    const first = line.author !== "system" && (line.author !== before?.author || line.name !== before.name);
    return html`<div class="line ${line.author}" data-seq=${line.seq}>
      ${first ? speaker(line) : nothing}
      ${line.text ? html`<div class="bubble">${linked(line.text)}</div>` : nothing}
      ${(line.attachments ?? []).map((one) => (one.type ?? "").startsWith("image") && one.url
        ? html`<a class="photo" href=${one.url} target="_blank" rel="noopener"><img src=${one.url}
            alt=${one.name ?? t("photo")} loading="lazy"></a>`
        : one.url ? html`<a class="bubble" href=${one.url} target="_blank" rel="noopener">${one.name ?? t("file")}</a>`
          : html`<div class="bubble soft">${one.name ?? t("no_words")}</div>`)}
      ${line.offers?.length ? html`<div class="offers">${line.offers.map((title) => html`<span class="chip">${title}</span>`)}</div>` : nothing}
      ${line.steps?.length ? html`<p class="steps" title=${t("steps")}>${line.steps.join(" · ")}</p>` : nothing}
      ${line.author === "system" ? nothing : html`<time datetime=${line.at} title=${exact(line.at)}>${line.clock}</time>`}
      ${trouble ? html`<span class="failed">${trouble}</span>` : nothing}
    </div>`;
  }
}

function head(chat: Chat): TemplateResult {
  const { may } = chat;
  return html`<a class="back" href="/console" aria-label=${t("back")}>‹</a>
    <div class="grow"><h1>${chat.name}</h1><p class="soft">${chat.channel} · ${chat.status}</p></div>
    ${may.take ? html`<button type="button" class="main" data-do="take">${chat.state === "agent"
      ? t("take_over", { who: chat.owner ?? "" }) : t("take")}</button>` : nothing}
    ${may.transfer ? html`<button type="button" data-open="transfer">${t("transfer")}</button>` : nothing}
    ${may.give_back ? html`<button type="button" data-do="give-back">${t("give_back")}</button>` : nothing}
    ${may.close ? html`<button type="button" data-open="close">${t("close")}</button>` : nothing}
    <button type="button" class="facts-switch" data-facts>${t("facts")}</button>`;
}

function speaker(line: Line): TemplateResult {
  const brand = document.body.dataset["brand"] ?? "";
  const name = line.author === "customer" ? t("customer") : line.author === "bot" ? brand
    : line.name ?? t(line.author === "note" ? "system" : "agent");
  const mark = line.author === "customer" ? nothing : html`<span class="chip">${t(line.author)}</span>`;
  return html`<span class="name"><b>${name}</b> ${mark}</span>`;
}

function linked(text: string): (string | TemplateResult)[] {
  return pieces(text).map(({ text: words, href }) => (href
    ? html`<a href=${href} target=${href.startsWith("http") ? "_blank" : nothing} rel="noopener noreferrer">${words}</a>`
    : words));
}
