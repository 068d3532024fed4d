import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed, type Connection, type FeedOptions } from "../src/core/feed";

const nothing = (): void => undefined;
Object.assign(globalThis, {
  addEventListener: nothing, removeEventListener: nothing,
  document: { addEventListener: nothing, removeEventListener: nothing, hidden: false },
});

interface Run {
  asked: string[];
  heard: string[];
  connections: Connection[];
}

/** Run a feed over `answer` until `enough`. */
async function run(answer: (url: string) => Response, enough: (so: Run) => boolean, more: Partial<FeedOptions> = {}) {
  const so: Run = { asked: [], heard: [], connections: [] };
  const feed: Feed = new Feed({
    stream: () => "stream", poll: () => "poll",
    fetch: (url) => {
      so.asked.push(url as string);
      return Promise.resolve(answer(url as string));
    },
    event: (event) => so.heard.push(event.data),
    polled: (found) => so.heard.push(String(found)),
    connection: (now) => so.connections.push(now),
    pause: () => new Promise((done) => setTimeout(done, 1)),
    firstByte: 20, silence: 40,
    ...more,
  });
  feed.start();
  for (let waited = 0; !enough(so) && waited < 2000; waited += 5) await new Promise((done) => setTimeout(done, 5));
  feed.stop();
  assert.ok(enough(so), JSON.stringify(so));
  return so;
}

function stream(...parts: string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (control) => parts.forEach((part) => control.enqueue(encoder.encode(part))),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

test("events come as they are told", async () => {
  const so = await run(() => stream(": hello\n\n", "data: one\n\nda", "ta: two\n\n"), ({ heard }) => heard.length === 2);
  assert.deepEqual(so.heard, ["one", "two"]);
  assert.ok(so.connections.includes("live"));
});

test("a stream that is held back is given up for asking", async () => {
  const so = await run((url) => url === "stream" ? stream() : Response.json("asked"), ({ heard }) => heard.length > 1);
  assert.equal(so.asked.filter((url) => url === "stream").length, 1);
  assert.ok(so.connections.includes("polling"));
});

test("one failure does not end streaming, two do", async () => {
  let failures = 2;
  const answer = (url: string) => url !== "stream" ? Response.json("asked")
    : failures-- > 0 ? new Response("", { status: 502 }) : stream("data: x\n\n");
  const so = await run(answer, ({ heard }) => heard.includes("asked"));
  assert.deepEqual(so.asked.slice(0, 3), ["stream", "stream", "poll"]);
});

test("a stream that falls silent is asked for again", async () => {
  const so = await run(() => stream("data: x\n\n"), ({ heard }) => heard.length > 1);
  assert.deepEqual(new Set(so.asked), new Set(["stream"]));
});

test("an unknown session is begun anew", async () => {
  let known = false;
  const greet = () => {
    known = true;
    return Promise.resolve();
  };
  const answer = () => known ? stream("data: x\n\n") : new Response("", { status: 401 });
  const so = await run(answer, ({ heard }) => heard.length > 0, { unauthorized: greet });
  assert.equal(so.asked.length, 2);
});
