// How a conversation is drawn: bubbles, names when the speaker changes, cards, photos, what can be answered by a tap.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { pieces } from "../core/textlinks";
import type { ChatLetter, ChatLine, DecisionCard, QuoteCard, SharedFile, State, TicketCard } from "./api";
import { done } from "./icons";
import { fill, type Texts } from "./texts";

const PAUSE = 15 * 60_000; // after so long the time is shown
const SLOTS = 3;
const STEP = /^\d{1,2}[.、]\s?\S/;

/** What drawing needs to know, and what a tap does. */
export interface Scene {
  texts: Texts;
  brand: string;
  lines: readonly ChatLine[];
  waiting: ChatLetter[];
  progress: ReadonlyMap<string, number>;
  state: State;
  /** Whether all times of a visit are shown. */
  allSlots: boolean;
  copied: string;
  photo: (seq: number, n: number) => string | null | undefined;
  say: (text: string, shown: string) => void;
  moreSlots: () => void;
  copy: (text: string) => void;
  open: (seq: number, n: number) => void;
  answer: (seq: number, card: QuoteCard, accept: boolean) => void;
  save: (seq: number, file: SharedFile) => void;
}

export function conversation(scene: Scene): TemplateResult {
  const { lines, waiting } = scene;
  const offering = lastOffer(scene);
  const lastOwn = waiting.length ? undefined : latest(lines, lines.length, (line) => line.author === "customer");
  return html`
    ${repeat(lines, (line) => line.id ?? line.seq, (line, index) => html`
      ${paused(lines[index - 1], line)}
      ${oneLine(scene, line, latest(lines, index, isVoice), line === offering, line === lastOwn)}`)}
    ${repeat(waiting, (letter) => letter.id, (letter) => unsent(scene, letter))}`;
}

/** Text in which addresses and telephone numbers can be opened; everything else is text, whatever it looks like. */
export function linked(text: string): (TemplateResult | string)[] {
  return pieces(text).map((piece) => piece.href === undefined ? piece.text : html`<a href=${piece.href}
    target=${piece.href.startsWith("tel:") ? "_self" : "_blank"} rel="noopener noreferrer nofollow">${piece.text}</a>`);
}

/** What was said, the steps of a list with their numbers in front of them. */
function rows(text: string): TemplateResult[] {
  const all = text.split("\n");
  return all.map((row, index) => {
    if (STEP.test(row)) return html`<span class="item">${linked(row)}</span>`;
    const before = all[index - 1];
    return html`${before === undefined || STEP.test(before) ? "" : "\n"}${linked(row)}`;
  });
}

/** The last line before `end` that fits. */
function latest(lines: readonly ChatLine[], end: number, fits: (line: ChatLine) => boolean): ChatLine | undefined {
  for (let index = end - 1; index >= 0; index -= 1) {
    const line = lines[index];
    if (line && fits(line)) return line;
  }
  return undefined;
}

function isVoice(line: ChatLine): boolean {
  return line.author === "bot" || line.author === "agent";
}

/** The line whose buttons still count: the last answer of the assistant, if nothing came after it. */
function lastOffer({ lines, waiting }: Scene): ChatLine | undefined {
  const last = latest(lines, lines.length, (line) => line.author !== "system");
  return last?.author === "bot" && last.buttons?.length && !waiting.length ? last : undefined;
}

function paused(before: ChatLine | undefined, line: ChatLine): TemplateResult | typeof nothing {
  if (before && Date.parse(line.at) - Date.parse(before.at) < PAUSE) return nothing;
  return html`<div class="at"><time datetime=${line.at}>${moment(line.at)}</time></div>`;
}

function oneLine(
  scene: Scene, line: ChatLine, before: ChatLine | undefined, offers: boolean, lastOwn: boolean,
): TemplateResult {
  if (line.author === "system") return html`<div class="line system">${linked(line.text)}</div>`;
  return html`<div class="line ${line.author}" title=${moment(line.at)}>
    ${isVoice(line) && speaker(line) !== (before ? speaker(before) : "") ? name(scene, line) : nothing}
    ${(line.cards ?? []).map((card) => card.kind === "decision" ? decision(card) : nothing)}
    ${line.text ? html`<div class="bubble">${rows(line.text)}</div>` : nothing}
    ${(line.photos ?? []).map((_, index) => picture(scene, line, index))}
    ${(line.files ?? []).map((file) => sharedFile(scene, line, file))}
    ${(line.cards ?? []).map((card) => card.kind === "ticket" ? ticket(scene, card)
      : card.kind === "quote" ? quote(scene, line, card) : nothing)}
    ${offers ? chips(scene, line) : nothing}
    ${lastOwn ? html`<span class="foot">${mark(scene, line)}</span>` : nothing}
  </div>`;
}

function speaker(line: ChatLine): string {
  return line.author + (line.name ?? "");
}

