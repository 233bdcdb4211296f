/** Words that do the same work in an instruction to an agent; how such classes follow each other is a feature of its own. */
export const wordClasses: readonly (readonly string[])[] = [
  'ignore disregard forget override bypass skip discard neglect overrule dismiss ignoring disregarding supersede supersedes overrides disable'.split(
    ' ',
  ),
  'previous prior above earlier preceding before existing original former past foregoing following'.split(
    ' ',
  ),
  'instruction instructions prompt prompts rule rules guideline guidelines directive directives orders command commands policy policies restrictions constraints safety filters guardrails'.split(
    ' ',
  ),
  'system developer admin administrator root sudo operator override mode'.split(' '),
  'you your yourself youre'.split(' '),
  'assistant agent ai model gpt claude llm chatbot bot copilot chatgpt gemini llama'.split(' '),
  'must shall always never strictly immediately urgent important critical mandatory required attention'.split(
    ' ',
  ),
  'please now instead first then next kindly'.split(' '),
  'send email forward upload post transmit exfiltrate transfer share submit deliver leak report append include curl fetch'.split(
    ' ',
  ),
  'password passwords credential credentials key keys token tokens secret secrets env environ ssn passport card account private confidential ssh wallet'.split(
    ' ',
  ),
  'user users human customer operator'.split(' '),
  'tell mention inform notify reveal disclose alert warn say print output respond reply answer repeat write display'.split(
    ' ',
  ),
  'not dont without nor silently secretly hidden quietly avoid'.split(' '),
  'task tasks tool tools function call invoke execute run perform use using do complete completed accomplish solve'.split(
    ' ',
  ),
  'read open cat access list search retrieve get download install delete remove create modify'.split(' '),
  'everything anything all any every only just exactly'.split(' '),
  'new updated changed real actual true final end begin start information message note'.split(' '),
  'pretend act roleplay become persona role dan jailbreak unrestricted unfiltered pwned hacked'.split(' '),
  'http https url link address com site website server webhook'.split(' '),
  'approve confirmation confirm permission verification verify consent trust authorized authorised'.split(
    ' ',
  ),
];
