// <aftercare-chat>: the launcher, the panel, and what a visitor does in it. All else is in the modules beside it.

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { sends } from "../core/typing";
import { Api } from "./api";
import { chime, TabTitle } from "./attention";
import { paint } from "./colours";
import { prechat, prechatFields, prechatWords, survey, text as field } from "./forms";
import { keepInside } from "./focus";
import * as icons from "./icons";
import { PhotoShelf } from "./shelf";
import { compressed } from "./pictures";
import { conversation, greeting, standing } from "./said";
import { storage } from "./storage";
import { style } from "./style";
import { Surroundings } from "./surroundings";
import { catalogue, fill, TEXTS, type Texts } from "./texts";
import { tokens } from "./tokens";
import { Visit } from "./visit";

const NEAR_END = 80;

type Sheet = "chat" | "prechat" | "survey";

export class AftercareChat extends LitElement {
  static override styles = [tokens, style];
  static override properties = {
    open: { type: Boolean, reflect: true }, full: { type: Boolean, reflect: true }, dark: { type: Boolean, reflect: true },
    position: { reflect: true }, server: {}, identity: {}, accent: {}, theme: {}, texts: {}, greeting: {}, prechat: {},
    sheet: { state: true }, problem: { state: true }, thanks: { state: true }, large: { state: true },
    allSlots: { state: true }, copied: { state: true }, news: { state: true }, muted: { state: true },
  };

  declare open: boolean;
  declare full: boolean;
  declare dark: boolean;
  declare position: string;
  declare server: string;
  declare identity: string;
  declare accent: string;
  declare theme: string;
  declare texts: string | null;
  declare greeting: string;
  declare prechat: string;
  declare private sheet: Sheet;
  declare private problem: string;
  declare private thanks: string;
  declare private large: string;
  declare private allSlots: boolean;
  declare private copied: string;
  declare private news: boolean;
  declare private muted: boolean;

  private words: Texts = TEXTS;
  private visit!: Visit;
  private photos!: PhotoShelf;
  private readonly title_ = new TabTitle();
  private readonly around = new Surroundings({
    fit: () => this.fit(), back: () => this.seen(), news: () => this.visit.wake(),
  });
  private atEnd = true;
  private asked = false;

  constructor() {
    super();
    this.open = this.full = this.dark = this.allSlots = this.news = this.muted = false;
    this.position = "right";
    this.theme = "auto";
    this.sheet = "chat";
    this.texts = null;
    this.server = this.identity = this.accent = this.greeting = this.prechat = "";
    this.problem = this.thanks = this.large = this.copied = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.words = catalogue(this.texts);
    if (this.greeting) this.words = { ...this.words, greeting: this.greeting };
    const prefix = `aftercare.${this.server}.`;
    this.visit = new Visit(new Api(this.server, this.words.refused), storage(), prefix, this.identity, {
      changed: () => this.requestUpdate(),
      heard: () => this.heard(),
      refused: (letter, why) => {
        this.problem = why;
        const input = this.input;
        if (letter.text !== undefined && input && !input.value) input.value = letter.shown ?? letter.text;
      },
    });
    this.photos = new PhotoShelf((seq, n, small) => this.visit.photo(seq, n, small), () => this.requestUpdate());
    this.muted = storage()?.getItem(`${prefix}muted`) === "1";
    this.around.start();
    this.fit();
    if (this.open || this.visit.known) void this.visit.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.around.stop();
    this.visit.stop();
    this.photos.clear();
    this.title_.restore();
  }

  /** Open the panel, as a click on the launcher does. */
  readonly show = (): void => {
    this.open = true;
    void this.visit.begin();
    const asks = prechatFields(this.prechat).length > 0 && !this.visit.known;
    this.sheet = asks ? "prechat" : "chat";
    this.atEnd = true;
    void this.updateComplete.then(() => {
      this.toEnd();
      (this.input ?? this.renderRoot.querySelector("input"))?.focus();
      this.visit.look();
    });
  };

