#!/usr/bin/env node
import packageJson from './package.json' with { type: 'json' };
import { nodeProblem } from './src/console/node-version.js';

const problem = nodeProblem(packageJson.engines.node, process.versions.node);
if (problem) {
  process.stderr.write(problem);
  // As exitCodes.hostNotReady; nothing more is loaded.
  process.exitCode = 3;
} else {
  const { runProgram } = await import('./src/console/program.js');
  const { registry } = await import('./src/commands/registry.generated.js');
  process.exitCode = await runProgram(registry, process.argv.slice(2), packageJson.version);
}
