// One visit: the session, what was said, what is still to be sent, and what is new.

import { Feed, type Connection } from "../core/feed";
import { Transcript } from "../core/line";
import { newId, Outbox, Refused, type Trouble } from "../core/outbox";
import type { ServerEvent } from "../core/events";
import { Api, type ChatLetter, type ChatLine, type QuoteCard, type Session, type SharedFile, type State } from "./api";

const FRESH: State = { conversation: null, state: "bot", agent: null, typing: false, read: 0, survey: false };
const TYPING_EVERY = 3_000;

export interface VisitEvents {
  /** Something to draw. */
  changed: () => void;
  /** Lines of ours that were not there before, after the first look. */
  heard: (lines: ChatLine[]) => void;
  /** The server will not take this; the visitor may change it. */
  refused: (letter: ChatLetter, why: string) => void;
}

export class Visit {
  state: State = FRESH;
  session: Session | null = null;
  connection: Connection = "connecting";
  /** The history is here; what comes from now on is news. */
  loaded = false;
  /** The last line that the visitor has seen, here or in another tab. */
  seen = 0;
  readonly transcript = new Transcript<ChatLine>();
  readonly progress = new Map<string, number>();
  private outbox: Outbox<ChatLetter> | null = null;
  private readonly feed: Feed;
  private beginning: Promise<void> | null = null;
  private typedAt = 0;
  /** Written before there was a session. */
  private early: ChatLetter[] = [];

  constructor(
    private readonly api: Api,
    private readonly storage: Storage | null,
    private readonly prefix: string,
    private identity: string,
    private readonly events: VisitEvents,
  ) {
    this.feed = new Feed({
      stream: () => this.api.url(`events?after=${this.transcript.after}`),
      poll: () => this.api.url(`messages?after=${this.transcript.after}&wait=${this.loaded}`),
      headers: () => this.api.headers(),
      event: (event) => this.told(event),
      polled: (answer) => this.polled(answer as State & { messages: ChatLine[] }),
      unauthorized: () => this.greet(),
      connection: (now) => this.connected(now),
    });
    this.restore();
  }

  /** Whether somebody has been here before, so that there may be news. */
  get known(): boolean {
    return this.api.token !== "" || this.identity !== "";
  }

  /** What is not sent yet. */
  get waiting(): ChatLetter[] {
    return [...(this.outbox?.waiting ?? []), ...this.early].filter((letter) => !this.transcript.has(letter.id));
  }

  get trouble(): Trouble {
    return this.outbox?.trouble ?? null;
  }

  get unread(): number {
    return this.transcript.lines.filter((line) => line.seq > this.seen && line.author !== "customer").length;
  }

  /** Fetch what was said and listen from then on; again and again until there is a connection. */
  begin(): Promise<void> {
    this.beginning ??= this.tryToBegin();
    return this.beginning;
  }

  say(text: string, shown = text): void {
    this.post({ text, shown });
  }

  sendPhoto(photo: string): void {
    this.post({ photo });
  }

  /** Take up what another tab or an earlier page left. */
  wake(): void {
    if (this.session) this.seen = Math.max(this.seen, Number(this.kept(`${this.session.scope}.seen`)) || 0);
    this.outbox?.wake();
    this.events.changed();
  }

  /** The visitor looks at all that is here. */
  look(): void {
    const last = this.transcript.after;
    if (last <= this.seen) return;
    this.seen = last;
    this.keep("seen", String(last));
    this.api.read(last).catch(() => undefined); // the next look tells it again
  }

