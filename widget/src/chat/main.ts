// The widget's one script: it defines <aftercare-chat>.
export {};
