// Bundles the entry points into dist/ (or the folder named by the first argument), one file each.
import { build } from "esbuild";

await build({
  entryPoints: { "aftercare-chat": "src/chat/main.ts", console: "src/console/main.ts" },
  outdir: process.argv[2] ?? "dist",
  absWorkingDir: import.meta.dirname ?? process.cwd(),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2021",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/*! Aftercare, Apache-2.0. Contains Lit, (c) Google LLC, BSD-3-Clause. */" },
  logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has said what is wrong
