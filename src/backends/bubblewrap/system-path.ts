/**
 * Where the programs that we run are looked for: the system's own folders and nothing else. npm puts the workspace's
 * node_modules/.bin into PATH, and what an agent wrote there must not run on the host.
 */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
