import { measurePosts } from '../posts.mjs';

const counts = [1, 10, 100, 1000];

export default {
  name: 'grow-secrets',
  order: 73,
  title: 'JSON posts of 1 KB as the known secrets grow, 32 kept connections',
  ownProcesses: true,
  warmsUp: true,
  rigs: ({ detectors }) => detectors === true,
  full: true,
  figures: Object.fromEntries(
    counts.map((count) => [`s${count}`, { unit: 'requests/s', better: 'higher', title: `${count}` }]),
  ),
  async measure({ keep, ...context }) {
    const sample = { work: 0, errors: 0 };
    for (const count of counts) {
      const { target } = await keep({ secretCount: count });
      const { requests, work, errors } = await measurePosts({ ...context, target }, 1024);
      sample[`s${count}`] = requests;
      sample.work += work;
      sample.errors += errors;
    }
    return sample;
  },
};
