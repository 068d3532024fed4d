// The console's island: list, transcript and composer, over the sync core that the widget uses too.

import { html, render } from "lit";
import * as alerts from "./alerts";
import { Composer } from "./composer";
import * as photos from "./photos";
import * as keys from "./keys";
import { Live } from "./live";
import { because, booted, call, complain, Failed, find, fragment, maybe } from "./page";
import { Palette } from "./palette";
import { List } from "./rows";
import * as search from "./search";
import { Talk } from "./talk";

interface Team {
  people: { id: number; name: string; words: string }[];
  groups: { code: string; title: string }[];
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("button");
  if (!button) return;
  if (button.dataset["do"] === "reveal") reveal(button).catch((error: unknown) => complain(because(error)));
  else if (button.dataset["cancel"] !== undefined) button.closest("dialog")?.close();
  else if (button.dataset["facts"] !== undefined) maybe("panel")?.classList.toggle("open");
  else if (button.dataset["alarm"]) takeAlarm(button.dataset["alarm"]).catch((error: unknown) => complain(because(error)));
  else if (button.dataset["help"] !== undefined) (find("help") as HTMLDialogElement).showModal();
});

/** The full contact data of the customer of this page; that it was looked at is written down. */
async function reveal(button: HTMLElement): Promise<void> {
  const path = button.dataset["path"] ?? "";
  const shown = await call<Record<string, string>>(`${path}/reveal`, {});
  const line = button.parentElement?.querySelector<HTMLElement>("[data-revealed]");
  if (!line) return;
  line.textContent = [shown["name"], shown["phone"], shown["address"]].filter(Boolean).join("，") || "—";
  line.hidden = false;
  button.hidden = true;
}

async function takeAlarm(id: string): Promise<void> {
  await call(`/console/api/alarms/${id}/take`, {});
  await refreshAlarms();
}

async function refreshAlarms(): Promise<void> {
  maybe("alarms")?.replaceChildren(...await fragment("/console/alarms"));
}

if (maybe("alarms")) {
  const look = (): void => {
    if (!document.hidden) void refreshAlarms().catch(() => undefined);
  };
  if (!maybe("boot")) look(); // the page with the chats brings them
  setInterval(look, 20_000);
}

const TICKET_EVERY = 60_000;

/** A ticket's deadlines are words that time changes: they are fetched anew, what is being filled in stays. */
if (maybe("deadlines")) {
  setInterval(() => {
    void fragment(location.pathname).then((nodes) => {
      const fresh = nodes.filter((node): node is Element => node instanceof Element)
        .map((node) => node.querySelector("#deadlines")).find((found) => found !== null);
      if (fresh) find("deadlines").replaceWith(fresh);
    }).catch(() => undefined);
  }, TICKET_EVERY);
}

