import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../src/core/events";
import { Transcript, type Line } from "../src/core/line";
import { newId, Outbox, Refused, TooFast, type Letter } from "../src/core/outbox";
import { pieces } from "../src/core/textlinks";
import { sends } from "../src/core/typing";

class Store {
  private readonly kept = new Map<string, string>();
  full = false;
  get length(): number { return this.kept.size; }
  key(index: number): string | null { return [...this.kept.keys()][index] ?? null; }
  getItem(key: string): string | null { return this.kept.get(key) ?? null; }
  removeItem(key: string): void { this.kept.delete(key); }
  setItem(key: string, value: string): void {
    if (this.full) throw new Error("QuotaExceededError");
    this.kept.set(key, value);
  }
}

function line(seq: number, text = `line ${seq}`): Line {
  return { seq, author: "bot", text, at: "2026-11-21T10:00:00+08:00" };
}

function box(storage: Store | null, send: (letter: Letter) => Promise<void>) {
  const waits: number[] = [];
  const refused: string[] = [];
  const made = new Outbox<Letter>({
    storage, prefix: "t.", send, changed: () => undefined, refused: (_, why) => refused.push(why),
    pause: (ms) => { waits.push(ms); return Promise.resolve(); },
  });
  return { made, waits, refused };
}

test("lines are in order, once, and a later form replaces the earlier", () => {
  const transcript = new Transcript<Line>();
  assert.equal(transcript.merge([line(2), line(1)]), true);
  assert.equal(transcript.merge([line(2, "later")]), false);
  assert.deepEqual(transcript.lines.map((found) => found.text), ["line 1", "later"]);
  assert.equal(transcript.after, 2);
});

test("letters are sent in the order of writing, one after the other", async () => {
  const sent: string[] = [];
  const store = new Store();
  const { made } = box(store, (letter) => { sent.push(letter.id); return Promise.resolve(); });
  made.post({ id: "b", at: 2 });
  made.post({ id: "a", at: 1 });
  made.post({ id: "c", at: 3 });
  await new Promise(setImmediate);
  assert.deepEqual(sent, ["b", "a", "c"]);
  assert.equal(store.length, 0);
});

test("a failure keeps the letter and tries again, slower each time", async () => {
  let left = 3;
  const { made, waits } = box(new Store(), () => (left-- > 0 ? Promise.reject(new Error("offline")) : Promise.resolve()));
  made.post({ id: "a", at: 1 });
  assert.equal(made.waiting.length, 1);
  await new Promise(setImmediate);
  assert.deepEqual(waits, [1000, 2000, 4000]);
  assert.equal(made.waiting.length, 0);
});

test("too fast waits as long as it is told", async () => {
  let left = 1;
  const { made, waits } = box(new Store(), () => (left-- > 0 ? Promise.reject(new TooFast(7)) : Promise.resolve()));
  made.post({ id: "a", at: 1 });
  await new Promise(setImmediate);
  assert.deepEqual(waits, [7000]);
});

test("what the server refuses is given back and does not hold up the rest", async () => {
  const sent: string[] = [];
  const { made, refused } = box(new Store(), (letter) => {
    if (letter.id === "a") return Promise.reject(new Refused("too long"));
    sent.push(letter.id);
    return Promise.resolve();
  });
  made.post({ id: "a", at: 1 });
  made.post({ id: "b", at: 2 });
  await new Promise(setImmediate);
  assert.deepEqual([refused, sent], [["too long"], ["b"]]);
});

test("letters outlive a reload; a full storage does not stop them", async () => {
  const store = new Store();
  const never = () => new Promise<void>(() => undefined);
  box(store, never).made.post({ id: "a", at: 1 });
  assert.deepEqual(box(store, never).made.waiting.map((letter) => letter.id), ["a"]);
  store.full = true;
  const sent: string[] = [];
  const { made } = box(store, (letter) => { sent.push(letter.id); return Promise.resolve(); });
  made.post({ id: "b", at: 2 });
  await new Promise(setImmediate);
  assert.deepEqual(sent, ["a", "b"]);
});

test("events come whole however they are cut", () => {
  const text = ": hello\n\nid: 3\nevent: line\ndata: {\"a\":\ndata: 1}\n\r\nevent: state\r\ndata: x\r\n\r\n";
  const parser = new EventParser();
  const found = Array.from(text).flatMap((character) => parser.push(character));
  assert.deepEqual(found, [
    { id: "3", event: "line", data: "{\"a\":\n1}" }, { id: "", event: "state", data: "x" },
  ]);
});

test("links and telephone numbers are found, and nothing else becomes a link", () => {
  const links = (text: string) => pieces(text).filter((piece) => piece.href).map((piece) => piece.href);
  assert.deepEqual(links("见https://a.cn/x?y=1。电话13800138000"), ["https://a.cn/x?y=1", "tel:13800138000"]);
  assert.deepEqual(links("打400-800-1234或010-12345678，急救120"), ["tel:4008001234", "tel:01012345678", "tel:120"]);
  for (const text of ["javascript:alert(1)", "data:text/html,x", "维修费120元", "TK20261121-0001", "SN13800138000X",
    "订单2026112113800138000", "https://user:pw@evil.cn", "12000"]) {
    assert.deepEqual(links(text), [], text);
  }
  const text = "先https://a.cn，再13800138000。";
  assert.equal(pieces(text).map((piece) => piece.text).join(""), text);
});

test("Enter sends, but not while an input method composes", () => {
  const press = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };
  assert.equal(sends(press), true);
  assert.equal(sends({ ...press, isComposing: true }), false);
  assert.equal(sends({ ...press, ["keyCode"]: 229 }), false);
  assert.equal(sends({ ...press, shiftKey: true }), false);
  assert.equal(sends({ ...press, key: "a" }), false);
});

test("ids are long and different", () => {
  assert.match(newId(), /^[0-9a-f]{32}$/);
  assert.notEqual(newId(), newId());
});
