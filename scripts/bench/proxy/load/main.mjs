// A worker process of the load generator: does one job at a time for the process that forked it.
import { createSecureContext } from 'node:tls';
import { connections } from './jobs/connections.mjs';
import { events } from './jobs/events.mjs';
import { held } from './jobs/held.mjs';
import { messages } from './jobs/messages.mjs';
import { requests } from './jobs/requests.mjs';
import { tunnels } from './jobs/tunnels.mjs';

const jobs = { connections, events, held, messages, requests, tunnels };
const contexts = new Map();

function contextFor(certificate) {
  if (!contexts.has(certificate)) contexts.set(certificate, createSecureContext({ ca: certificate }));
  return contexts.get(certificate);
}

process.on('message', async ({ kind, job, target }) => {
  try {
    const result = await jobs[kind](job, { ...target, context: contextFor(target.certificate) });
    process.send({ result });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit(0));
