import Docker from 'dockerode';
import { BottleError, messageOf } from '../../contract/errors.js';

export interface Engine {
  readonly docker: Docker;
  /** How it was reached, as DOCKER_HOST would say it. */
  readonly address: string;
  /** On another machine: its bind mounts would be that machine's folders. */
  readonly remote: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The engine that DOCKER_HOST names, else the usual socket. Nothing is sent yet. */
export function connectEngine(environment: Environment): Engine {
  const given = environment['DOCKER_HOST'] || null;
  const address = given ?? 'unix:///var/run/docker.sock';
  // dockerode reads DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH itself where no options are given.
  const docker = given === null ? new Docker({ socketPath: '/var/run/docker.sock' }) : new Docker();
  return { docker, address, remote: isRemote(address) };
}

function isRemote(address: string): boolean {
  return !/^(unix|npipe):/i.test(address);
}

export interface EngineFacts {
  readonly version: string;
  readonly major: number;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly security: readonly string[];
  /** Options that a runtime is started with, by its name. */
  readonly runtimeArguments: Readonly<Record<string, readonly string[]>>;
  /** Limits that the engine's machine can't set. */
  readonly missingLimits: readonly LimitName[];
}

/** As the manifest calls them. */
export type LimitName = 'memory' | 'cpus' | 'pids';

/** @throws BottleError host-not-ready where no engine answers. */
export async function engineFacts({ docker, address }: Engine): Promise<EngineFacts> {
  try {
    const info = await docker.info();
    return {
      version: info.ServerVersion,
      major: Number.parseInt(info.ServerVersion, 10),
      runtimes: Object.keys(info.Runtimes ?? {}),
      defaultRuntime: info.DefaultRuntime ?? 'runc',
      runtimeArguments: Object.fromEntries(
        Object.entries((info.Runtimes ?? {}) as Record<string, { runtimeArgs?: string[] | null }>).map(
          ([name, { runtimeArgs }]) => [name, runtimeArgs ?? []],
        ),
      ),
      missingLimits: (
        [
          ['memory', info.MemoryLimit],
          ['cpus', info.CpuCfsQuota],
          ['pids', info.PidsLimit],
        ] as const
      ).flatMap(([name, there]) => (there === false ? [name] : [])),
      security: (info.SecurityOptions ?? []).map(
        (option: string) => /name=([^,]+)/.exec(option)?.[1] ?? option,
      ),
    };
  } catch (thrown) {
    throw notAnswering(thrown, address);
  }
}

function notAnswering(thrown: unknown, address: string): BottleError {
  const code = (thrown as NodeJS.ErrnoException).code;
  const hints: Record<string, string> = {
    EACCES:
      'join the group docker (sudo usermod -aG docker $USER, then log in again), or use --backend bubblewrap',
    ENOENT: 'start it (sudo systemctl start docker) or install it (sudo apt-get install docker.io)',
  };
  return new BottleError({
    code: 'host-not-ready',
    message: `no Docker engine answers (${code ?? messageOf(thrown)})`,
    where: address,
    hint: hints[code ?? ''] ?? 'start it (sudo systemctl start docker), or set DOCKER_HOST to one that runs',
    cause: thrown,
  });
}

/** The status of an engine's refusal, where it is one. */
export function statusOf(thrown: unknown): number | undefined {
  return (thrown as { statusCode?: number }).statusCode;
}

/** Runs the work; an object that is gone already is no error. */
export async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    throw thrown;
  }
}
