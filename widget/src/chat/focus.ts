// Tab goes round inside of what covers the page.

const STOPS = "button, a[href], textarea, input:not([hidden]), [tabindex]";

/** Keep a press of Tab inside `box`; `now` is what has the focus. */
export function keepInside(box: Element | null, now: Element | null, event: KeyboardEvent): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>(STOPS) ?? [])]
    .filter((stop) => stop.offsetParent !== null && !stop.matches(":disabled"));
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const leaves = event.shiftKey ? now === first : now === last;
  if (!first || !last || !leaves) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}
