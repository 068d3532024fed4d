// What changes is heard by one tab for all: browsers hold few connections to a host, and agents open many tabs.

import { Feed } from "../core/feed";
import { call, complain, find, signIn, t } from "./page";

export interface LiveOptions {
  /** These topics changed; null: anything may have, fetch all. `first` is true in the one tab that tells people. */
  changed: (topics: string[] | null) => void;
  /** What this colleague is to the others by now: a line takes its conversations back from who is silent. */
  presence: (now: string) => void;
}

const BEAT_EVERY = 20_000;

export class Live {
  /** Whether this tab is the one that rings. */
  leads = false;
  private readonly feed: Feed;
  private readonly others = "BroadcastChannel" in window ? new BroadcastChannel("aftercare.console") : null;
  private beatAt = 0;

  constructor(private readonly options: LiveOptions) {
    this.feed = new Feed({
      stream: () => "/console/api/events",
      poll: () => "/console/api/changes",
      event: (event) => {
        this.beat();
        if (event.event === "changed") this.tell(JSON.parse(event.data) as string[]);
      },
      polled: () => {
        this.beat();
        this.tell(null); // between two questions something may have been told
      },
      unauthorized: () => {
        signIn();
        return Promise.resolve();
      },
      connection: (now) => {
        if (now === "offline") complain(t("offline"));
        else if (now === "live" || now === "polling") {
          const bar = find("trouble");
          if (bar.textContent === t("offline")) complain();
          if (now === "live") this.tell(null); // what happened while there was no stream
        }
      },
    });
    this.others?.addEventListener("message", (event: MessageEvent<string[] | null>) => this.options.changed(event.data));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.options.changed(null);
    });
    setInterval(() => this.beat(), BEAT_EVERY);
    this.lead();
  }

  private lead(): void {
    const start = (): void => {
      this.leads = true;
      this.feed.start();
    };
    // Without locks (plain http on a network) each tab listens for itself.
    if (!("locks" in navigator) || !this.others) { start(); return; }
    void navigator.locks.request("aftercare.console", () => {
      start();
      return new Promise<never>(() => undefined); // held until the tab is closed
    });
  }

  private tell(topics: string[] | null): void {
    this.options.changed(topics);
    this.others?.postMessage(topics);
  }

  /** This colleague's console is open. Timers of hidden tabs are slow, so events of the stream beat too. */
  private beat(): void {
    if (!this.leads || Date.now() - this.beatAt < BEAT_EVERY - 1_000) return;
    this.beatAt = Date.now();
    void call<{ presence: string }>("/console/api/presence", {}).then((answer) => this.options.presence(answer.presence)).catch(() => {
      this.beatAt = 0;
    });
  }
}
