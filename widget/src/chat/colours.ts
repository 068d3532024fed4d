// The company's accent: kept readable, whatever colour was chosen.

/** Give a host the company's accent; one that is no colour changes nothing. */
export function paint(style: CSSStyleDeclaration, accent: string, dark: boolean): void {
  const on = readableOn(accent);
  if (on === null) return;
  // On dark surfaces the same colour, lightened, can still be read.
  style.setProperty("--accent", dark ? `color-mix(in srgb, ${accent} 45%, #fff)` : accent);
  style.setProperty("--on-accent", dark ? "#0b1414" : on);
}

/** White or near-black, whichever can be read on `colour` (#rgb or #rrggbb); null for anything else. */
export function readableOn(colour: string): string | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1];
  if (hex === undefined) return null;
  const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
  const [red, green, blue] = [0, 2, 4].map((at) => linear(parseInt(full.slice(at, at + 2), 16) / 255)) as [
    number, number, number];
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (light + 0.05) >= 4.5 ? "#fff" : "#0b1414";
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
