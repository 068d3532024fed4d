// Looking for anything: one box, the hits as links, by keyboard.

import { html, nothing, render } from "lit";
import { because, call, complain, find, t } from "./page";

interface Hit {
  kind: string;
  title: string;
  detail: string;
  url: string | null;
}

const COMPOSED = 200;
const SHORTEST = 2;

export function begin(): void {
  const dialog = find("search") as HTMLDialogElement, box = find("query") as HTMLInputElement;
  let timer: ReturnType<typeof setTimeout> | undefined, asked = 0;
  const look = async (): Promise<void> => {
    asked += 1;
    const mine = asked, query = box.value.trim();
    if (query.length < SHORTEST) { draw(null); return; }
    const found = await call<Hit[]>(`/console/api/search?q=${encodeURIComponent(query)}`);
    if (mine === asked) draw(found);
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look().catch((error: unknown) => complain(because(error))), COMPOSED);
  });
  dialog.addEventListener("keydown", (event) => {
    const links = [...dialog.querySelectorAll<HTMLElement>("a")], at = links.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || (!step && event.key !== "Enter")) return;
    if (step) (links[at + step] ?? box).focus();
    else if (document.activeElement === box) links[0]?.click();
    else return;
    event.preventDefault();
  });
  for (const opener of document.querySelectorAll("[data-search]")) opener.addEventListener("click", open);
  draw(null);
}

export function open(): void {
  const dialog = find("search") as HTMLDialogElement;
  if (!dialog.open) dialog.showModal();
  (find("query") as HTMLInputElement).select();
}

function draw(hits: Hit[] | null): void {
  render(hits === null ? html`<p class="soft">${t("shortest")}</p>`
    : hits.length === 0 ? html`<p class="soft">${t("nothing")}</p>`
      : html`<ul>${hits.map((hit) => html`<li><a class="hit" href=${hit.url ?? nothing}>
          <span class="chip">${hit.kind}</span> <b>${hit.title}</b> <span class="soft">${hit.detail}</span></a></li>`)}</ul>`,
  find("hits"));
}
