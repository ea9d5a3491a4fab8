/** Which version may follow which. The database decides: its migrations are what cannot be undone. */
import type { Reason } from '../api/condition.ts';
import { versionOf } from '../api/image.ts';
import type { Observed } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { compareVersions, parseVersion, type Version } from '../api/version.ts';
import { migrated, target } from '../children/release.ts';

interface Known extends Version {
  text: string;
}

function known(reference: string): Known[] {
  const text = versionOf(reference) ?? '';
  const version = parseVersion(text);
  return version === undefined ? [] : [{ ...version, text }];
}

interface Refusal {
  reason: Reason;
  message: string;
}

/** One row per rule: `wanted` is refused after `highest`, the highest version that the database was migrated to. */
const rules: readonly {
  reason: Reason;
  refuses: (wanted: Known, highest: Known) => boolean;
  message: (wanted: Known, highest: Known, o: Observed) => string;
}[] = [
  {
    reason: 'DowngradeRefused',
    refuses: (wanted, highest) => compareVersions(wanted, highest) < 0,
    message: (wanted, highest, { bestie: { metadata } }) =>
      `version ${wanted.text} is lower than ${highest.text}, whose migrations the database has; if it can run on that schema: ` +
      `kubectl -n ${metadata.namespace} annotate --overwrite bestie ${metadata.name} ${requests.allowDowngrade}=${wanted.text}`,
  },
  {
    reason: 'MajorSkipRefused',
    refuses: (wanted, highest) => wanted.numbers[0] - highest.numbers[0] > 1,
    message: (wanted, highest) =>
      `version ${wanted.text} is more than one major version above ${highest.text}, which the database was migrated to; take the majors one by one`,
  },
];

/** Why the wanted version is not begun; undefined where it may be, and wherever one of the two is no version. */
export function refusal(o: Observed): Refusal | undefined {
  const wanted = known(target(o))[0];
  const highest = migrated(o)
    .flatMap(known)
    .sort((a, b) => compareVersions(b, a))[0];
  if (wanted === undefined || highest === undefined) return undefined;
  const rule = rules.find(({ refuses }) => refuses(wanted, highest));
  const isAllowed =
    rule?.reason === 'DowngradeRefused' && o.bestie.metadata.annotations?.[requests.allowDowngrade] === o.bestie.spec.version;
  return rule === undefined || isAllowed ? undefined : { reason: rule.reason, message: rule.message(wanted, highest, o) };
}