const boot = booted();
if (boot) {
  let leads = (): boolean => false;
  const list = new List(boot.list, (row, before) => {
    if (leads()) alerts.tell(row, before, list.chosen);
  });
  const composer = new Composer(() => talk.redraw());
  const talk = new Talk({
    waiting: (chat) => composer.outbox.waiting.filter((letter) => letter.chat === chat),
    arrived: (id) => composer.outbox.drop(id),
    allowed: (may) => {
      composer.at(talk.chat?.version ?? 0);
      composer.allow(may);
    },
    news: () => undefined,
  });
  new Palette(composer, () => talk.chat?.id);

  const live = new Live({
    changed: (topics) => {
      if (topics === null) list.look();
      else list.look(topics.filter((topic) => topic.startsWith("cv-")));
      if (topics?.includes("console") ?? true) void refreshAlarms().catch(() => undefined);
      if (talk.chat && (topics === null || topics.includes(talk.chat.id))) {
        talk.look().catch((error: unknown) => {
          if (error instanceof Failed) complain(error.message);
        });
      }
      composer.outbox.wake();
    },
    presence: (now) => {
      if (document.activeElement !== presence) presence.value = now;
    },
  });
  leads = () => live.leads;

  const go = async (id: string, push = true): Promise<void> => {
    try {
      if (id) await talk.open(id);
      else talk.show(null);
    } catch (error) {
      if (!(error instanceof DOMException)) complain(because(error));
      return;
    }
    complain();
    list.choose(id);
    composer.turnTo(id);
    find("panel").classList.remove("open");
    if (push) history.pushState(null, "", id ? `/console/chats/${encodeURIComponent(id)}` : "/console");
  };

  const command = async (name: string, more: Record<string, unknown> = {}): Promise<void> => {
    const chat = talk.chat;
    if (!chat) return;
    try {
      await call(`/console/api/chats/${encodeURIComponent(chat.id)}/${name}`, { version: chat.version, ...more });
      complain();
      if (name === "take") composer.focus();
    } finally {
      await talk.look().catch(() => undefined);
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const link = target.closest<HTMLAnchorElement>("a.row, a.back");
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (link && plain) {
      event.preventDefault();
      void go(link.dataset["id"] ?? "");
      return;
    }
    const button = target.closest<HTMLElement>("button");
    const name = button?.dataset["do"];
    if (name && name !== "reveal") command(name).catch((error: unknown) => complain(because(error)));
    if (button?.dataset["open"]) void openDialog(button.dataset["open"]);
  });

  addEventListener("popstate", () => {
    const id = decodeURIComponent(/^\/console\/chats\/([^/]+)/.exec(location.pathname)?.[1] ?? "");
    void go(id, false);
  });

  const openDialog = async (id: string): Promise<void> => {
    const dialog = find(id) as HTMLDialogElement;
    const wrong = dialog.querySelector<HTMLElement>(".trouble");
    if (wrong) wrong.hidden = true;
    if (id === "transfer") {
      try {
        const team = await call<Team>("/console/api/team");
        render(html`${team.people.map((one) => html`<option value="to:${one.id}">${one.name}（${one.words}）</option>`)}`,
          find("people"));
        render(html`${team.groups.map((one) => html`<option value="group:${one.code}">${one.title}</option>`)}`,
          find("lines"));
      } catch (error) {
        complain(because(error));
      }
    }
    dialog.showModal();
  };

  for (const form of document.querySelectorAll<HTMLFormElement>("dialog form[data-command]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = Object.fromEntries(new FormData(form)) as Record<string, string>;
      const [kind, value] = (given["whom"] ?? "").split(/:(.*)/s);
      const whom = kind === "to" ? { to: Number(value) } : kind === "group" ? { group: value } : {};
      delete given["whom"];
      command(form.dataset["command"] ?? "", { ...given, ...whom }).then(() => {
        form.reset();
        form.closest("dialog")?.close();
      }, (error: unknown) => {
        const wrong = form.querySelector<HTMLElement>(".trouble");
        if (!wrong) return;
        wrong.textContent = because(error);
        wrong.hidden = false;
      });
    });
  }

  const filters = find("filters");
  filters.addEventListener("change", () => {
    const chosen = [...filters.querySelectorAll("select")].filter((one) => one.value).map((one) => [one.name, one.value]);
    list.narrow(new URLSearchParams(chosen));
  });

  const presence = find("presence") as HTMLSelectElement;
  presence.addEventListener("change", () => {
    call("/console/api/presence", { presence: presence.value }).catch((error: unknown) => complain(because(error)));
  });

  find("scroll").addEventListener("scroll", () => {
    const scroll = find("scroll");
    if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80) find("new-lines").hidden = true;
  }, { passive: true });
  find("new-lines").addEventListener("click", () => {
    find("scroll").scrollTop = find("scroll").scrollHeight;
  });
  document.addEventListener("visibilitychange", () => talk.read());

  photos.begin(() => talk.chat);
  search.begin();
  alerts.begin();
  keys.begin({
    go: (step) => {
      const order = list.order, at = order.indexOf(list.chosen);
      const next = order[Math.max(0, at + step)];
      if (next && next !== list.chosen) void go(next);
    },
    note: () => composer.toggleNote(),
    write: () => composer.focus(),
  });

  if (boot.chat) {
    list.choose(boot.chat.id);
    composer.turnTo(boot.chat.id);
  }
  talk.show(boot.chat);
  composer.at(boot.chat?.version ?? 0);
  const line = /^#(\d+)$/.exec(location.hash)?.[1];
  if (line) void talk.reveal(Number(line));
}
