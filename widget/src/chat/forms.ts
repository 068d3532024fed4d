// The two sheets beside the chat: before it (who writes) and after it (how it was).

import { html, nothing, type TemplateResult } from "lit";
import { fill, type Texts } from "./texts";

export const PRECHAT_FIELDS = ["name", "phone"] as const;
export type PrechatField = (typeof PRECHAT_FIELDS)[number];

/** The fields that a page asks for by `data-prechat="name,phone"`. */
export function prechatFields(listed: string): PrechatField[] {
  const asked = listed.split(",").map((name) => name.trim());
  return PRECHAT_FIELDS.filter((name) => asked.includes(name));
}

/** What the visitor says with the filled fields: a sentence like any other, for nothing is proved by a form. */
export function prechatWords(texts: Texts, form: FormData): string {
  const said = PRECHAT_FIELDS.map((name) => {
    const value = text(form, name);
    return value ? fill(texts.prechatSays[name], { value }) : "";
  }).filter(Boolean).join("，");
  return [said, text(form, "question")].filter(Boolean).join("。");
}

export function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

export function prechat(
  texts: Texts, fields: PrechatField[], start: (event: SubmitEvent) => void, skip: () => void,
): TemplateResult {
  const labels = { name: texts.prechatName, phone: texts.prechatPhone };
  const kinds = { name: "text", phone: "tel" } as const;
  return html`<form class="sheet" @submit=${start}>
    <p>${texts.prechat}</p>
    ${fields.map((name) => html`<label>${labels[name]}
      <input name=${name} type=${kinds[name]} maxlength="40" autocomplete=${name === "name" ? "name" : "tel"}></label>`)}
    <label>${texts.prechatQuestion}<textarea name="question" rows="3" maxlength="1000" required></textarea></label>
    <div class="row"><button class="plain" type="button" @click=${skip}>${texts.prechatSkip}</button>
      <button class="primary" type="submit">${texts.prechatStart}</button></div>
  </form>`;
}

export function survey(
  texts: Texts, thanks: string, submit: (event: SubmitEvent) => void, back: () => void,
): TemplateResult {
  if (thanks) {
    return html`<div class="sheet"><p role="status">${thanks}</p>
      <div class="row"><button class="primary" type="button" @click=${back}>${texts.back}</button></div></div>`;
  }
  return html`<form class="sheet" @submit=${submit}>
    <fieldset><legend>${texts.rateTitle}</legend>
      ${[5, 4, 3, 2, 1].map((score) => html`<label class="score">
        <input type="radio" name="score" value=${score} required>${score} 分 · ${texts.scores[score - 1] ?? nothing}</label>`)}
    </fieldset>
    <label>${texts.reason}<textarea name="reason" rows="3" maxlength="500"></textarea></label>
    <div class="row"><button class="plain" type="button" @click=${back}>${texts.back}</button>
      <button class="primary" type="submit">${texts.rate}</button></div>
  </form>`;
}
