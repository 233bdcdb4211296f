import { measurePosts, postFigures } from '../posts.mjs';

export default {
  name: 'posts-1k',
  order: 20,
  title: 'JSON posts of 1 KB, 32 kept connections',
  figures: postFigures,
  measure: (context) => measurePosts(context, 1 * 1024),
};
