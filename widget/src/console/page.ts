// What every part of the console needs: the page's data, its texts, and calls that carry the session's token.

export interface Line {
  seq: number;
  id?: string;
  author: "customer" | "bot" | "agent" | "system" | "note";
  text: string;
  at: string;
  clock: string;
  name?: string;
  offers?: string[];
  attachments?: Attachment[];
  steps?: string[];
  trouble?: string;
}

export interface Attachment {
  url?: string;
  name?: string;
  type?: string;
}

export type Part = "queue" | "mine" | "open" | "closed";

export interface Row {
  id: string;
  part: Part;
  order: string;
  name: string;
  vip: boolean;
  channel: string;
  words: string;
  author: string | null;
  since: string | null;
  severity: string | null;
  why: string;
  group: string | null;
  urgent: boolean;
  unread: number;
  mentioned: boolean;
}

export interface May {
  take: boolean;
  transfer: boolean;
  give_back: boolean;
  close: boolean;
  say: boolean;
  reveal: boolean;
}

export interface Chat {
  id: string;
  name: string;
  channel: string;
  state: string;
  status: string;
  version: number;
  owner: string | null;
  may: May;
  last: number;
  lines: Line[];
  undelivered: { seq: number; trouble: string }[];
  typing: boolean;
}

interface Texts {
  [key: string]: string | Texts;
}

export interface Boot {
  me: { id: number; name: string };
  texts: Texts;
  blanks: string[];
  list: Row[];
  /** How many rows a part shows at most. */
  most: Record<Part, number>;
  chat: Chat | null;
}

/** A call that the server answered with an error; `code` says which, the message says it in words. */
export class Failed extends Error {
  constructor(readonly status: number, readonly problem: { detail?: string; code?: string }) {
    super(problem.detail ?? String(status));
  }
}

export function find(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id}`);
  return found;
}

export function maybe(id: string): HTMLElement | null {
  return document.getElementById(id);
}

let boot: Boot | null = null;

/** The data that the page brought; null on pages without chats. */
export function booted(): Boot | null {
  const holder = maybe("boot");
  if (!boot && holder) boot = JSON.parse(holder.textContent) as Boot;
  return boot;
}

/** The text `key` of console.ui with its blanks filled. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  let found: string | Texts | undefined = booted()?.texts;
  for (const name of key.split(".")) found = typeof found === "object" ? found[name] : undefined;
  const words = typeof found === "string" ? found : key;
  return words.replace(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}

export async function call<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, {
    cache: "no-store",
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset["csrf"] ?? "" },
      body: JSON.stringify(body),
    }),
  });
  if (answer.status === 401) signIn();
  if (!answer.ok) throw new Failed(answer.status, await answer.json().catch(() => ({})) as { detail?: string });
  return await answer.json() as T;
}

/** A part of a page that the server made. It is parsed in a document of its own, where no script runs. */
export async function fragment(path: string): Promise<Node[]> {
  const answer = await fetch(path, { cache: "no-store" });
  if (answer.status === 401) signIn();
  if (!answer.ok) throw new Failed(answer.status, {});
  return [...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes];
}

export function signIn(): void {
  location.assign(`/console/login?next=${encodeURIComponent(location.pathname)}`);
}

/** Say what went wrong, or that nothing is wrong any more. */
export function complain(words = ""): void {
  const bar = find("trouble");
  bar.textContent = words;
  bar.hidden = !words;
}

export function because(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function stored(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function store(key: string, value: string): void {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch { /* private mode: only a reload loses it */ }
}
