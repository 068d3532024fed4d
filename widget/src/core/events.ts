// Server-sent events read from a fetch, so that the request can carry an Authorization header.

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Takes text as it arrives and gives the whole events in it; keeps the rest for later. */
export class EventParser {
  private rest = "";

  push(text: string): ServerEvent[] {
    this.rest += text.replaceAll("\r", "");
    const blocks = this.rest.split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(parse).filter((found) => found.data !== "");
  }
}

function parse(block: string): ServerEvent {
  const found: ServerEvent = { id: "", event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === "data") data.push(value);
    else if (name === "id" || name === "event") found[name] = value;
  }
  found.data = data.join("\n");
  return found;
}
