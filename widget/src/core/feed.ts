// What is new on the server, for ever: by server-sent events, or by polling where something on the way holds them back.
// It resumes by sequence number, so that nothing is lost whichever way it comes, and looks again when the page wakes up.

import { EventParser, type ServerEvent } from "./events";
import { pause } from "./outbox";

export type Connection = "connecting" | "live" | "polling" | "offline" | "stopped";

export interface FeedOptions {
  /** Where the events are. */
  stream: () => string;
  /** Where the same is asked for once; the server may hold the answer for some seconds. */
  poll: () => string;
  headers?: () => Record<string, string>;
  /** An event of the stream. */
  event: (event: ServerEvent) => void;
  /** An answer of the polled address. */
  polled: (answer: unknown) => void;
  /** The server does not know this session any more. */
  unauthorized?: () => Promise<void>;
  connection?: (now: Connection) => void;
  fetch?: typeof fetch;
  pause?: typeof pause;
  now?: () => number;
  /** ms without a byte after which a stream counts as held back or dead. */
  silence?: number;
  firstByte?: number;
}

const FIRST_BYTE = 6_000;
const SILENCE = 35_000; // the server breathes every 15 s
const STREAM_AGAIN = 300_000;
const LONGEST_PAUSE = 10_000;

class Unauthorized extends Error {}

export class Feed {
  private stopped = true;
  private woken = false;
  private current = new AbortController();
  private failures = 0;
  private streamsFailed = 0;
  private streamAgainAt = 0;
  private quiet: () => void = () => undefined;

  constructor(private readonly options: FeedOptions) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    addEventListener("online", this.wake);
    addEventListener("pageshow", this.wake);
    document.addEventListener("visibilitychange", this.seen);
    this.quiet = () => {
      removeEventListener("online", this.wake);
      removeEventListener("pageshow", this.wake);
      document.removeEventListener("visibilitychange", this.seen);
    };
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    this.quiet();
    this.current.abort();
    this.tell("stopped");
  }

  /** Ask anew at once, from the last number on: a connection that sleeping cut looks alive for minutes. */
  readonly wake = (): void => {
    this.failures = 0;
    this.woken = true;
    this.current.abort();
  };

  private readonly seen = (): void => {
    if (!document.hidden) this.wake();
  };

  private async run(): Promise<void> {
    while (this.isRunning()) {
      this.current = new AbortController();
      this.woken = false;
      const signal = this.current.signal;
      try {
        await (this.now() >= this.streamAgainAt ? this.stream(signal) : this.ask(signal));
        this.failures = 0;
      } catch (error) {
        if (this.wasWoken()) continue;
        if (error instanceof Unauthorized) await this.options.unauthorized?.().catch(() => undefined);
        this.failures += 1;
        this.tell("offline");
        this.current = new AbortController();
        const wait = Math.min(LONGEST_PAUSE, 500 * 2 ** (this.failures - 1));
        await (this.options.pause ?? pause)(wait, this.current.signal);
      }
    }
  }

  private async stream(signal: AbortSignal): Promise<void> {
    if (this.failures === 0) this.tell("connecting");
    let heard = false;
    const silence = new Alarm();
    try {
      silence.set(this.options.firstByte ?? FIRST_BYTE);
      const answer = await Promise.race([this.get(this.options.stream(), signal), silence.rings]);
      if (!answer.body || !(answer.headers.get("content-type") ?? "").includes("event-stream")) throw new Silent();
      const reader = answer.body.getReader();
      signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
      const decoder = new TextDecoder();
      const parser = new EventParser();
      for (;;) {
        const part = await Promise.race([reader.read(), silence.rings]);
        if (part.done) {
          if (!heard) throw new Silent();
          await (this.options.pause ?? pause)(250, signal);
          return;
        }
        silence.set(this.options.silence ?? SILENCE);
        if (!heard) {
          heard = true;
          this.streamsFailed = 0;
          this.failures = 0;
          this.tell("live");
        }
        for (const event of parser.push(decoder.decode(part.value, { stream: true }))) this.options.event(event);
      }
    } catch (error) {
      if (!heard && !this.wasWoken() && !(error instanceof Unauthorized)) this.streamFailed(error instanceof Silent);
      throw error;
    } finally {
      silence.clear();
      this.current.abort();
    }
  }

  /** A stream from which nothing came: asking still may work, so it is done for a while. */
  private streamFailed(held: boolean): void {
    this.streamsFailed += 1;
    if (held || this.streamsFailed >= 2) this.streamAgainAt = this.now() + STREAM_AGAIN;
  }

  private async ask(signal: AbortSignal): Promise<void> {
    const answer = await this.get(this.options.poll(), signal);
    this.options.polled(await answer.json());
    this.tell("polling");
    await (this.options.pause ?? pause)(250, signal);
  }

  private async get(url: string, signal: AbortSignal): Promise<Response> {
    const answer = await (this.options.fetch ?? fetch)(url, {
      headers: this.options.headers?.() ?? {}, signal, cache: "no-store",
    });
    if (answer.status === 401) throw new Unauthorized();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  private tell(now: Connection): void {
    this.options.connection?.(now);
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private wasWoken(): boolean {
    return this.woken || this.stopped;
  }

  private isRunning(): boolean {
    return !this.stopped;
  }
}

class Silent extends Error {}

/** Rejects `rings` when nobody set it again in time. */
class Alarm {
  readonly rings: Promise<never>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ring: () => void = () => undefined;

  constructor() {
    this.rings = new Promise((_, reject) => {
      this.ring = () => reject(new Silent());
    });
    this.rings.catch(() => undefined);
  }

  set(ms: number): void {
    this.clear();
    this.timer = setTimeout(this.ring, ms);
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
