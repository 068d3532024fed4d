// Enter sends, but not while an input method composes: then it chooses letters.

/** Whether this key press means "send". */
export function sends(event: Pick<KeyboardEvent, "key" | "shiftKey" | "isComposing" | "keyCode">): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Safari tells only by 229 that Enter ended a composition
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
