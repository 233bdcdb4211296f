import type { Command } from '../console/command.js';

const doctor: Command = {
  name: 'doctor',
  order: 10,
  summary: 'says for each backend whether this machine can run it, and what mends it',
  configure(parser, context) {
    parser.option('--json', 'print JSON').action(async () => {
      context.print('');
    });
  },
};

export default doctor;
