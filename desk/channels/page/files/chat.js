"use strict";
// The chat page: sends with an id of its own, shows what the server stored, and resumes by line number.

const find = (id) => document.getElementById(id);
const log = find("log"), text = find("text"), send = find("send"), scroll = find("scroll");
const typing = find("typing"), trouble = find("trouble"), who = find("who"), hello = find("hello");
const brand = document.body.dataset.brand;
const OUTBOX = "aftercare.outbox";

let after = 0;
let lastSpeaker = "";
let state = "bot";
let sending = false;
const drawn = new Map(); // id of a message of ours -> its line

function element(tag, className, content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content !== undefined) made.textContent = content;
  return made;
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What is not sent yet survives a reload.
function outbox() {
  try { return JSON.parse(localStorage.getItem(OUTBOX)) || []; } catch { return []; }
}
function keep(messages) {
  try { localStorage.setItem(OUTBOX, JSON.stringify(messages)); } catch { /* private mode: only a reload loses it */ }
  unsent = messages;
}
let unsent = outbox();

function atEnd() { return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80; }
function toEnd() { scroll.scrollTop = scroll.scrollHeight; }

function bubble(line, content, at) {
  const shown = element("button", "bubble", content);
  shown.type = "button";
  const clock = element("time", "", new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }));
  clock.dateTime = at;
  shown.setAttribute("aria-expanded", "false");
  shown.addEventListener("click", () => {
    shown.setAttribute("aria-expanded", String(line.classList.toggle("shown")));
  });
  line.append(shown, clock);
}

function speaker(message) {
  if (message.author === "bot") return [brand, "智能助手"];
  if (message.author === "agent") return [message.name || "客服", "客服"];
  return null;
}

function endOffers() {
  for (const button of log.querySelectorAll(".chips button")) button.disabled = true;
}

function draw(message) {
  const mine = message.author === "customer" && message.id ? drawn.get(message.id) : undefined;
  if (mine) {
    mine.classList.remove("waiting");
    mine.querySelector(".again")?.remove();
    if (message.seq) {
      mine.querySelector(".bubble").textContent = message.text;
      drawn.delete(message.id);
    }
    return;
  }
  if (message.author !== "system") endOffers();
  const line = element("li", message.author);
  const named = speaker(message);
  const key = message.author + (message.name || "");
  if (named && key !== lastSpeaker) {
    const name = element("span", "name");
    name.append(element("b", "", named[0]), element("span", "mark", named[1]));
    line.append(name);
  }
  if (message.author !== "system") lastSpeaker = key;
  if (message.author === "system") line.textContent = message.text;
  else if (message.text) bubble(line, message.text, message.at);
  if (message.buttons) line.append(offers(message.buttons));
  log.append(line);
  return line;
}

function offers(buttons) {
  const row = element("ul", "chips");
  for (const { title, payload } of buttons) {
    const button = element("button", "", title);
    button.type = "button";
    button.addEventListener("click", () => say(payload, title));
    const item = element("li");
    item.append(button);
    row.append(item);
  }
  return row;
}

function say(content, shown) {
  content = content.trim();
  if (!content) return;
  const message = { id: newId(), text: content, shown: shown || content };
  keep([...unsent, message]);
  drawWaiting(message);
  toEnd();
  flush();
}

function drawWaiting(message) {
  const line = draw({ author: "customer", text: message.shown, at: new Date().toISOString(), id: message.id });
  line.classList.add("waiting");
  drawn.set(message.id, line);
  hello.hidden = true;
}

function complain(words) {
  trouble.textContent = words || "";
  trouble.hidden = !words;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function flush() {
  if (sending) return;
  sending = true;
  for (let tries = 0; unsent.length; ) {
    const message = unsent[0];
    let answer;
    try {
      answer = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: message.text, id: message.id }),
      });
    } catch { /* no network: try again below */ }
    if (answer && answer.ok) {
      keep(unsent.slice(1));
      drawn.get(message.id)?.classList.remove("waiting");
      complain();
      tries = 0;
      continue;
    }
    if (answer && answer.status < 500 && answer.status !== 429) {
      const problem = await answer.json().catch(() => ({}));
      keep(unsent.slice(1));
      drawn.get(message.id)?.remove();
      drawn.delete(message.id);
      if (!text.value) { text.value = message.text; fit(); }
      complain(problem.detail || "没有发出去，请再试一次。");
      continue;
    }
    complain(answer && answer.status === 429 ? "消息发得有点快，稍等会自动发出。" : "网络不太好，消息已保存，连上后会自动发出。");
    await pause(Math.min(15000, 1000 * 2 ** tries++));
  }
  sending = false;
}

function show(found) {
  const stay = atEnd();
  for (const message of found.messages) {
    draw(message);
    after = Math.max(after, message.seq);
  }
  if (found.state !== state) {
    state = found.state;
    who.textContent = { queued: "正在为您接通人工客服", agent: "人工客服为您服务" }[state] || `${brand} · 智能助手`;
  }
  typing.hidden = !found.typing;
  hello.hidden = log.childElementCount > 0;
  if (stay) toEnd();
}

async function listen() {
  for (let tries = 0, first = true; ; first = false) {
    try {
      const answer = await fetch(`/chat/messages?after=${after}&wait=${!first}`, { cache: "no-store" });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      if (first) {
        for (const message of unsent) drawWaiting(message);
        flush();
        toEnd();
      }
      tries = 0;
    } catch {
      typing.hidden = true;
      await Promise.race([pause(Math.min(10000, 500 * 2 ** tries++)), new Promise((back) => { wake = back; })]);
    }
  }
}
let wake = () => {};
for (const event of ["online", "pageshow"]) addEventListener(event, () => wake());
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(132, text.scrollHeight + 2)}px`;
  send.disabled = !text.value.trim();
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = text.value;
  if (!content.trim()) return;
  text.value = "";
  fit();
  say(content);
  text.focus();
});
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  // While pinyin is being composed, Enter chooses letters and must not send.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  find("form").requestSubmit();
});
hello.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say]");
  if (button) say(button.dataset.say);
});

fit();
listen();
