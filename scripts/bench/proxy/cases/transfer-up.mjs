import { measureTransfer, transferFigures } from '../transfer.mjs';

export default {
  name: '100-mb-up',
  order: 41,
  title: '100 MB up, one connection',
  figures: transferFigures,
  measure: (context) => measureTransfer(context, 'up', context.quick ? 30 : 100),
};