function name({ texts, brand }: Scene, line: ChatLine): TemplateResult {
  const person = line.author === "agent";
  const called = person ? line.name ?? texts.person : brand;
  return html`<div class="name">
    <span class="avatar small ${person ? "person" : ""}" aria-hidden="true">${called.slice(0, 1)}</span>
    <b>${called}</b><span class="mark">${person ? texts.person : texts.bot}</span></div>`;
}

function mark({ texts, state }: Scene, line: ChatLine): string {
  return state.read >= line.seq ? texts.read : texts.delivered;
}

function unsent(scene: Scene, letter: ChatLetter): TemplateResult {
  const { texts, progress } = scene;
  const part = progress.get(letter.id) ?? 0;
  return html`<div class="line customer">
    ${letter.photo === undefined
      ? html`<div class="bubble">${letter.shown ?? letter.text}</div>`
      : html`<span class="photo"><img src=${letter.photo} alt=${texts.photoShown}></span>
        <progress max="1" .value=${part} aria-label=${texts.uploading}></progress>`}
    <span class="foot">${texts.sending}</span></div>`;
}

function picture({ texts, photo, open }: Scene, line: ChatLine, index: number): TemplateResult {
  const { n = 0, width = 4, height = 3 } = line.photos?.[index] ?? {};
  const address = photo(line.seq, n);
  return html`<button class="photo" type="button" aria-label=${address === null ? texts.photoLost : texts.photoOpen}
    @click=${() => open(line.seq, n)}>
    ${address === null ? html`<span class="lost">${texts.photoLost}</span>`
      : html`<img src=${address ?? nothing} width=${width} height=${height} alt=${texts.photoShown}>`}
  </button>`;
}

function ticket({ texts, copied, copy }: Scene, card: TicketCard): TemplateResult {
  return html`<div class="card">
    <div class="head"><span class="number">${card.number}</span><span class="status">${card.status}</span></div>
    ${card.next ? html`<p>${card.next}</p>` : nothing}
    <button class="copy" type="button" @click=${() => copy(card.number)}>
      ${copied === card.number ? texts.copied : texts.copy}</button></div>`;
}

function decision(card: DecisionCard): TemplateResult {
  return html`<div class="card">
    <p class="head ${card.good ? "good" : ""}">${card.good ? done : nothing}${card.verdict}</p>
    ${card.why ? html`<p>${card.why}</p>` : nothing}
    ${card.cost ? html`<p class="soft">${card.cost}</p>` : nothing}</div>`;
}

function quote({ texts, answer }: Scene, line: ChatLine, card: QuoteCard): TemplateResult {
  return html`<div class="card">
    ${card.number ? html`<p class="head">${texts.quote}<span class="number">${card.total}</span></p>` : nothing}
    ${card.lines.map((one) => html`<p class="priced"><span>${one.name}</span><span>${one.amount}</span></p>`)}
    <p class="soft">${card.said}</p>
    ${card.standing === "open" ? html`<div class="asked">
      <button class="chip" type="button" @click=${() => answer(line.seq, card, true)}>${texts.accept}</button>
      <button class="chip" type="button" @click=${() => answer(line.seq, card, false)}>${texts.refuse}</button>
    </div>` : nothing}</div>`;
}

function sharedFile({ texts, save }: Scene, line: ChatLine, file: SharedFile): TemplateResult {
  return html`<button class="file" type="button" aria-label="${texts.save} ${file.name}" @click=${() => save(line.seq, file)}>
    <b>${file.name}</b><span class="soft">${file.size} · ${texts.save}</span></button>`;
}

function chips({ texts, allSlots, say, moreSlots }: Scene, line: ChatLine): TemplateResult {
  const buttons = line.buttons ?? [];
  const cut = line.slots === true && !allSlots && buttons.length > SLOTS + 1;
  const shown = cut ? buttons.slice(0, SLOTS) : buttons;
  return html`<ul class="chips ${line.slots ? "slots" : ""}">
    ${shown.map(({ title, payload }) => html`<li><button class="chip" type="button"
      @click=${() => say(payload, title)}>${title}</button></li>`)}
    ${cut ? html`<li><button class="plain" type="button" @click=${moreSlots}>${texts.more}</button></li>` : nothing}
  </ul>`;
}

function moment(at: string): string {
  const day: Intl.DateTimeFormatOptions = new Date(at).toDateString() === new Date().toDateString()
    ? {} : { month: "numeric", day: "numeric" };
  return new Date(at).toLocaleString("zh-CN", { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

/** What the header says of who is at the other end. */
export function standing(texts: Texts, brand: string, state: State): [string, string] {
  if (state.state === "agent") return [state.agent ?? texts.person, texts.person];
  if (state.state === "queued") return [brand, texts.queued];
  return [brand, state.state === "closed" ? texts.closed : texts.bot];
}

export function greeting(texts: Texts, brand: string, company: string): string {
  return fill(texts.greeting, { brand, company });
}
