import assert from "node:assert/strict";
import { test } from "node:test";
import { newsOf } from "../src/console/alerts";
import { Lines } from "../src/console/lines";
import type { Line, Row } from "../src/console/page";
import { asked, blankIn, inserted, judged, together } from "../src/console/writing";
import { Outbox, Refused, type Letter } from "../src/core/outbox";

const BLANKS = ["客户称呼", "工单号"];

function said(seq: number, text = `line ${seq}`): Line {
  return { seq, author: "customer", text, at: "2026-11-21T10:00:00+08:00", clock: "10:00" };
}

function seqs(lines: Lines): number[] {
  return lines.all.map((line) => line.seq);
}

test("a transcript takes each line once, in order, in its latest form", () => {
  const lines = new Lines([said(2), said(1)]);
  assert.deepEqual(lines.append([said(2, "changed"), said(3)]).map((line) => line.seq), [3]);
  assert.deepEqual(seqs(lines), [1, 2, 3]);
  assert.equal(lines.all[1]?.text, "changed");
  assert.deepEqual([lines.first, lines.last, lines.has(3), lines.has(4)], [1, 3, true, false]);
});

test("an event that comes twice or says nothing new changes nothing", () => {
  const lines = new Lines([said(1), said(2)]);
  assert.deepEqual(lines.append([]), []);
  assert.deepEqual(lines.append([said(1), said(2)]), []);
  assert.deepEqual(seqs(lines), [1, 2]);
});

test("after a long sleep the transcript begins anew at its end, without a hole", () => {
  const lines = new Lines([said(1), said(2)]);
  assert.equal(lines.append([said(150), said(151)]).length, 2);
  assert.deepEqual(seqs(lines), [150, 151]);
  lines.prepend([said(148), said(149)]);
  assert.deepEqual([seqs(lines), lines.first], [[148, 149, 150, 151], 148]);
});

test("an empty transcript asks for everything and offers nothing earlier", () => {
  const lines = new Lines();
  assert.deepEqual([lines.last, lines.first, lines.all], [0, 1, []]);
  assert.equal(lines.append([said(1)]).length, 1);
});

test("what is still blank is found, the first one first, and nothing else counts", () => {
  assert.deepEqual(blankIn("单号{工单号}，{客户称呼}", BLANKS), { name: "{工单号}", at: 2 });
  assert.equal(blankIn("{别的} 单号 TK1", BLANKS), null);
});

test("a canned reply takes the place of what was typed, its blank is marked to be typed over", () => {
  assert.deepEqual(inserted("/wh", "您好{客户称呼}，", 0, 3, BLANKS), { text: "您好{客户称呼}，", start: 2, end: 8 });
  assert.deepEqual(inserted("好的 /x 再见", "稍等", 3, 5, BLANKS), { text: "好的 稍等 再见", start: 5, end: 5 });
});

test("a slash asks for replies at the beginning only, an at sign for colleagues in notes only", () => {
  assert.deepEqual(["/", "/发票", "1/2", "好 /发票", "/两 个"].map((words) => asked(words, false)), ["", "发票", null, null, null]);
  assert.deepEqual(["@", "看看，@李", "a@b", "@李 "].map((words) => asked(words, true)), ["", "李", null, null]);
  assert.equal(asked("@李", false), null);
});

test("a refusal by the rules brings the words back, everything else is tried again", () => {
  const answer = (status: number, code?: string) => Object.assign(new Error("why"), {
    status, problem: code === undefined ? {} : { code },
  });
  for (const refused of [answer(409, "stale"), answer(403, "not_yours"), answer(422)]) {
    assert.ok(judged(refused) instanceof Refused);
    assert.equal((judged(refused) as Refused).message, "why");
  }
  for (const passing of [answer(401), answer(403), answer(429), answer(502, "unavailable"), new Error("offline"), null]) {
    assert.equal(judged(passing), passing);
  }
});

test("words that come back stand before what was typed meanwhile, once", () => {
  assert.equal(together("您好", ""), "您好");
  assert.equal(together("您好", "师傅十点到"), "您好\n师傅十点到");
  assert.equal(together("您好", "您好"), "您好");
});

test("a colleague was faster: the letter is given back once, the next one goes on", async () => {
  const sent: string[] = [], back: string[] = [];
  const refusal = judged(Object.assign(new Error("已被李姐接手"), { status: 409, problem: { code: "stale" } }));
  assert.ok(refusal instanceof Error);
  const outbox = new Outbox<Letter & { text: string }>({
    storage: null, prefix: "t.", changed: () => undefined, refused: (letter, why) => back.push(`${letter.text}: ${why}`),
    send: (letter) => {
      sent.push(letter.text);
      return letter.text === "一" ? Promise.reject(refusal) : Promise.resolve();
    },
  });
  outbox.post({ id: "a", at: 1, text: "一" });
  outbox.post({ id: "b", at: 2, text: "二" });
  await new Promise((done) => setTimeout(done, 10));
  assert.deepEqual([sent, back, outbox.waiting], [["一", "二"], ["一: 已被李姐接手"], []]);
});

test("what concerns a colleague is told once: who waits, what is given to them, where they are named, who wrote", () => {
  const row = (more: Partial<Row>): Row => ({
    id: "cv-1", part: "open", order: "", name: "张**", vip: false, channel: "网页", words: "", author: null, since: null,
    severity: null, why: "", group: null, urgent: false, unread: 0, mentioned: false, ...more,
  });
  const queue = row({ part: "queue" }), mine = row({ part: "mine" });
  assert.equal(newsOf(queue, undefined, "", false), "waits");
  assert.equal(newsOf(queue, queue, "", false), null);
  assert.equal(newsOf(mine, queue, "cv-2", false), "given");
  assert.equal(newsOf(mine, queue, "cv-1", false), null); // taken by themselves
  assert.equal(newsOf(mine, mine, "cv-2", false), null);
  assert.equal(newsOf(row({ mentioned: true }), row({}), "", false), "named");
  assert.equal(newsOf(row({ mentioned: true }), row({ mentioned: true }), "", false), null);
  assert.equal(newsOf(row({ part: "mine", unread: 2 }), row({ part: "mine", unread: 1 }), "", true), "wrote");
  assert.equal(newsOf(row({ part: "mine", unread: 2 }), row({ part: "mine", unread: 1 }), "", false), null);
});
