import { isMainThread } from 'node:worker_threads';

/** One file for the sidecar and for its workers, which start from the same bundle. */
if (isMainThread) void import('./main.js');
else void import('./inspection/worker.js');
