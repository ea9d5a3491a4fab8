/** Which version may follow which. The database decides: its migrations are what cannot be undone. */
import type { Reason } from '../api/reason.ts';
import { isNamed, versionOf } from '../lib/image.ts';
import type { Observed } from '../api/observed.ts';
import { requests } from '../api/names.ts';
import { compareVersions, namedVersion, type NamedVersion } from '../lib/version.ts';
import { annotate, setTo } from '../observed/commands.ts';
import { deployedImage } from '../observed/releaserecord.ts';
import { highestVersion, migrated, target } from '../observed/migrations.ts';

interface Refusal {
  reason: Reason;
  message: string;
}

const allow = (o: Observed): string => annotate(o, requests.allowDowngrade, o.bestie.spec.version);

/** The image that the spec can name without a refusal: that of the Deployment, or the newest that the database was migrated to. */
function accepted(o: Observed): string | undefined {
  const images = migrated(o);
  const highest = highestVersion(images)?.text;
  const candidates = [deployedImage(o), images.findLast((image) => versionOf(image) === highest), images.at(-1)];
  return candidates.find((image) => image !== undefined && isReversible(o, image));
}

/** The command that sets the version back. It risks nothing, so it comes first. */
function stay(o: Observed): string {
  const image = accepted(o);
  const command = image === undefined ? undefined : setTo(image, o);
  const way = image === deployedImage(o) ? 'to stay with' : 'to run what the database has,';
  return image === undefined || command === undefined ? '' : `${way} ${image}: ${command}`;
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ');

/** One row per rule: `wanted` is refused after `highest`, the highest version that the database was migrated to. */
const rules: readonly {
  reason: Reason;
  refuses: (wanted: NamedVersion, highest: NamedVersion) => boolean;
  message: (wanted: NamedVersion, highest: NamedVersion, o: Observed) => string;
}[] = [
  {
    reason: 'DowngradeRefused',
    refuses: (wanted, highest) => compareVersions(wanted, highest) < 0,
    message: (wanted, highest, o) =>
      joined(
        `version ${wanted.text} is lower than ${highest.text}, whose migrations the database has`,
        stay(o),
        `or, only if ${wanted.text} can run on that schema: ${allow(o)}`,
      ),
  },
  {
    reason: 'MajorSkipRefused',
    refuses: (wanted, highest) => wanted.numbers[0] - highest.numbers[0] > 1,
    message: (wanted, highest, o) =>
      joined(
        `version ${wanted.text} is more than one major version above ${highest.text}, which the database was migrated to`,
        'upgrade one major version at a time',
        stay(o),
      ),
  },
];

/**
 * Whether that image may run on the schema of the database: a user names the version on whose schema nothing older runs.
 * The list of migrations decides what is older, even if that version has failed.
 */
export function isReversible(o: Observed, image: string): boolean {
  const irreversible = o.bestie.metadata.annotations?.[requests.irreversibleMigration];
  const [at, barrier] = [migrated(o).indexOf(image), migrated(o).findLastIndex((entry) => isNamed(versionOf(entry) ?? '', irreversible))];
  return irreversible === undefined || at === -1 || at >= barrier;
}

/**
 * Why the upgrade to the requested version is not started; undefined if it may be, and if one of the two is no version. To go back to what ran
 * well before the version on trial needs no permission, unless its migrations are irreversible.
 */
export function refusal(o: Observed, wellBefore: string | undefined): Refusal | undefined {
  const { metadata, spec } = o.bestie;
  const isAllowed = isNamed(spec.version, metadata.annotations?.[requests.allowDowngrade]);
  if (!isReversible(o, target(o))) return isAllowed ? undefined : irreversible(o);
  if (target(o) === wellBefore) return undefined;
  const [wanted] = namedVersion(target(o));
  const highest = highestVersion(migrated(o));
  if (wanted === undefined || highest === undefined) return undefined;
  const rule = rules.find(({ refuses }) => refuses(wanted, highest));
  return rule === undefined || (rule.reason === 'DowngradeRefused' && isAllowed)
    ? undefined
    : { reason: rule.reason, message: rule.message(wanted, highest, o) };
}

function irreversible(o: Observed): Refusal {
  const barrier = o.bestie.metadata.annotations?.[requests.irreversibleMigration] ?? '';
  const message = joined(
    `${requests.irreversibleMigration} says that nothing older runs on the schema of ${barrier}`,
    stay(o),
    `or, only if ${o.bestie.spec.version} does run on it: ${allow(o)}`,
  );
  return { reason: 'DowngradeRefused', message };
}
