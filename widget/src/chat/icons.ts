import { html, type TemplateResult } from "lit";

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;
}

export const chat = icon("M4 5h16v11H9l-5 4V5zM8 9h8M8 12.5h5");
export const close = icon("M6 6l12 12M18 6L6 18");
export const camera = icon("M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 100 7 3.5 3.5 0 000-7z");
export const sound = icon("M4 10v4h3l5 4V6l-5 4H4zM16 9a4 4 0 010 6M18.5 6.5a8 8 0 010 11");
export const silence = icon("M4 10v4h3l5 4V6l-5 4H4zM16 9.5l5 5M21 9.5l-5 5");
export const done = icon("M5 12.5l4.5 4.5L19 7.5");
