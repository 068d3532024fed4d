// Every text of the widget. A company changes some of them by `data-texts` (a JSON object with the same keys).

export const TEXTS = {
  open: "打开售后聊天",
  openUnread: "打开售后聊天，{n} 条未读",
  close: "关闭聊天",
  title: "{company}售后",
  bot: "智能助手",
  person: "客服",
  queued: "正在为您接通人工客服",
  closed: "对话已结束，有事再说就行",
  greeting: "您好，我是{brand}。报修、查保修、约上门、问进度，直接说就行，也可以随时找人工。",
  starters: ["我的设备坏了，想报修", "查一下还在不在保修期", "查一下维修进度", "转人工"],
  log: "对话记录",
  input: "请描述您的问题",
  send: "发送",
  photo: "发照片",
  photoShown: "照片",
  photoOpen: "看大图",
  photoLost: "照片打不开，点这里重试",
  photoClose: "关闭大图",
  uploading: "正在上传照片",
  typing: "正在输入",
  sending: "发送中",
  delivered: "已送达",
  read: "已读",
  offline: "网络不太好，消息已保存，连上后会自动发出。",
  slow: "消息发得有点快，稍等会自动发出。",
  refused: "没有发出去，请再试一次。",
  noService: "暂时连不上售后系统，正在重试。",
  newest: "有新消息，点这里看",
  copy: "复制工单号",
  copied: "已复制",
  more: "更多时间",
  quote: "维修报价",
  accept: "同意，请维修",
  refuse: "先不修",
  save: "点开下载",
  mute: "关闭提示音",
  unmute: "打开提示音",
  end: "结束对话",
  back: "继续聊",
  unread: "（{n} 条新消息）",
  rateTitle: "这次服务怎么样？",
  scores: ["很不满意", "不满意", "一般", "满意", "很满意"],
  reason: "哪里可以做得更好？（可以不填）",
  rate: "提交评价",
  prechat: "方便客服联系您，可以先留个称呼和电话，也可以直接开始聊。",
  prechatName: "怎么称呼您",
  prechatPhone: "联系电话",
  prechatQuestion: "遇到了什么问题",
  prechatStart: "开始聊",
  prechatSkip: "直接聊",
  prechatSays: { name: "我叫{value}", phone: "电话{value}" },
};

export type Texts = typeof TEXTS;

/** `text` with its blanks filled. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (blank, name: string) => String(values[name] ?? blank));
}

/** The catalogue with the company's own texts in it; what is not of the right kind is left out. */
export function catalogue(json: string | null): Texts {
  if (!json) return TEXTS;
  try {
    const own = JSON.parse(json) as Record<string, unknown>;
    const fitting = Object.entries(own).filter(([name, value]) => {
      const ours: unknown = TEXTS[name as keyof Texts];
      return typeof ours === typeof value && Array.isArray(ours) === Array.isArray(value);
    });
    return { ...TEXTS, ...Object.fromEntries(fitting) };
  } catch {
    console.warn("aftercare-chat: data-texts is no JSON object");
    return TEXTS;
  }
}
