import { importScript } from './scripts.js';

/** A run of the benchmark as its report reads it, as far as tests need it. */
export interface BenchmarkRun {
  readonly date: string;
  readonly machine: object;
  readonly quick: boolean;
  readonly partial?: boolean;
  readonly parts: readonly BenchmarkPart[];
}

export interface BenchmarkPart {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A figure: what every round measured, or the value of each (null: it failed in that one). */
type Measured = number | readonly (number | null)[];

type Medians = Readonly<Record<string, Readonly<Record<string, Measured>>>>;

export interface PartSettings {
  readonly name?: string;
  readonly case?: string;
  readonly figures?: Readonly<Record<string, object>>;
  readonly busyElsewhere?: number;
}

const rates = { requests: { unit: 'requests/s', better: 'higher' } };
const kinds: Readonly<Record<string, string>> = { direct: 'limit', 'bot-bottle': 'ours' };

const { summarize } = await importScript<{ summarize: (rounds: readonly (number | null)[]) => object }>(
  'bench/shared/statistics.mjs',
);

/** One case with what each rig measured; a rig without any figure has failed. */
export function partOf(medians: Medians, settings: PartSettings = {}): BenchmarkPart {
  const { name = 'proxy', case: caseName = 'small-gets', figures = rates, busyElsewhere = 0 } = settings;
  const summaries = (values: Readonly<Record<string, Measured>>) =>
    Object.fromEntries(
      Object.entries(values).map(([figure, measured]) => [
        figure,
        summarize(typeof measured === 'number' ? new Array(5).fill(measured) : measured),
      ]),
    );
  return {
    name,
    title: `The ${name}`,
    date: '2030-01-01',
    seconds: 1,
    rounds: 5,
    busyElsewhere,
    rigs: Object.keys(medians).map((rig) => ({
      ...{ name: rig, title: rig, kind: kinds[rig] ?? 'peer', detectors: rig === 'bot-bottle' },
    })),
    cases: [
      {
        name: caseName,
        title: caseName,
        figures,
        results: Object.fromEntries(
          Object.entries(medians).map(([rig, values]) => [rig, { figures: summaries(values), errors: 0 }]),
        ),
      },
    ],
  };
}

export function runOf(...parts: readonly BenchmarkPart[]): BenchmarkRun {
  const machine = { cpu: 'a processor', cores: 2, memory: 4, platform: 'linux', node: '20.19.0' };
  return { date: '2030-01-01', machine, quick: false, parts };
}
