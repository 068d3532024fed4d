// One line of a conversation as the server tells it. `seq` numbers lines without gaps for ever; `id` is the sender's own.

export interface Button {
  title: string;
  payload: string;
}

export interface Line {
  seq: number;
  id?: string;
  author: "customer" | "bot" | "agent" | "system" | "note";
  text: string;
  at: string;
  name?: string;
  buttons?: Button[];
}

/** Lines by number: the same line twice is one, a later form of a line replaces the earlier. */
export class Transcript<L extends Line> {
  private readonly bySeq = new Map<number, L>();
  private sorted: readonly L[] | null = null;

  /** The number of the last line that is here; what comes `after` it is still to be fetched. */
  after = 0;

  /** Take lines in any order; tells whether one was new. */
  merge(lines: readonly L[]): boolean {
    let news = false;
    for (const line of lines) {
      news ||= !this.bySeq.has(line.seq);
      this.bySeq.set(line.seq, line);
      this.after = Math.max(this.after, line.seq);
    }
    if (lines.length) this.sorted = null;
    return news;
  }

  /** All lines, in order. */
  get lines(): readonly L[] {
    this.sorted ??= [...this.bySeq.values()].sort((one, other) => one.seq - other.seq);
    return this.sorted;
  }

  /** Whether a line with the sender's own `id` has come back from the server. */
  has(id: string): boolean {
    return this.lines.some((line) => line.id === id);
  }

  clear(): void {
    this.bySeq.clear();
    this.sorted = null;
    this.after = 0;
  }
}
