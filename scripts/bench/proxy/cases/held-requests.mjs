import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, residentMegabytes } from '../../shared/processes.mjs';
import { quantile } from '../../shared/statistics.mjs';
import { hireOperator } from '../operator.mjs';
import { knownSecrets } from '../sidecar.mjs';

/** Below what a sidecar holds at once. */
const count = 200;
const warmUps = 40;
/** Between two decisions of the first half; the other half is decided at once. */
const betweenDecisions = 5;

/** A post of 1 KB with a value in it that the bottle knows. */
function makeBody() {
  const messages = [{ role: 'user', content: `deploy with ${Object.values(knownSecrets)[0]} please` }];
  return JSON.stringify({ model: 'a-model', messages }).padEnd(1024);
}

const now = () => (performance.timeOrigin + performance.now()) * 1000;

/** Microseconds since the epoch of each decision, by the number in the request's path. */
async function decide(operator, proposals) {
  const decided = new Map();
  const approve = (proposal) => {
    decided.set(Number(proposal.path.split('/').at(-1)), now());
    operator.approve(proposal);
  };
  for (const proposal of proposals.slice(0, count / 2)) {
    approve(proposal);
    await pause(betweenDecisions);
  }
  const atOnce = now();
  for (const proposal of proposals.slice(count / 2)) approve(proposal);
  return { decided, atOnce };
}

/** Milliseconds. */
const settling = 1000;

async function measureHolds({ load, target, host, pids, seconds }, operator) {
  // What the first ones load (code, a worker) is no cost of those that come later.
  await load.run('held', { host, count: warmUps, body: makeBody() }, target);
  for (const proposal of await operator.proposals(warmUps)) operator.approve(proposal);
  await load.run('held', {}, target);
  // And what loading them took for a moment is given back.
  await pause(settling);
  const before = residentMegabytes(pids);
  await load.run('held', { host, count, body: makeBody() }, target);
  const proposals = await operator.proposals(count);
  const each = ((residentMegabytes(pids) - before) * 1024) / count;
  const cpuBefore = cpuSeconds(pids);
  await pause(seconds * 1000);
  const waiting = ((cpuSeconds(pids) - cpuBefore) / seconds / count) * 1e6;
  const answering = load.run('held', {}, target);
  const { decided, atOnce } = await decide(operator, proposals);
  const { answers } = await answering;
  const isSingle = ({ index }) => decided.get(index) < atOnce;
  const single = answers.filter(isSingle).map(({ index, at }) => (at - decided.get(index)) / 1000);
  const late = answers.filter((answer) => !isSingle(answer)).map(({ at }) => (at - atOnce) / 1000);
  return {
    p50: quantile(single, 0.5),
    p99: quantile(single, 0.99),
    burst: Math.max(...late),
    each,
    waiting,
    work: count,
    errors: answers.filter(({ status }) => status !== 200).length,
  };
}

export default {
  name: 'held-requests',
  order: 55,
  title: '200 held requests of 1 KB, from the decision (as the sidecar reads it) to the answer at the agent',
  rounds: 3,
  ownProcesses: true,
  rigs: ({ detectors }) => detectors === true,
  figures: {
    p50: { unit: 'ms', better: 'lower', title: 'one by one, p50' },
    p99: { unit: 'ms', better: 'lower', title: 'one by one, p99', guard: false },
    burst: { unit: 'ms', better: 'lower', title: '100 decided at once, until the last' },
    each: { unit: 'KB', better: 'lower', title: 'memory of each while it waits' },
    waiting: { unit: 'µs/s', better: 'lower', title: 'processor time of each while it waits' },
  },
  async measure({ load, host, seconds, open }) {
    const { target, pids, streams } = await open({});
    const operator = hireOperator(streams);
    try {
      return await measureHolds({ load, target, host, pids, seconds }, operator);
    } finally {
      operator.leave();
    }
  },
};