  readonly hide = (): void => {
    this.open = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".launcher")?.focus());
  };

  protected override render(): TemplateResult {
    return this.open ? this.panel() : this.launcher();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("accent") || changed.has("dark")) paint(this.style, this.accent, this.dark);
    if (changed.has("open") || changed.has("full")) this.lockPage();
    const { survey: wanted } = this.visit.state;
    if (wanted && !this.asked && this.open) {
      this.asked = true;
      this.sheet = "survey";
    } else if (!wanted && this.visit.state.state !== "closed") this.asked = false;
    if (this.atEnd) this.toEnd();
    if (this.open && !document.hidden && this.sheet === "chat" && this.visit.loaded) this.visit.look();
  }

  private launcher(): TemplateResult {
    const { unread } = this.visit;
    const label = unread ? fill(this.words.openUnread, { n: unread }) : this.words.open;
    return html`<button class="launcher" type="button" aria-label=${label} aria-haspopup="dialog" @click=${this.show}>
      ${icons.chat}${unread ? html`<span class="badge" aria-hidden="true">${unread > 99 ? "99+" : unread}</span>` : nothing}
    </button>`;
  }

  private panel(): TemplateResult {
    const [name, role] = standing(this.words, this.brand, this.visit.state);
    const sound = this.muted ? this.words.unmute : this.words.mute;
    return html`<section class="panel" role="dialog" aria-modal=${this.full} aria-labelledby="name" @keydown=${this.keys}>
      <div class="top">
        <span class="avatar ${this.visit.state.state === "agent" ? "person" : ""}" aria-hidden="true">${name.slice(0, 1)}</span>
        <div class="who"><h2 id="name">${fill(this.words.title, { company: this.visit.session?.company ?? "" })}</h2>
          <p role="status">${name} · ${role}</p></div>
        <button class="icon" type="button" aria-label=${sound} title=${sound}
          @click=${this.toggleSound}>${this.muted ? icons.silence : icons.sound}</button>
        ${this.visit.state.conversation && this.sheet === "chat" ? html`<button class="icon" type="button"
          aria-label=${this.words.end} title=${this.words.end} @click=${this.end}>${icons.done}</button>` : nothing}
        <button class="icon" type="button" aria-label=${this.words.close} @click=${this.hide}>${icons.close}</button>
      </div>
      ${this.sheet === "chat" ? this.chat() : this.sheet === "survey"
        ? survey(this.words, this.thanks, this.rate, this.back)
        : prechat(this.words, prechatFields(this.prechat), this.start, this.back)}
      ${this.large ? html`<div class="large" role="dialog" aria-modal="true" aria-label=${this.words.photoShown}>
        <img src=${this.large} alt=${this.words.photoShown}>
        <button class="icon" type="button" aria-label=${this.words.photoClose} @click=${this.closePhoto}>${icons.close}</button>
      </div>` : nothing}
    </section>`;
  }

  private chat(): TemplateResult {
    const { visit, words } = this;
    const trouble = this.problem || { offline: words.offline, "slow-down": words.slow, none: "" }[visit.trouble ?? "none"]
      || (visit.connection === "offline" && !visit.loaded ? words.noService : "");
    const fresh = visit.transcript.lines.length === 0 && visit.waiting.length === 0;
    return html`<div class="middle">
        <div class="scroll" tabindex="0" role="group" aria-label=${words.log} @scroll=${this.scrolled}>
          ${fresh ? this.hello() : nothing}
          <div class="lines" role="log" aria-live=${visit.loaded ? "polite" : "off"} aria-relevant="additions" aria-label=${words.log}>
            ${conversation({
              texts: words, brand: this.brand, lines: visit.transcript.lines, waiting: visit.waiting,
              progress: visit.progress, state: visit.state, allSlots: this.allSlots, copied: this.copied,
              photo: (seq, n) => this.photos.small(seq, n), say: (said, shown) => this.say(said, shown),
              moreSlots: () => (this.allSlots = true), copy: (number) => void this.copy(number),
              open: (seq, n) => void this.openPhoto(seq, n),
              answer: (seq, card, accept) => this.tried(visit.answer(seq, card, accept)),
              save: (seq, file) => this.tried(visit.save(seq, file)),
            })}</div>
          ${visit.state.typing ? html`<div class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
            <span class="said">${words.typing}</span></div>` : nothing}
        </div>
        ${this.news && !this.atEnd ? html`<button class="newest" type="button" @click=${this.jump}>${words.newest}</button>` : nothing}
      </div>
      <div class="bottom">
        <p class="trouble" role="alert" ?hidden=${!trouble}>${trouble}</p>
        <form class="compose" autocomplete="off" @submit=${this.submit}>
          <button class="icon" type="button" aria-label=${words.photo} @click=${this.choosePhoto}>${icons.camera}</button>
          <input class="files" type="file" accept="image/*" multiple hidden @change=${this.chosen}>
          <textarea rows="1" maxlength=${visit.session?.longest ?? 2000} aria-label=${words.input} placeholder=${words.input}
            enterkeyhint="send" @input=${this.typed} @keydown=${this.enter}></textarea>
          <button class="primary" type="submit">${words.send}</button>
        </form>
      </div>`;
  }

  private hello(): TemplateResult {
    const said = greeting(this.words, this.brand, this.visit.session?.company ?? "");
    return html`<div class="line bot"><div class="bubble">${said}</div>
      <ul class="chips">${this.words.starters.map((starter) => html`<li><button class="chip" type="button"
        @click=${() => this.say(starter, starter)}>${starter}</button></li>`)}</ul></div>`;
  }

  private get brand(): string {
    return this.visit.session?.brand ?? "小修";
  }

  private get input(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector(".compose textarea");
  }

  private say(said: string, shown: string): void {
    if (!said.trim()) return;
    this.problem = "";
    this.allSlots = false;
    this.atEnd = true;
    this.visit.say(said.trim(), shown.trim());
  }

  private heard(): void {
    if (!this.muted && (!this.open || document.hidden)) chime();
    if (!this.atEnd) this.news = true;
    if (document.hidden) this.title_.show(fill(this.words.unread, { n: this.visit.unread }));
  }

  private async copy(number: string): Promise<void> {
    await navigator.clipboard.writeText(number).then(() => (this.copied = number), () => undefined);
  }

  private async openPhoto(seq: number, n: number): Promise<void> {
    this.large = (await this.photos.large(seq, n)) ?? "";
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".large .icon")?.focus();
  }

  private toEnd(): void {
    const scroll = this.renderRoot.querySelector(".scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }

  /** The page behind does not scroll while the chat covers it. */
  private lockPage(): void {
    document.documentElement.style.overflow = this.open && this.full ? "hidden" : "";
  }

  private fit(): void {
    this.full = this.around.small;
    this.dark = this.theme === "dark" || (this.theme !== "light" && this.around.dark);
    // The keyboard of a phone covers the page: the panel is as high as what is left.
    if (this.full && visualViewport) {
      this.style.setProperty("--height", `${visualViewport.height}px`);
      this.style.setProperty("--top", `${visualViewport.offsetTop}px`);
    }
    if (this.atEnd && this.hasUpdated) this.toEnd();
  }

  private seen(): void {
    this.title_.restore();
    this.requestUpdate();
  }

  private readonly scrolled = (event: Event): void => {
    const { scrollHeight, scrollTop, clientHeight } = event.target as HTMLElement;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.atEnd) this.news = false;
  };

  private readonly jump = (): void => {
    this.atEnd = true;
    this.news = false;
    this.toEnd();
    this.input?.focus();
  };

  private readonly typed = (): void => {
    const { input } = this;
    if (!input) return;
    input.style.height = "auto";
    input.style.height = `${Math.min(132, input.scrollHeight + 2)}px`;
    if (input.value) this.visit.types();
  };

  private readonly enter = (event: KeyboardEvent): void => {
    if (!sends(event)) return;
    event.preventDefault();
    this.send();
  };

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.send();
  };

  private send(): void {
    const { input } = this;
    if (!input?.value.trim()) return;
    this.say(input.value, input.value);
    input.value = "";
    this.typed();
    input.focus();
  }

  private readonly choosePhoto = (): void => this.renderRoot.querySelector<HTMLInputElement>(".files")?.click();

  private readonly chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    this.atEnd = true;
    for (const file of files) this.visit.sendPhoto(await compressed(file));
  };

  private readonly closePhoto = (): void => {
    this.large = "";
    this.input?.focus();
  };

  private readonly toggleSound = (): void => {
    this.muted = !this.muted;
    storage()?.setItem(`aftercare.${this.server}.muted`, this.muted ? "1" : "");
  };

  private readonly end = (): void => {
    this.thanks = "";
    this.sheet = "survey";
  };

  private readonly back = (): void => {
    this.sheet = "chat";
    this.thanks = "";
    this.atEnd = true;
    void this.updateComplete.then(() => this.input?.focus());
  };

  /** What was tapped is done, or the visitor is told to tap again. */
  private tried(work: Promise<void>): void {
    this.problem = "";
    work.catch(() => {
      this.problem = this.words.refused;
    });
  }

  private readonly start = (event: SubmitEvent): void => {
    event.preventDefault();
    const said = prechatWords(this.words, new FormData(event.target as HTMLFormElement));
    this.back();
    this.say(said, said);
  };

  private readonly rate = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    this.visit.rate(Number(form.get("score")), field(form, "reason")).then((thanks) => (this.thanks = thanks), () => {
      this.problem = this.words.refused;
      this.back();
    });
  };

  private readonly keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) {
      if (this.large) this.closePhoto();
      else this.hide();
      event.stopPropagation();
    } else if (event.key === "Tab" && (this.full || this.large)) {
      keepInside(this.renderRoot.querySelector(this.large ? ".large" : ".panel"), this.shadowRoot?.activeElement ?? null, event);
    }
  };
}
