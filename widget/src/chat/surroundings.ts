// What is around the chat: how large the screen is, light or dark, whether anybody looks, what other tabs do.

const SMALL = "(max-width: 480px), (max-height: 480px)";

export interface Told {
  /** The screen or its colours have changed. */
  fit: () => void;
  /** Somebody looks at the page again. */
  back: () => void;
  /** Another tab has written, or the network is back. */
  news: () => void;
}

export class Surroundings {
  private readonly screen = matchMedia(SMALL);
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private readonly heard: [EventTarget | null, string, () => void][];

  constructor(told: Told) {
    const back = (): void => {
      if (!document.hidden) told.back();
    };
    this.heard = [
      [this.screen, "change", told.fit], [this.darkness, "change", told.fit],
      [visualViewport, "resize", told.fit], [visualViewport, "scroll", told.fit],
      [document, "visibilitychange", back], [window, "storage", told.news], [window, "online", told.news],
    ];
  }

  /** Whether the chat has to cover the screen. */
  get small(): boolean {
    return this.screen.matches;
  }

  get dark(): boolean {
    return this.darkness.matches;
  }

  start(): void {
    for (const [target, event, heard] of this.heard) target?.addEventListener(event, heard);
  }

  stop(): void {
    for (const [target, event, heard] of this.heard) target?.removeEventListener(event, heard);
  }
}
