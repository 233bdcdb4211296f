/** What `bot-bottle init` writes: a bottle that lets out one thing, commented for a first reader, and its agent. */

export interface FirstManifest {
  /** Relative to the manifest folder. */
  readonly path: string;
  readonly text: string;
}

const bottle = `---
# A bottle says what an agent may reach. What is not written here is refused.
# Check it with: bot-bottle validate     See it with: bot-bottle routes sandbox

# agent_provider: {template: shell}   # runs any command; the default

# Plain settings for the agent. A secret never goes here: see token_ref below.
env:
  EDITOR: "true"

# Who commits in the bottle:
# git:
#   user: {name: Your Name, email: you@example.com}

egress:
  routes:
    # npm install: reading packages, nothing else.
    - host: registry.npmjs.org
      matches:
        - methods: [GET, HEAD]

    # An API with a token. The token is read from the variable API_TOKEN when the
    # bottle starts, and added by the sidecar: the agent never sees it.
    # - host: api.example.com
    #   auth: {scheme: Bearer, token_ref: API_TOKEN}
    #   matches:
    #     - paths: [{type: prefix, value: /v1}]
    #       methods: [GET, POST]

    # git clone and fetch, no push:
    # - host: github.com
    #   matches: []
    #   git: {fetch: true}
---
The text below the keys is for you.
`;

const agent = `---
# An agent is a bottle and a system prompt: the text below the keys.
bottle: sandbox
---
You work in a sandbox. Its proxy refuses what its operator has not allowed; the answer says what was refused and why.
`;

export const firstAgent = 'sandbox';

export const firstManifests: readonly FirstManifest[] = [
  { path: 'bottles/sandbox.md', text: bottle },
  { path: 'agents/sandbox.md', text: agent },
];
