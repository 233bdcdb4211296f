/** Rows of cells, each cell one or more lines, as columns two spaces apart; the last column is left ragged. */
export function formatTable(rows: readonly (readonly (readonly string[])[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.flatMap((row) => (row[column] ?? []).map((line) => line.length))),
  );
  const lines = rows.flatMap((row) => {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, column) => (row[column]?.[line] ?? '').padEnd(width))
        .join('  ')
        .trimEnd(),
    );
  });
  return lines.map((line) => `${line}\n`).join('');
}