  /** The visitor writes; a person at the other end is shown so. */
  types(): void {
    if (this.state.state !== "agent" || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    this.api.typing().catch(() => undefined);
  }

  async rate(score: number, reason: string): Promise<string> {
    const thanks = await this.api.rate(score, reason);
    this.state = { ...this.state, survey: false };
    return thanks;
  }

  /** The visitor's answer to a quote; its card says how it stands. */
  async answer(seq: number, card: QuoteCard, accept: boolean): Promise<void> {
    const now = await this.api.quote(card.token, accept);
    const line = this.transcript.lines.find((one) => one.seq === seq);
    if (line) this.transcript.merge([{ ...line, cards: (line.cards ?? []).map((one) => one === card ? now : one) }]);
    this.events.changed();
  }

  /** Let the browser save a file that an agent sent. */
  async save(seq: number, file: SharedFile): Promise<void> {
    const link = document.createElement("a");
    link.href = await this.api.file(seq, file.n);
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  photo(seq: number, n: number, small: boolean): Promise<string> {
    return this.api.photo(seq, n, small);
  }

  stop(): void {
    this.feed.stop();
  }

  private async tryToBegin(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      try {
        await this.greet();
        break;
      } catch (error) {
        console.warn("aftercare-chat:", error);
        this.connected("offline");
        await new Promise((done) => {
          setTimeout(done, Math.min(10_000, 500 * 2 ** failures));
          addEventListener("online", done, { once: true });
        });
      }
    }
    this.feed.start();
  }

  /** The visitor of an earlier page, at once: what is written offline is kept for them. */
  private restore(): void {
    try {
      const session = JSON.parse(this.kept("session")) as Session;
      this.api.token = session.token;
      if (!this.identity) this.enter(session);
    } catch { /* nobody was here */ }
  }

  private async greet(): Promise<void> {
    const before = this.session?.scope;
    const session = await this.api.session(this.identity).catch((error: unknown) => this.asNobody(error));
    this.keep("session", JSON.stringify(session));
    if (before === session.scope) this.session = session;
    else this.enter(session);
    void this.outbox?.flush();
  }

  /** The page's word for its customer does not count: the visitor is served all the same, as one whom nobody knows. */
  private asNobody(error: unknown): Promise<Session> {
    if (!(error instanceof Refused) || !this.identity) throw error;
    console.warn(`aftercare-chat: the visitor is anonymous, for data-identity was refused: ${error.message}`);
    this.identity = "";
    return this.api.session("");
  }

  /** Another person, or the first one: nothing of whoever was here before is shown or sent. */
  private enter(session: Session): void {
    this.session = session;
    this.transcript.clear();
    this.state = FRESH;
    this.loaded = false;
    this.seen = Number(this.kept(`${session.scope}.seen`)) || 0;
    this.outbox = this.newOutbox(session.scope);
    for (const letter of this.early.splice(0)) this.outbox.post(letter);
    this.events.changed();
  }

  private newOutbox(scope: string): Outbox<ChatLetter> {
    return new Outbox<ChatLetter>({
      storage: this.storage,
      prefix: `${this.prefix}${scope}.out.`,
      send: (letter) => this.api.send(letter, (part) => {
        this.progress.set(letter.id, part);
        this.events.changed();
      }),
      changed: () => this.events.changed(),
      refused: (letter, why) => this.events.refused(letter, why),
    });
  }

  private post(content: Partial<ChatLetter>): void {
    const letter: ChatLetter = { id: newId(), at: Date.now(), ...content };
    void this.begin();
    if (this.outbox) {
      this.outbox.post(letter);
      return;
    }
    this.early.push(letter);
    this.events.changed();
  }

  private told(event: ServerEvent): void {
    if (event.event === "line") this.take([JSON.parse(event.data) as ChatLine]);
    else if (event.event === "state") this.stands(JSON.parse(event.data) as State);
  }

  private polled(answer: State & { messages: ChatLine[] }): void {
    const { messages, ...state } = answer;
    this.take(messages);
    this.stands(state);
  }

  private take(lines: ChatLine[]): void {
    const last = this.transcript.after;
    this.transcript.merge(lines);
    for (const line of lines) {
      if (line.id === undefined) continue;
      this.outbox?.drop(line.id);
      this.progress.delete(line.id);
    }
    const news = lines.filter((line) => line.seq > last && line.author !== "customer");
    if (this.loaded && news.length) this.events.heard(news);
    this.events.changed();
  }

  /** The state comes after the lines that it goes with: by then the history is here. */
  private stands(state: State): void {
    this.state = state;
    this.loaded = true;
    this.events.changed();
  }

  private connected(now: Connection): void {
    this.connection = now;
    if (now === "live" || now === "polling") this.outbox?.wake();
    this.events.changed();
  }

  private kept(name: string): string {
    try {
      return this.storage?.getItem(this.prefix + name) ?? "";
    } catch {
      return "";
    }
  }

  private keep(name: string, value: string): void {
    const scoped = name === "seen" && this.session ? `${this.session.scope}.seen` : name;
    try {
      this.storage?.setItem(this.prefix + scoped, value);
    } catch { /* full or forbidden: it counts for this page only */ }
  }
}
