// The console's script: fetches what is new every two seconds, sends commands, and never touches what is being typed.

const find = (id) => document.getElementById(id);
const about = document.body.dataset;
const chat = about.chat;
const base = chat ? `/console/api/chats/${encodeURIComponent(chat)}` : `/console/api/tickets/${about.ticket}`;
const EVERY = 2000, HIDDEN_EVERY = 10000, PANEL_EVERY = 30000;
let version = Number(about.version ?? -1), last = Number(about.last ?? 0), mark = about.mark ?? "";
let busy = false, wake = () => {}, panelAt = Date.now();

const pause = (ms) => new Promise((done) => { const timer = setTimeout(done, ms); wake = () => { clearTimeout(timer); done(); }; });

function complain(words) {
  const bar = find("trouble");
  bar.textContent = words || "";
  bar.hidden = !words;
}

class Failed extends Error {
  constructor(status, problem) { super(problem.detail || String(status)); this.status = status; this.problem = problem; }
}

async function call(path, body) {
  const answer = await fetch(path, body === undefined ? { cache: "no-store" } : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": about.csrf },
    body: JSON.stringify(body),
  });
  if (answer.status === 401) { location.assign(`/console/login?next=${encodeURIComponent(location.pathname)}`); }
  if (!answer.ok) throw new Failed(answer.status, await answer.json().catch(() => ({})));
  return answer.headers.get("content-type").includes("json") ? answer.json() : answer.text();
}

// What is new

function swapList(html) {
  const list = find("list"), focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const top = list.scrollTop;
  list.innerHTML = html;
  list.scrollTop = top;
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function show(found) {
  mark = found.mark;
  if (found.list !== undefined) swapList(found.list);
  document.title = found.waiting ? `(${found.waiting}) ${about.title}` : about.title;
  if (found.chat) showChat(found.chat);
}

function showChat(news) {
  const scroll = find("scroll"), stay = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  if (news.lines) {
    const holder = document.createElement("template");
    holder.innerHTML = news.lines;
    // Two answers may overlap: a line that is there already is not drawn twice.
    for (const line of [...holder.content.children]) {
      if (!find("log").querySelector(`[data-seq="${line.dataset.seq}"]`)) find("log").append(line);
    }
    find("nothing")?.remove();
  }
  last = Math.max(last, news.last);
  for (const line of find("log").querySelectorAll(".failed")) line.remove();
  for (const { seq, state, why } of news.undelivered) {
    const line = find("log").querySelector(`[data-seq="${seq}"]`);
    if (!line) continue;
    const words = document.createElement("span");
    words.className = "failed";
    words.textContent = state === "held" ? about.held : about.failed.replace("{why}", why);
    line.append(words);
  }
  if (news.head !== undefined) {
    const focused = find("head").contains(document.activeElement) ? document.activeElement.dataset.do : null;
    version = news.version;
    find("head").innerHTML = news.head;
    if (focused) (find("head").querySelector(`[data-do="${focused}"]`) || find("text")).focus();
    allow(news.may.say);
  }
  if (news.lines || news.head !== undefined || Date.now() - panelAt > PANEL_EVERY) refreshPanel();
  if (stay) scroll.scrollTop = scroll.scrollHeight;
}

async function refreshPanel() {
  panelAt = Date.now();
  const panel = find("panel");
  if (panel.contains(document.activeElement) || panel.querySelector("[data-revealed]:not([hidden])")) return;
  try {
    const html = await call(`/console/chats/${encodeURIComponent(chat)}/panel`);
    const open = [...panel.querySelectorAll("details")].map((item) => item.open), top = panel.scrollTop;
    panel.innerHTML = html;
    panel.querySelectorAll("details").forEach((item, at) => { item.open = Boolean(open[at]); });
    panel.scrollTop = top;
  } catch { /* the next round tries again */ }
}

async function fetchNews() {
  const query = new URLSearchParams({ mark });
  if (chat) { query.set("chat", chat); query.set("after", last); query.set("version", version); }
  show(await call(`/console/api/sync?${query}`));
}

async function follow() {
  for (;;) {
    await pause(document.hidden ? HIDDEN_EVERY : EVERY);
    try {
      await fetchNews();
      if (find("trouble").dataset.offline) { delete find("trouble").dataset.offline; complain(); }
    } catch (error) {
      if (error instanceof Failed && error.status === 401) return;
      find("trouble").dataset.offline = "1";
      complain(about.offline);
    }
  }
}
for (const event of ["online", "pageshow"]) addEventListener(event, () => wake());
document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });

