import type { Command } from '../console/command.js';
import { firstAgent, firstManifests } from '../host/first-manifests.js';
import { manifestHome, shownPath, userHomeOf } from '../host/manifest-files.js';
import { writeManifests } from '../host/write-manifests.js';

const examples = `
Writes the bottle and the agent 'sandbox' to ~/.bot-bottle (or BOT_BOTTLE_HOME), with
comments that say what each key does. A file that is there already is left as it is.
`;

const init: Command = {
  name: 'init',
  order: 2,
  summary: 'write a first bottle and agent to ~/.bot-bottle',
  configure(parser, context) {
    parser.addHelpText('after', examples).action(() => {
      const { environment, print } = context;
      const home = userHomeOf(environment);
      for (const { path, written } of writeManifests(manifestHome(environment), firstManifests)) {
        print(`${written ? 'wrote' : 'kept '} ${shownPath(path, home)}\n`);
      }
      print(`
Next:
  bot-bottle routes ${firstAgent}                 what it can reach
  bot-bottle start ${firstAgent} -- npm install   run a command in it, on this folder
  bot-bottle doctor                         what this machine can run
`);
    });
  },
};

export default init;
