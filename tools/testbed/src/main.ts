#!/usr/bin/env node
import { keepCompiled } from '@meshwright/compile-cache';

keepCompiled();
// Only now: what is loaded before is compiled again by each command.
const [{ createProgram }, { runProgram }] = await Promise.all([
  import('./command/program.ts'),
  import('./command/run.ts'),
]);

process.exitCode = await runProgram(createProgram, process.argv.slice(2));