// Commands

async function command(name, more = {}) {
  if (busy) return false;
  busy = true;
  try {
    await call(`${base}/${name}`, { version, ...more });
    complain();
    return true;
  } catch (error) {
    complain(error.message);
    throw error;
  } finally {
    busy = false;
    fetchNews().catch(() => {});
  }
}

async function reveal(button) {
  const shown = await call(`${base}/reveal`, {});
  const line = document.querySelector("[data-revealed]");
  line.textContent = [shown.name, shown.phone, shown.address].filter(Boolean).join("，") || "—";
  line.hidden = false;
  button.hidden = true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.do === "reveal") reveal(button).catch((error) => complain(error.message));
  else if (button.dataset.do) command(button.dataset.do).catch(() => {});
  else if (button.dataset.open) find(button.dataset.open).showModal();
  else if (button.dataset.cancel !== undefined) button.closest("dialog").close();
  else if (button.dataset.facts !== undefined) find("panel").classList.toggle("open");
});

for (const form of document.querySelectorAll("dialog form[data-command]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form)), wrong = form.querySelector(".trouble");
    if ("to" in given) given.to = given.to ? Number(given.to) : null;
    try {
      if (await command(form.dataset.command, given)) { form.reset(); form.closest("dialog").close(); }
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
  });
}

// Composer

const text = find("text"), asNote = find("as-note");
const DRAFT = `aftercare.draft.${chat}`;

function keepDraft(words) {
  try { if (words) localStorage.setItem(DRAFT, words); else localStorage.removeItem(DRAFT); } catch { /* private mode */ }
}

function paint() {
  const send = find("send"), noting = asNote.checked;
  send.textContent = noting ? send.dataset.note : send.dataset.send;
  send.disabled = !text.value.trim();
  text.placeholder = noting ? text.dataset.note : text.dataset.write;
  text.setAttribute("aria-label", text.placeholder);
  find("composer").classList.toggle("noting", noting);
}

function allow(may) {
  if (asNote.disabled === may) asNote.checked = !may;
  asNote.disabled = !may;
  find("hint").hidden = may;
  paint();
}

// The same words again after a failure carry the same key, so that they never reach the customer twice.
let pending = null;
async function submit() {
  const words = text.value.trim();
  if (!words || busy) return;
  const kind = asNote.checked ? "notes" : "messages";
  if (!pending || pending.text !== words || pending.kind !== kind) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    pending = { kind, text: words, key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  try {
    if (!await command(kind, { text: words, key: pending.key })) return;
    pending = null;
    if (text.value.trim() === words) { text.value = ""; keepDraft(""); }
    paint();
  } catch (error) {
    complain(about.unsent.replace("{why}", error.message));
  }
  text.focus();
}

if (chat) {
  try { text.value = localStorage.getItem(DRAFT) || ""; } catch { /* private mode */ }
  text.addEventListener("input", () => { keepDraft(text.value); paint(); });
  text.addEventListener("keydown", (event) => {
    // While pinyin is being composed, Enter chooses letters and must not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  asNote.addEventListener("change", paint);
  find("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  find("scroll").scrollTop = find("scroll").scrollHeight;
  paint();
}
if (about.mark !== undefined) follow();

// Keyboard

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || !find("list")) return;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "?" && !typing) { event.preventDefault(); find("help").showModal(); return; }
  if (event.key === "Escape") find("panel")?.classList.remove("open");
  if (!event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const rows = [...document.querySelectorAll("#list .row")], at = rows.findIndex((row) => row.dataset.id === chat);
    const next = rows[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)];
    if (next && next.dataset.id !== chat) { event.preventDefault(); next.click(); }
  } else if (event.code === "KeyT") {
    event.preventDefault();
    document.querySelector('#head [data-do="take"]')?.click();
  } else if (event.code === "KeyN" && asNote && !asNote.disabled) {
    event.preventDefault();
    asNote.checked = !asNote.checked;
    paint();
    text.focus();
  }
});
