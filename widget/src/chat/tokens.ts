// The company's colours, the same as the console's. `--aftercare-accent` on the page changes the accent alone.

import { css } from "lit";

export const tokens = css`
  :host {
    --accent: #0f6b68; --on-accent: #fff; --page: #f5f6f6; --surface: #fff; --bubble: #e9ecec; --ink: #1c2424;
    --soft: #566161; --line: #d5dada; --danger: #b3261e; --info: #1f5fa8;
    --good: #1f6b3a;
    color-scheme: light;
  }
  :host([dark]) {
    --accent: #5cc2bb; --on-accent: #062523; --page: #141818; --surface: #1c2222; --bubble: #293131; --ink: #e8eded;
    --soft: #a2b0af; --line: #364040; --danger: #ff8a80; --info: #90bdf5;
    --good: #7fce9a;
    color-scheme: dark;
  }
`;
