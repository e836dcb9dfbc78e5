#!/usr/bin/env node
// Plain JavaScript of an old vintage, so that it can say so where Node is too old for the rest.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`error: meshwright needs Node.js 24 or later; this is ${process.versions.node}.`);
  console.error('remedy: run `npm run meshwright -- …` in the repository, which brings its own Node.js.');
  process.exit(1);
}
await import('../src/main.ts');
