#!/usr/bin/env node
import { createProgram } from './command/program.ts';
import { runProgram } from './command/run.ts';

process.exitCode = await runProgram(createProgram, process.argv.slice(2));
