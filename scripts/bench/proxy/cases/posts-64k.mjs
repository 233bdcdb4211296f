import { measurePosts, postFigures } from '../posts.mjs';

export default {
  name: 'posts-64k',
  order: 21,
  title: 'JSON posts of 64 KB, 32 kept connections',
  figures: postFigures,
  measure: (context) => measurePosts(context, 64 * 1024),
};
