/** Words that do the same work in an instruction to an agent; how such classes follow each other is a feature of its own. */
const classes: readonly string[] = [
  'ignore disregard forget neglect dismiss ignoring disregarding forgetting discard overlook ignored disregarded',
  'override bypass skip overrule supersede circumvent overriding bypassing overridden superseded disable disabled disabling suspend suspended deactivate revoke replace unlock lift',
  'previous prior above earlier preceding existing original former past foregoing initial current before',
  'instruction directive command order prompt direction guidance instructed briefing',
  'rule guideline policy restriction constraint safety filter guardrail limitation limit safeguard boundary protection',
  'system developer admin administrator root sudo operator maintainer superuser owner',
  'you your yourself youre youve youll',
  'assistant agent ai model gpt claude llm chatbot bot copilot chatgpt gemini llama cursor codex',
  'must shall always never strictly ought required mandatory obligated need should',
  'urgent important critical attention immediately crucial essential priority asap emergency warning notice vital',
  'please kindly',
  'now instead henceforth onward onwards then next first immediately',
  'send email forward upload post transmit exfiltrate transfer submit deliver leak share publish sync put mail message dm wire sends sending uploading',
  'password credential passphrase passwd apikey login pin otp mfa',
  'key token secret env environ environment ssh aws npmrc netrc keychain wallet cookie session rsa pem kubeconfig seed mnemonic',
  'ssn passport card account private confidential personal sensitive bank salary iban address phone history conversation chat inbox contact',
  'user human customer client person reader people',
  'tell mention inform notify disclose alert warn reveal expose announce discuss acknowledge refer admit',
  'say print output respond reply answer repeat write display return echo state claim declare pretend respond recommend summarize translate',
  'not dont without nor avoid cannot cant wont refrain stop',
  'silently secretly hidden quietly covertly discreetly invisible stealthily background unnoticed privately transparently',
  'task goal objective job request mission query question assignment purpose',
  'tool function api plugin mcp command script tools shell bash terminal',
  'call invoke execute run perform use using do proceed launch trigger issue',
  'complete completed accomplish finish finished done solve solved fulfill achieve end ended finalize',
  'read open cat access list search retrieve get fetch load extract collect gather harvest scan query dump locate obtain',
  'delete remove erase wipe drop destroy kill uninstall',
  'create modify add append insert embed include attach prepend change update set edit install download clone commit push merge',
  'everything anything all any every entire whole full complete only just exactly verbatim',
  'new updated real actual true final additional following special revised',
  'act roleplay become persona role dan jailbreak unrestricted unfiltered simulate imagine behave mode freed opposite unlimited unethical',
  'pwned hacked owned haha lol gotcha injected compromised',
  'http https url link webhook endpoint server site website domain com net io org ngrok',
  'curl wget base64 rot13 encode encoded hex eval sh pipe nc netcat',
  'approve approved confirmation confirm permission verification verify verified consent trust trusted authorized authorised authorization validate validation legitimate',
  'information message note announcement memo reminder input data content text context document page',
  'before after when whenever once if upon while until during',
  'i me my we our us',
  'compliance audit gdpr legal security diagnostic telemetry debugging debug maintenance logging analytics tracking telemetry monitoring',
  'follow obey adhere comply abide according accordance execute heed observe listen',
  'file folder directory path config configuration contents repository codebase database record',
  'response result results reply output answers comment report',
];

/** Words of those who write about attacks on models; texts that make one rarely name it. */
const aboutAttacks =
  'injection injected jailbreak jailbreaking jailbroken adversarial attack attacker attacking malicious exploit exploitation vulnerability vulnerabilities vulnerable payload guardrail owasp untrusted mitigation mitigate threat redteam redteaming';

export const wordClasses: readonly (readonly string[])[] = [aboutAttacks, ...classes].map((words) =>
  words.split(' '),
);

/** Class, from 1, of the words about attacks. */
export const attackClass = 1;
