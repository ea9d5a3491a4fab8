/** What the check of a drill reports as its termination message: one sentence, with the revision and the rows where it succeeded. */

/** The most characters of that sentence. */
export const VERDICT_LIMIT = 200;

/** What was found in the copy: its revision, or one for each branch of the migrations, and how many rows its tables have, in words. */
export interface DrillVerdict {
  revision: string;
  rows: string;
}

/** What follows a revision that the image does not have: an older version runs on the schema of a newer one, which no backup is to blame for. */
export const UNKNOWN_REVISION = ' (not of the image)';

const FOUND =
  /^revision (?<revision>[\w.?-]{1,32}(?: \(not of the image\))?(?:, [\w.?-]{1,32}(?: \(not of the image\))?)*(?:, \d+ more)?); rows: (?<rows>[\w.?-]+[\w.?,; :-]*)$/;

/** The verdict of a check that succeeded; undefined for any other sentence. */
export function drillVerdict(message: string | null | undefined): DrillVerdict | undefined {
  if (message == null || message.length > VERDICT_LIMIT) return undefined;
  const { revision, rows } = FOUND.exec(message)?.groups ?? {};
  return revision === undefined || rows === undefined ? undefined : { revision, rows };
}

/** Why a check failed, as a sentence for a condition: bounded, and of printable characters alone. Empty where it said nothing. */
export const drillFailure = (message: string | null | undefined): string =>
  (message ?? '')
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, VERDICT_LIMIT);
