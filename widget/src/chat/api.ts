// The calls of desk, with the visitor's token. What the server refuses comes as Refused, with words for the visitor.

import { Refused, TooFast, type Letter } from "../core/outbox";
import type { Line } from "../core/line";

export interface TicketCard {
  kind: "ticket";
  number: string;
  status: string;
  next?: string;
}

export interface DecisionCard {
  kind: "decision";
  verdict: string;
  good: boolean;
  why?: string;
  cost?: string;
}

/** A quote to agree to; `said` is what it says under the lines, or how it was answered. */
export interface QuoteCard {
  kind: "quote";
  token: string;
  standing: "open" | "accepted" | "refused" | "late" | "over" | "gone";
  number?: string;
  lines: { name: string; amount: string }[];
  total: string;
  said: string;
}

/** What an agent sends besides pictures: `n` is its place in the line. */
export interface SharedFile {
  n: number;
  name: string;
  size: string;
}

export interface Photo {
  n: number;
  width?: number;
  height?: number;
}

export interface ChatLine extends Line {
  photos?: Photo[];
  files?: SharedFile[];
  cards?: (TicketCard | DecisionCard | QuoteCard)[];
  slots?: boolean;
}

/** How the conversation stands; `read` is the last line that somebody of the company has seen. */
export interface State {
  conversation: string | null;
  state: "bot" | "queued" | "agent" | "closed";
  agent: string | null;
  typing: boolean;
  read: number;
  survey: boolean;
}

export interface Session {
  token: string;
  scope: string;
  brand: string;
  company: string;
  longest: number;
}

/** A text with what was shown for it (a button's title), or a photo as a data URL. */
export interface ChatLetter extends Letter {
  text?: string;
  shown?: string;
  photo?: string;
}

export class Api {
  token = "";

  constructor(private readonly server: string, private readonly refusedText: string) {}

  url(path: string): string {
    return `${this.server}/chat/${path}`;
  }

  headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` };
  }

  /** Begin, or go on with, a visit. */
  async session(identity: string): Promise<Session> {
    const answer = await this.post("session", { token: this.token, identity });
    const session = (await answer.json()) as Session;
    this.token = session.token;
    return session;
  }

  async send(letter: ChatLetter, progress: (part: number) => void): Promise<void> {
    if (letter.photo === undefined) {
      await this.post("messages", { id: letter.id, text: letter.text ?? "" });
      return;
    }
    const form = new FormData();
    form.set("id", letter.id);
    form.set("file", blobOf(letter.photo), "photo.jpg");
    await this.upload("photos", form, progress);
  }

  async read(seq: number): Promise<void> {
    await this.post("read", { seq });
  }

  async typing(): Promise<void> {
    await this.post("typing", {});
  }

  /** What is said to a score. */
  async rate(score: number, reason: string): Promise<string> {
    const answer = await this.post("rating", { score, reason });
    return ((await answer.json()) as { thanks: string }).thanks;
  }

  /** The visitor's answer to a quote; how it stands then. */
  async quote(token: string, accept: boolean): Promise<QuoteCard> {
    const answer = await this.post("quotes", { token, accept });
    return (await answer.json()) as QuoteCard;
  }

  /** A photo, as an address that this page can show. */
  photo(seq: number, n: number, small: boolean): Promise<string> {
    return this.blob(`photos/${seq}/${n}?small=${small}`);
  }

  /** A file that an agent sent, as an address that this page can save. */
  file(seq: number, n: number): Promise<string> {
    return this.blob(`files/${seq}/${n}`);
  }

  private async blob(path: string): Promise<string> {
    const answer = await fetch(this.url(path), { headers: this.headers(), credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    return URL.createObjectURL(await answer.blob());
  }

  private async post(path: string, body: unknown): Promise<Response> {
    const answer = await fetch(this.url(path), {
      method: "POST",
      headers: { "Content-Type": "application/json", ...this.headers() },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    if (!answer.ok) throw await this.problem(answer.status, answer.headers.get("retry-after"), () => answer.json());
    return answer;
  }

  /** By XMLHttpRequest, because fetch does not tell how much has gone. */
  private upload(path: string, form: FormData, progress: (part: number) => void): Promise<void> {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.url(path));
      for (const [name, value] of Object.entries(this.headers())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => progress(event.lengthComputable ? event.loaded / event.total : 0);
      request.onerror = () => failed(new Error("network"));
      request.onload = () => {
        if (request.status < 300) {
          done();
          return;
        }
        const body = () => Promise.resolve(JSON.parse(request.responseText) as unknown);
        void this.problem(request.status, request.getResponseHeader("retry-after"), body).then(failed);
      };
      request.send(form);
    });
  }

  private async problem(status: number, retryAfter: string | null, body: () => Promise<unknown>): Promise<Error> {
    if (status === 429) return new TooFast(Number(retryAfter) || 5);
    if (status === 401 || status >= 500) return new Error(String(status));
    const told = (await body().catch(() => ({}))) as { detail?: string };
    return new Refused(told.detail ?? this.refusedText);
  }
}

/** The bytes of a data URL; a fetch of it would need the page's policy to allow that. */
function blobOf(dataUrl: string): Blob {
  const [head = "", content = ""] = dataUrl.split(",", 2);
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: /data:([^;]+)/.exec(head)?.[1] ?? "image/jpeg" });
}
