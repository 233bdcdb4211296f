/** What the loader is given: text with a name, read by others. Nothing here touches the disk. */

export type ManifestKind = 'bottle' | 'agent';

/** `home`: written by the operator. `repository`: came with somebody's code, and is not trusted. */
export type ManifestOrigin = 'home' | 'repository';

/** What is read out of a file. */
export interface ManifestText {
  /** Where there is a problem, fit for nothing but to show where. */
  readonly text: string;
  readonly problem?: ManifestProblem;
}

/** Why a file that is there can't be taken for a manifest, whatever is in it. */
export interface ManifestProblem {
  readonly code: 'file-unreadable' | 'file-too-large' | 'not-utf-8';
  readonly message: string;
  readonly hint: string;
  /** Where in the text. */
  readonly offset: number;
}

export interface ManifestFile extends ManifestText {
  readonly kind: ManifestKind;
  readonly origin: ManifestOrigin;
  /** The file's name without `.md`; not yet checked. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** The path as messages name it: `~/.bot-bottle/bottles/claude.md`. */
  readonly shown: string;
}

export interface ManifestFiles {
  readonly files: readonly ManifestFile[];
  /** The user's home folder, absolute: what `~/` means in `ca_file`. */
  readonly userHome: string;
  /** Looks at the files that manifests name; absent: nobody does, as for manifests that are not of this machine. */
  readonly fileProblems?: FileProblems;
}

/** What is wrong with a file of a kind, by its absolute path; null: all is well. */
export type FileProblems = Readonly<
  Record<'certificates' | 'dockerfile', (path: string) => FileProblem | null>
>;

export interface FileProblem {
  readonly message: string;
  readonly hint: string;
}

/** A file name, a bottle's or an agent's name: safe as a file name, a label and an identifier. */
const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export const nameRule = 'a name is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter or digit';

export function isName(text: string): boolean {
  return namePattern.test(text);
}
