// What is to be sent: kept in the browser's storage until the server has it, sent one after the other, again after a
// failure. Each message carries an id of its own, so that sending it twice (two tabs, a lost answer) is once.

export interface Letter {
  id: string;
  /** When it was written, ms; the order of sending. */
  at: number;
}

/** The server will not take this message, now or later; `message` is for the person who wrote it. */
export class Refused extends Error {}

/** The server is not to be asked before `seconds` have passed. */
export class TooFast extends Error {
  constructor(readonly seconds: number) {
    super("too fast");
  }
}

export type Trouble = "offline" | "slow-down" | null;

export interface OutboxOptions<T extends Letter> {
  /** Where letters are kept; one key a letter, so that tabs do not overwrite each other's. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length"> | null;
  /** Begins every key. */
  prefix: string;
  /** Resolves when the server has stored it. Throws Refused, TooFast, or anything else for "try again". */
  send: (letter: T) => Promise<void>;
  /** Something changed: draw anew. */
  changed: () => void;
  refused: (letter: T, why: string) => void;
  pause?: (ms: number, hurry: AbortSignal) => Promise<void>;
}

const LONGEST_PAUSE = 15_000;

/** A fresh id; 128 random bits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Wait so many ms, or until `hurry`. */
export function pause(ms: number, hurry: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    hurry.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    }, { once: true });
  });
}

export class Outbox<T extends Letter> {
  trouble: Trouble = null;
  private readonly memory = new Map<string, T>();
  private sending = false;
  private hurry = new AbortController();

  constructor(private readonly options: OutboxOptions<T>) {}

  /** What is not sent yet, oldest first; also what another tab wrote. */
  get waiting(): T[] {
    const found = new Map(this.memory);
    const { storage, prefix } = this.options;
    for (let index = 0; index < (storage?.length ?? 0); index += 1) {
      const key = storage?.key(index) ?? "";
      if (!key.startsWith(prefix)) continue;
      const letter = this.read(key);
      if (letter && !found.has(letter.id)) found.set(letter.id, letter);
    }
    return [...found.values()].sort((one, other) => one.at - other.at || one.id.localeCompare(other.id));
  }

  /** Keep a letter and send it as soon as those before it are sent. */
  post(letter: T): void {
    try {
      this.options.storage?.setItem(this.options.prefix + letter.id, JSON.stringify(letter));
      if (!this.options.storage) this.memory.set(letter.id, letter);
    } catch {
      this.memory.set(letter.id, letter); // the storage is full or forbidden: only a reload loses it
    }
    this.options.changed();
    void this.flush();
  }

  /** The server has this one after all (its line came back), or its writer took it back. */
  drop(id: string): void {
    this.memory.delete(id);
    try {
      this.options.storage?.removeItem(this.options.prefix + id);
    } catch { /* nothing was kept there */ }
  }

  /** The network may be back: try at once. */
  wake(): void {
    this.hurry.abort();
    void this.flush();
  }

  /** Send what waits; resolves when nothing waits any more. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    let failures = 0;
    for (let letter = this.waiting[0]; letter; letter = this.waiting[0]) {
      const wait = await this.attempt(letter, failures);
      failures = wait === null ? 0 : failures + 1;
      this.options.changed();
      if (wait === null) continue;
      this.hurry = new AbortController();
      await (this.options.pause ?? pause)(wait, this.hurry.signal);
    }
    this.sending = false;
  }

  /** Null when the letter is done with, else ms to wait. */
  private async attempt(letter: T, failures: number): Promise<number | null> {
    try {
      await this.options.send(letter);
    } catch (error) {
      if (error instanceof Refused) {
        this.drop(letter.id);
        this.options.refused(letter, error.message);
        return null;
      }
      this.trouble = error instanceof TooFast ? "slow-down" : "offline";
      const wait = error instanceof TooFast ? error.seconds * 1000 : 1000 * 2 ** failures;
      return Math.min(LONGEST_PAUSE, wait);
    }
    this.drop(letter.id);
    this.trouble = null;
    return null;
  }

  private read(key: string): T | null {
    try {
      return JSON.parse(this.options.storage?.getItem(key) ?? "null") as T | null;
    } catch {
      return null;
    }
  }
}
