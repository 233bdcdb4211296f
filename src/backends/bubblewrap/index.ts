import type { Backend } from '../../plan/ports.js';
import { probe } from './probe.js';
import { start } from './start.js';

const bubblewrap: Backend = {
  name: 'bubblewrap',
  summary: 'namespaces of the kernel; no daemon, no root',
  probe,
  start,
};

export default bubblewrap;
