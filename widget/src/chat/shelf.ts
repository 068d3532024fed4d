// Photos of the conversation: fetched when they are drawn, kept as addresses of this page.

type Fetch = (seq: number, n: number, small: boolean) => Promise<string>;

export class PhotoShelf {
  private readonly kept = new Map<string, string | null>();

  constructor(private readonly fetch: Fetch, private readonly changed: () => void) {}

  /** The thumbnail; undefined while it is on its way, null when it could not be had. */
  small(seq: number, n: number): string | null | undefined {
    const key = `${seq}/${n}`;
    if (!this.kept.has(key)) void this.load(key, seq, n, true);
    return this.kept.get(key) ?? (this.kept.has(key) ? this.lost(key) : undefined);
  }

  /** The whole picture. A thumbnail that could not be had is tried again. */
  async large(seq: number, n: number): Promise<string | null> {
    if (this.kept.get(`${seq}/${n}`) === null) this.kept.delete(`${seq}/${n}`);
    await this.load(`${seq}/${n}/large`, seq, n, false);
    return this.kept.get(`${seq}/${n}/large`) ?? null;
  }

  clear(): void {
    for (const address of this.kept.values()) if (address) URL.revokeObjectURL(address);
    this.kept.clear();
  }

  private lost(key: string): string | null | undefined {
    return this.kept.get(key) === "" ? undefined : null;
  }

  private async load(key: string, seq: number, n: number, small: boolean): Promise<void> {
    if (this.kept.get(key)) return;
    this.kept.set(key, "");
    this.kept.set(key, await this.fetch(seq, n, small).catch(() => null));
    this.changed();
  }
}
