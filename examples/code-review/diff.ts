// A unified diff, as `git diff` writes it, as data.

export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  /** Its number in the new file; null for a line that is gone. */
  readonly number: number | null;
  readonly code: string;
}

export interface FileDiff {
  readonly file: string;
  readonly lines: readonly DiffLine[];
}

/** The files of a diff, of `git diff` or `diff -u`, without those that are gone as a whole. What is no diff gives none. */
export function filesOf(diff: string): readonly FileDiff[] {
  return diff
    .split(/^(?=--- .*\r?\n\+\+\+ )/m)
    .map((part) => ({ file: /^\+\+\+ (?:b\/)?(\S+)/m.exec(part)?.[1] ?? "", lines: linesOf(part) }))
    .filter(({ file, lines }) => file !== "" && file !== "/dev/null" && lines.length > 0);
}

function linesOf(part: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let number = 0;
  let isInHunk = false;
  for (const line of part.split(/\r?\n/)) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line)?.[1];
    if (start !== undefined) {
      number = Number(start);
      isInHunk = true;
    } else if (isInHunk && /^[-+ ]/.test(line)) {
      const sign = line.startsWith("+") ? "+" : line.startsWith("-") ? "-" : " ";
      lines.push({ sign, number: sign === "-" ? null : number++, code: line.slice(1) });
    }
  }
  return lines;
}

/** As a reviewer reads it: each line with the number that it now has. */
export function numbered({ lines }: FileDiff): string {
  return lines.map(({ sign, number, code }) => `${String(number ?? "").padStart(4)} ${sign} ${code}`).join("\n");
}
