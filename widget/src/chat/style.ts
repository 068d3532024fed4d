import { css } from "lit";

export const style = css`
  :host {
    all: initial; position: fixed; z-index: 2147483000; inset-block-end: max(20px, env(safe-area-inset-bottom));
    inset-inline-end: max(20px, env(safe-area-inset-right)); color: var(--ink); overflow-wrap: anywhere;
    font: 15px/1.6 -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif;
    font-variant-numeric: tabular-nums; text-autospace: normal;
  }
  :host([position="left"]) { inset-inline: max(20px, env(safe-area-inset-left)) auto; }
  @media print { :host { display: none; } }
  * { box-sizing: border-box; }
  h2, p, ul, ol, dl, dd { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  button, textarea, input { font: inherit; color: inherit; }
  button { cursor: pointer; border: 0; background: none; padding: 0; }
  a { color: inherit; text-decoration: underline; text-underline-offset: 3px; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
  [hidden] { display: none !important; }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .launcher {
    position: relative; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%;
    background: var(--accent); color: var(--on-accent); box-shadow: 0 4px 16px rgb(0 0 0 / 22%);
  }
  .launcher svg { width: 26px; height: 26px; }
  .badge {
    position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 0 6px; border-radius: 11px; font-size: 13px;
    line-height: 22px; text-align: center; background: var(--danger); color: var(--surface); font-weight: 600;
  }

  .panel {
    display: flex; flex-direction: column; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 40px));
    background: var(--page); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
    box-shadow: 0 8px 32px rgb(0 0 0 / 22%);
  }
  :host([full]) .panel {
    position: fixed; inset: var(--top, 0) 0 auto 0; width: 100%; height: var(--height, 100dvh); border: 0;
    border-radius: 0; padding-inline: env(safe-area-inset-left) env(safe-area-inset-right);
  }

  .top {
    display: flex; gap: 12px; align-items: center; padding: 8px 8px 8px 16px; background: var(--surface);
    border-bottom: 1px solid var(--line);
  }
  :host([full]) .top { padding-top: max(8px, env(safe-area-inset-top)); }
  .who { flex: 1; min-width: 0; }
  h2 { font-size: 16px; font-weight: 600; line-height: 1.4; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .who p { color: var(--soft); font-size: 13px; line-height: 1.4; }
  .avatar {
    flex: none; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 6px; font-weight: 600;
    background: var(--accent); color: var(--on-accent);
  }
  .avatar.small { width: 24px; height: 24px; font-size: 13px; }
  .avatar.person { background: var(--ink); color: var(--page); }
  .icon { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 6px; color: var(--soft); }
  .icon:hover { background: var(--bubble); color: var(--ink); }

  .middle { position: relative; flex: 1; min-height: 0; display: flex; }
  .scroll { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px; }
  .scroll:focus-visible { outline-offset: -2px; }
  .lines { display: flex; flex-direction: column; gap: 4px; }
  .line { max-width: 86%; display: flex; flex-direction: column; align-items: flex-start; }
  .line.customer { align-self: flex-end; align-items: flex-end; }
  .line.customer + .line:not(.customer), .line:not(.customer) + .line.customer { margin-top: 8px; }
  .line.system { align-self: center; max-width: 94%; margin: 8px 0; padding: 0 8px; text-align: center; color: var(--soft); font-size: 13px; }
  .name { display: flex; gap: 8px; align-items: center; margin: 12px 0 4px; color: var(--soft); font-size: 13px; }
  .name b { font-weight: 600; color: var(--ink); }
  .mark { border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; }
  .bubble { padding: 8px 12px; border-radius: 12px; background: var(--bubble); white-space: pre-wrap; text-wrap: pretty; }
  .item { display: block; padding-left: 1.1em; text-indent: -1.1em; }
  .customer .bubble { background: var(--accent); color: var(--on-accent); }
  .agent .bubble { background: var(--surface); box-shadow: inset 0 0 0 1px var(--line); }
  .again { margin-top: 8px; }
  .foot { color: var(--soft); font-size: 12px; margin-top: 2px; min-height: 18px; }
  .at { font-size: 12px; color: var(--soft); text-align: center; margin: 12px 0 4px; }

  .photo { display: block; border-radius: 12px; overflow: hidden; background: var(--bubble); max-width: 240px; min-width: 44px; min-height: 44px; }
  .photo img { display: block; width: 240px; max-width: 100%; height: auto; max-height: 280px; object-fit: cover; }
  .photo .lost { display: block; padding: 12px; color: var(--soft); }
  progress { display: block; width: 100%; height: 6px; margin-top: 4px; accent-color: var(--accent); }

  .card { width: 100%; margin-block: 4px; padding: 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
  .card .head { display: flex; align-items: center; gap: 8px; font-weight: 600; }
  .card .head.good { color: var(--good); }
  .card .number { font-size: 16px; }
  .card p + p { margin-top: 4px; }
  .card .head .number:last-child { margin-left: auto; }
  .priced { display: flex; justify-content: space-between; gap: 12px; }
  .asked { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
  .file { display: grid; gap: 4px; width: 100%; min-height: 44px; margin-block: 4px; padding: 8px 12px; text-align: left; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); color: inherit; font: inherit; cursor: pointer; }
  .card .soft { color: var(--soft); font-size: 13px; }
  .status { margin-left: auto; padding: 0 8px; border-radius: 4px; background: var(--bubble); font-weight: 400; font-size: 13px; }
  .copy { min-height: 44px; min-width: 44px; color: var(--accent); font-size: 13px; }

  .chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 4px; }
  .chips.slots { flex-direction: column; width: 100%; }
  .slots .chip { width: 100%; }
  .chip { min-height: 44px; padding: 8px 16px; border: 1px solid var(--accent); border-radius: 6px; background: var(--surface); color: var(--accent); text-align: left; }
  .chip:hover { background: var(--bubble); }

  .typing { display: flex; gap: 8px; align-items: center; padding: 8px 0; }
  .dots { display: inline-flex; gap: 4px; padding: 12px; border-radius: 12px; background: var(--bubble); }
  .dots i { width: 6px; height: 6px; border-radius: 50%; background: var(--soft); animation: blink 1.2s infinite; }
  .dots i:nth-child(2) { animation-delay: .2s; }
  .dots i:nth-child(3) { animation-delay: .4s; }
  @keyframes blink { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
  .newest {
    position: absolute; bottom: 8px; left: 50%; transform: translateX(-50%); min-height: 44px; padding: 0 16px;
    border-radius: 22px; background: var(--accent); color: var(--on-accent); box-shadow: 0 2px 8px rgb(0 0 0 / 22%); white-space: nowrap;
  }

  .bottom { background: var(--surface); border-top: 1px solid var(--line); padding: 8px; }
  :host([full]) .bottom { padding-bottom: max(8px, env(safe-area-inset-bottom)); }
  .compose { display: flex; gap: 8px; align-items: flex-end; }
  textarea, input {
    flex: 1; min-width: 0; width: 100%; min-height: 44px; padding: 9px 12px; font-size: 16px; line-height: 24px;
    border: 1px solid var(--line); border-radius: 6px; background: var(--page);
  }
  textarea { resize: none; max-height: 132px; }
  textarea:focus-visible, input:focus-visible { outline-offset: -1px; }
  ::placeholder { color: var(--soft); opacity: 1; }
  .primary { flex: none; min-height: 44px; padding: 0 16px; border-radius: 6px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
  .primary:disabled { background: var(--bubble); color: var(--soft); cursor: default; }
  .plain { min-height: 44px; padding: 0 12px; color: var(--accent); }
  .trouble { padding: 0 4px 8px; font-size: 13px; color: var(--danger); }

  .sheet { flex: 1; overflow-y: auto; padding: 24px 16px; display: flex; flex-direction: column; gap: 16px; }
  .sheet label { display: flex; flex-direction: column; gap: 4px; font-size: 13px; color: var(--soft); }
  .sheet label textarea, .sheet label input { font-size: 16px; color: var(--ink); background: var(--surface); flex: none; }
  .row { display: flex; gap: 8px; justify-content: flex-end; flex-wrap: wrap; }
  fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 8px; min-width: 0; }
  legend { padding: 0; font-size: 17px; font-weight: 600; margin-bottom: 12px; }
  .score { display: flex; gap: 12px; align-items: center; min-height: 44px; padding: 0 12px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); cursor: pointer; }
  .score input { flex: none; width: 20px; min-height: 20px; height: 20px; margin: 0; accent-color: var(--accent); }
  .score:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  .sheet label.score { flex-direction: row; font-size: 15px; color: var(--ink); }

  .large { position: fixed; inset: 0; display: grid; place-items: center; background: rgb(0 0 0 / 85%); }
  .large img { max-width: 100vw; max-height: 100dvh; }
  .large .icon { position: absolute; top: max(8px, env(safe-area-inset-top)); right: 8px; background: #fff; color: #1c2424; }

  @media (prefers-reduced-motion: no-preference) {
    .panel { animation: rise .16s ease-out; }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
  }
  @media (prefers-reduced-motion: reduce) { .dots i { animation: none; } }
`;
