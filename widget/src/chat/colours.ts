// The company's accent: kept readable, whatever colour was chosen.

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
