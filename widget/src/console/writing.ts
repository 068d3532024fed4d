// What becomes of words on their way out of the composer: drafts, blanks, refusals, and what `/` and `@` ask for.

import { Refused } from "../core/outbox";

/** What the server answered to a message; `code` is there where the rules of the desk refused it. */
export interface Answered {
  status: number;
  message: string;
  problem: { code?: string };
}

/** The first blank of a canned reply that nobody has filled, or null. */
export function blankIn(words: string, blanks: readonly string[]): { name: string; at: number } | null {
  const found = blanks.map((name) => ({ name: `{${name}}`, at: words.indexOf(`{${name}}`) })).filter(({ at }) => at >= 0);
  return found.sort((one, other) => one.at - other.at)[0] ?? null;
}

/** A refusal brings the words back; anything else (no network, a session that ended) is tried again. */
export function judged(error: unknown): unknown {
  const answer = error as Partial<Answered> | null;
  const refused = typeof answer?.status === "number" && answer.status < 500
    && (answer.problem?.code !== undefined || answer.status === 422);
  return refused ? new Refused(answer.message ?? "") : error;
}

/** The draft once a refused letter is back in it: nothing typed is lost, nothing is there twice. */
export function together(letter: string, draft: string): string {
  return draft && draft !== letter ? `${letter}\n${draft}` : letter;
}

/** What is asked of the palette by the words before the caret: canned replies behind `/`, colleagues behind `@` in a
 * note; null for neither. */
export function asked(before: string, noting: boolean): string | null {
  const found = noting ? /(?:^|\s|[，。！？、])@(\S{0,12})$/.exec(before) : /^\/(\S{0,20})$/.exec(before);
  return found ? found[1] ?? "" : null;
}

/** `text` with `words` in place of the signs from `from` to `to`, and what is marked then: a blank, else the caret. */
export function inserted(
  text: string, words: string, from: number, to: number, blanks: readonly string[],
): { text: string; start: number; end: number } {
  const blank = blankIn(words, blanks);
  const start = from + (blank ? blank.at : words.length);
  return { text: text.slice(0, from) + words + text.slice(to), start, end: start + (blank ? blank.name.length : 0) };
}
