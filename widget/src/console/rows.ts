// The list: rows by conversation, kept in order as they change, with clocks that run by themselves.

import { html, nothing, render, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { booted, call, find, type Part, type Row, t } from "./page";

const PARTS: readonly Part[] = ["queue", "mine", "open", "closed"];
const SOON = 3 * 60, LATE = 10 * 60;
const TOGETHER = 800; // ms: changes in a row are fetched once; a first one at once
const MOST_IDS = 100;

interface Answer {
  rows: Row[];
  gone?: string[];
  waiting: number;
}

export class List {
  chosen = "";
  private rows = new Map<string, Row>();
  private filter = new URLSearchParams();
  private waiting = 0;
  private changed = new Set<string>();
  private everything = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fetching = false;

  constructor(first: Row[], private readonly news: (row: Row, before: Row | undefined) => void) {
    this.rows = new Map(first.map((row) => [row.id, row]));
    this.waiting = first.filter((row) => row.part === "queue").length;
    this.draw();
    setInterval(() => this.draw(), 15_000);
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  /** The ids as they are shown, from top to bottom. */
  get order(): string[] {
    return PARTS.flatMap((part) => this.of(part)).map((row) => row.id);
  }

  choose(id: string): void {
    this.chosen = id;
    this.draw();
  }

  narrow(filter: URLSearchParams): void {
    this.filter = filter;
    this.rows.clear();
    this.look();
  }

  /** These conversations (all, without ids) may have changed. */
  look(ids?: Iterable<string>): void {
    if (ids) for (const id of ids) this.changed.add(id);
    else this.everything = true;
    this.timer ??= setTimeout(() => void this.fetch(), this.fetching ? TOGETHER : 50);
  }

  private async fetch(): Promise<void> {
    this.timer = undefined;
    if (this.fetching) { this.look([]); return; }
    const ids = [...this.changed], all = this.everything || ids.length > MOST_IDS;
    if (!all && !ids.length) return;
    this.changed.clear();
    this.everything = false;
    this.fetching = true;
    const query = new URLSearchParams(this.filter);
    if (!all) for (const id of ids) query.append("ids", id);
    try {
      this.take(await call<Answer>(`/console/api/list?${query}`), all, query);
    } catch {
      this.everything = true; // the connection tells the agent; what was missed is fetched when it is back
    } finally {
      setTimeout(() => {
        this.fetching = false;
      }, TOGETHER);
    }
  }

  private take(answer: Answer, all: boolean, asked: URLSearchParams): void {
    if (this.filter.toString() !== withoutIds(asked)) return;
    const before = this.rows;
    this.rows = all ? new Map<string, Row>() : new Map(before);
    for (const id of answer.gone ?? []) this.rows.delete(id);
    for (const row of answer.rows) {
      this.rows.set(row.id, row);
      if (before.size || !all) this.news(row, before.get(row.id));
    }
    this.waiting = answer.waiting;
    this.draw();
  }

  private of(part: Part): Row[] {
    const found = [...this.rows.values()].filter((row) => row.part === part);
    return found.sort((one, other) => (one.order < other.order ? -1 : 1));
  }

  private draw(): void {
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = this.waiting ? `(${this.waiting}) ${title}` : title;
    const only = this.filter.get("part");
    const parts = only ? PARTS.filter((part) => part === only) : PARTS.slice(0, 3);
    render(html`${parts.map((part) => this.section(part))}`, find("rows"));
  }

  private section(part: Part): TemplateResult {
    const rows = this.of(part);
    return html`<section aria-labelledby="part-${part}">
      <h2 id="part-${part}">${t(`parts.${part}`)} <span class="count">${rows.length}</span></h2>
      ${rows.length
        ? html`<ul>${repeat(rows, (row) => row.id, (row) => html`<li>${this.row(row)}</li>`)}</ul>`
        : html`<p class="soft pad">${t(`empty.${part}`)}</p>`}
      ${rows.length >= (booted()?.most[part] ?? Infinity)
        ? html`<p class="soft pad">${t("more", { count: rows.length })}</p>` : nothing}
    </section>`;
  }

  private row(row: Row): TemplateResult {
    const chosen = row.id === this.chosen;
    return html`<a class="row ${chosen ? "chosen" : ""} ${row.urgent ? "urgent" : ""}" data-id=${row.id}
        href="/console/chats/${row.id}" aria-current=${chosen ? "true" : nothing}>
      <span class="who">${severity(row.severity)}<b>${row.name}</b><span class="chip">${row.channel}</span>
        ${row.vip ? html`<span class="chip">${t("vip")}</span>` : nothing}
        ${row.mentioned ? html`<span class="chip named" title=${t("mentioned")}>@</span>` : nothing}
        ${row.unread ? html`<span class="unread" aria-label=${t("unread", { count: row.unread })}>${row.unread}</span>`
          : nothing}</span>
      ${row.since ? html`<span class="wait ${tone(row.since)}" title=${exact(row.since)}>${waited(row.since)}</span>`
        : nothing}
      <span class="words">${row.words || t("no_words")}</span>
      ${row.why ? html`<span class="why">${row.why}</span>` : nothing}
    </a>`;
  }
}

function severity(code: string | null): TemplateResult | typeof nothing {
  if (!code) return nothing;
  const words = t("severity", { code });
  return html`<span class="dot ${code.toLowerCase()}" role="img" aria-label=${words} title=${words}>${code}</span>`;
}

function seconds(since: string): number {
  return Math.max(0, (Date.now() + skew - Date.parse(since)) / 1000);
}

function tone(since: string): string {
  const gone = seconds(since);
  return gone >= LATE ? "late" : gone >= SOON ? "soon" : "";
}

function waited(since: string): string {
  const minutes = Math.max(1, Math.round(seconds(since) / 60));
  const time = minutes < 90 ? t("minute", { count: minutes })
    : minutes < 36 * 60 ? t("hour", { count: Math.round(minutes / 60) })
      : t("day", { count: Math.round(minutes / 1440) });
  return t("waiting", { time });
}

export function exact(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}

function withoutIds(query: URLSearchParams): string {
  const copy = new URLSearchParams(query);
  copy.delete("ids");
  return copy.toString();
}

/** The server's clock minus ours, ms: an agent's computer may be wrong, and a demo's clock may be set. */
const skew = Number(document.body.dataset["now"] ?? Date.now()) - Date.now();
