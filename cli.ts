#!/usr/bin/env node
import { registry } from './src/commands/registry.generated.js';
import { runProgram } from './src/console/program.js';

process.exitCode = await runProgram(registry, process.argv.slice(2));
