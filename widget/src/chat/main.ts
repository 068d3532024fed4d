// The widget's one script: it defines <aftercare-chat>, and puts one on the page with the script tag's own data.

import { AftercareChat } from "./element";

const NAME = "aftercare-chat";
const SETTINGS = ["position", "accent", "theme", "texts", "greeting", "prechat", "identity"];

const script = document.currentScript as HTMLScriptElement | null;
const server = script ? new URL(script.src).origin : "";

if (!customElements.get(NAME)) {
  customElements.define(NAME, AftercareChat);
  if (script?.dataset["element"] !== "own") place(script?.dataset ?? {});
}

/** One for the page, unless the page has written its own <aftercare-chat>. */
function place(data: DOMStringMap): void {
  const put = (): void => {
    if (document.querySelector(NAME)) return;
    const chat = document.createElement(NAME);
    chat.setAttribute("server", data["server"] ?? server);
    for (const name of SETTINGS) {
      const value = data[name];
      if (value !== undefined) chat.setAttribute(name, value);
    }
    document.body.append(chat);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", put, { once: true });
  else put();
}
