/** Notes when each step of a start ended; times are milliseconds since the process began. */
export interface Steps {
  readonly mark: (step: string) => void;
  table(): string;
}

export function recordSteps(): Steps {
  const marks: { step: string; at: number }[] = [];
  return {
    mark: (step) => {
      marks.push({ step, at: performance.now() });
    },
    table: () => {
      let before = 0;
      const lines = marks.map(({ step, at }) => {
        const line = `  ${(at - before).toFixed(0).padStart(5)} ms  ${step}\n`;
        before = at;
        return line;
      });
      return `${lines.join('')}  ${before.toFixed(0).padStart(5)} ms  in all, from the command line\n`;
    },
  };
}
