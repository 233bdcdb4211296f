// The loops that look at every byte of a text, compiled to WebAssembly by scripts/kernel.mjs. AssemblyScript: TypeScript's
// syntax over numbers and one flat memory, with the processor's instructions for sixteen bytes at a time. Nothing is
// allocated and nothing is kept: src/policy/scan/kernel.ts says where in the memory a text, a table and an answer stand.
export { findByte } from './bytes';
export { lookFirst } from './first-look';
export { findHits } from './keywords';
export { compact } from './letters';
export { findRuns } from './runs';
export { findSets, findSigns } from './signs';
export { findProbes } from './spaced';
