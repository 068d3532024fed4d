// The lines of the open conversation: by number, each once, and begun anew where an answer leaves a gap.

import type { Line } from "./page";

export class Lines {
  private readonly bySeq = new Map<number, Line>();

  constructor(first: readonly Line[] = []) {
    for (const line of first) this.bySeq.set(line.seq, line);
  }

  get all(): Line[] {
    return [...this.bySeq.values()].sort((one, other) => one.seq - other.seq);
  }

  /** The number of the last line that is here, 0 when there is none. */
  get last(): number {
    return Math.max(0, ...this.bySeq.keys());
  }

  /** The number of the first line that is here; whether there are earlier ones follows from it. */
  get first(): number {
    return this.bySeq.size ? Math.min(...this.bySeq.keys()) : 1;
  }

  has(seq: number): boolean {
    return this.bySeq.has(seq);
  }

  /** Take what came behind the last line; the lines that were not here before. */
  append(news: readonly Line[]): Line[] {
    const fresh = news.filter((line) => !this.bySeq.has(line.seq));
    // More was said than one answer carries: begin anew at the end, the older lines are there on demand.
    if (fresh.length && (fresh[0]?.seq ?? 0) > this.last + 1) this.bySeq.clear();
    for (const line of news) this.bySeq.set(line.seq, line);
    return fresh;
  }

  /** Take what came before the first line. */
  prepend(older: readonly Line[]): void {
    for (const line of older) this.bySeq.set(line.seq, line);
  }
}
