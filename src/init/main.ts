// The first process in a sandbox: relays the proxy's port, proves the walls, starts the agent and ends with its exit code.
import { exitCodes } from '../contract/errors.js';
import { type InitConfiguration, initVariable } from '../contract/init.js';
import { leaveStreamsAlone } from '../contract/standard-streams.js';
import { runAgent } from './agent.js';
import { type Control, openControl } from './control.js';
import { assertMounted } from './mounts.js';
import { startRelay } from './relay.js';
import { assertNoRoute, assertProxyAnswers } from './walls.js';

leaveStreamsAlone([0, 1, 2]);

async function prepare(configuration: InitConfiguration, control: Control): Promise<void> {
  await startRelay(configuration.proxyPort, configuration.proxySocket);
  control.send({ type: 'listening' });
  await assertNoRoute(configuration.forbiddenAddresses);
  assertMounted(await control.go);
  await assertProxyAnswers(configuration.proxyPort);
}

async function main(): Promise<number> {
  const configuration = JSON.parse(process.env[initVariable] ?? '{}') as InitConfiguration;
  const control = openControl(configuration.controlDescriptor);
  // The operator's side is gone: nothing here may outlive it.
  control.ended.then(() => process.exit(exitCodes.startFailed));
  try {
    await prepare(configuration, control);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    await control.send({ type: 'refused', message });
    return exitCodes.startFailed;
  }
  return runAgent(configuration, control);
}

main().then((code) => process.exit(code));
