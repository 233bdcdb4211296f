import { measureTransfer, transferFigures } from '../transfer.mjs';

export default {
  name: '100-mb-down',
  order: 40,
  title: '100 MB down, one connection',
  figures: transferFigures,
  measure: (context) => measureTransfer(context, 'down', context.quick ? 30 : 100),
};
