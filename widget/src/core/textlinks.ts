// Links and telephone numbers in plain text. Only http(s) addresses and digits become links; all else stays text.

export interface Piece {
  text: string;
  href?: string;
}

const FOUND =
  /(https?:\/\/[^\s<>"'“”‘’（）()【】《》，。；！？、\u3000]+)|(?<![\dA-Za-z-])((?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-\d{7,8}(?:-\d{1,5})?|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|1(?:10|19|20|22)|95\d{3}|123(?:15|45))(?![\dA-Za-z-]|\s?[元块天个台年月日号%℃度次分米])/g;

/** `text` in pieces, in order; those that can be opened have an `href`. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(FOUND)) {
    const url = match[1]?.replace(/[.,;:!?]+$/, "");
    const shown = url ?? match[2] ?? "";
    const href = url === undefined ? `tel:${shown.replace(/[^\d+]/g, "")}` : safe(url);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: shown, href });
    from = match.index + shown.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

function safe(url: string): string | undefined {
  try {
    const parsed = new URL(url);
    return ["http:", "https:"].includes(parsed.protocol) && !parsed.username ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}
