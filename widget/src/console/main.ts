// The console's island: transcript and composer, over the sync core that the widget uses.
export {};
