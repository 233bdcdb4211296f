// Stops the test engine that up.mjs started and takes away its bridges, rules and processes; --data also its images.
import { rmSync } from 'node:fs';
import { stopDaemon } from './daemon.mjs';
import { places } from './places.mjs';

await stopDaemon();
if (process.argv.includes('--data')) rmSync(places.data, { recursive: true, force: true });
