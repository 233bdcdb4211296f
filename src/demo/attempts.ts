/** What the demo's agent reports, and what each report must say. */
export interface Report {
  readonly attempt: string;
  readonly outcome: Readonly<Record<string, unknown>>;
}

export interface Attempt {
  readonly attempt: string;
  readonly title: string;
  /** What happened, for a reader, and whether that is as it should be. */
  judge(outcome: Report['outcome']): { readonly well: boolean; readonly text: string };
}

const refusedWith = (code: string) => (outcome: Report['outcome']) => ({
  well: outcome['status'] === 403 && outcome['code'] === code,
  text: `answered ${outcome['status'] ?? outcome['failed']} ${outcome['code'] ?? ''}`,
});

export const attempts: readonly Attempt[] = [
  {
    attempt: 'allowed call',
    title: 'GET https://api.demo.example/v1/hello, which the manifest allows',
    judge: (outcome) => ({
      well: outcome['status'] === 200 && outcome['authorized'] === true,
      text: `answered ${outcome['status'] ?? outcome['failed']}; the upstream ${outcome['authorized'] ? 'got the token that the sidecar added' : 'got no token'}`,
    }),
  },
  {
    attempt: 'host not allowed',
    title: 'CONNECT elsewhere.example:443, a host that no route names',
    judge: refusedWith('host-not-allowed'),
  },
  {
    attempt: 'method not allowed',
    title: 'DELETE https://api.demo.example/v1/hello, a method that the route does not allow',
    judge: refusedWith('method-not-allowed'),
  },
  {
    attempt: 'read the token',
    title: 'search for the token in the environment, /proc and every readable file',
    judge: (outcome) => {
      const hits = outcome['hits'] as readonly string[];
      const found = hits.length > 0 || outcome['inEnvironment'] === true;
      return {
        well: !found && Number(outcome['files']) > 0,
        text: found ? `found: ${hits.join(', ')}` : `not in ${outcome['files']} files`,
      };
    },
  },
  {
    attempt: 'dial out directly',
    title: "connect to this machine's own addresses, past the proxy",
    judge: (outcome) => ({
      well: Object.keys(outcome).length > 0 && !Object.values(outcome).includes('connected'),
      text: Object.entries(outcome)
        .map(([address, result]) => `${address} ${result}`)
        .join(', '),
    }),
  },
];
