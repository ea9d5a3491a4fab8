/** Random specs close to the rules: pieces of the cases laid over each other, and odd schedules, quantities and keys. */
import fc, { type Arbitrary } from 'fast-check';
import { made, odd } from '../cron/lines.ts';
import { values as quantities } from '../quantities/values.ts';
import { acceptedFields, boundedFields, refusedFields } from './fields.ts';
import { ruleCases } from './rules.ts';
import { overlaid, type Loose } from './world.ts';

const pieces: Loose[] = [
  ...Object.values(ruleCases).flatMap(({ given }) => [given.spec, given.before ?? {}]),
  ...Object.values({ ...acceptedFields, ...refusedFields, ...boundedFields }).map(({ given }) => given),
];
const schedule = fc.constantFrom(
  ...odd,
  ...made(500),
  '@every 1\u03bcs',
  '@every 0',
  '@every -2562048h',
  '@every 2562047h47m16.854775808s',
);
const quantity = fc.constantFrom(...quantities, 1, 0, 2 ** 40);
const key = fc.constantFrom(
  ...[
    'cpu',
    'memory',
    'constructor',
    '__proto__',
    'a.example/b',
    'nvidia.com/gpu',
    'hugepages-2Mi',
    'hugepages-3Ki',
    'a\nb',
    'A.example/b',
    '',
  ],
  ...['requests.x/y', 'kubernetes.io/ingress.class', 'k'.repeat(64), `${'a'.repeat(254)}/b`, '\u{1F600}'],
);
const text = fc.oneof(
  fc.constantFrom('', 'a', '&', '"', '\u00fc', '\u{1F600}'),
  fc.integer({ min: 900, max: 5000 }).map((count) => '<'.repeat(count)),
);
const map = (value: Arbitrary<unknown>): Arbitrary<Loose> => fc.dictionary(key, value, { maxKeys: 3 });
const repository = fc.record(
  {
    name: fc.constantFrom('repo1', 'repo2', 'repo3'),
    volume: fc.record({ size: quantity }, { requiredKeys: [] }),
    gcs: fc.constant({ bucket: 'pets' }),
    azure: fc.constant({ container: 'pets' }),
    credentialsSecret: fc.constant('keys'),
    schedules: fc.record({ full: schedule, differential: schedule, incremental: schedule }, { requiredKeys: [] }),
  },
  { requiredKeys: ['name'] },
);
const repos = fc.uniqueArray(repository, { minLength: 1, maxLength: 3, selector: ({ name }) => name });

/** One field each, of values that a rule looks at closely. */
const odds: Arbitrary<Loose> = fc.oneof(
  repos.map((all) => ({ database: { backups: { repos: all } } })),
  quantity.map((size) => ({ database: { storage: { size } } })),
  quantity.map((size) => ({ database: { walStorage: { size } } })),
  fc.record({ requests: map(quantity), limits: map(quantity) }, { requiredKeys: [] }).map((resources) => ({ database: { resources } })),
  fc.constantFrom('parameters', 'podAnnotations').chain((field) => map(text).map((value) => ({ database: { [field]: value } }))),
  fc.record({ requests: map(quantity), limits: map(quantity) }, { requiredKeys: [] }).map((resources) => ({ resources })),
  fc.constantFrom('podLabels', 'podAnnotations', 'nodeSelector').chain((field) => map(text).map((value) => ({ [field]: value }))),
  fc
    .record(
      {
        gateway: fc.record(
          { name: key, namespace: key, sectionName: key, scheme: fc.constantFrom('http', 'ftp') },
          { requiredKeys: ['name'] },
        ),
        keep: fc.array(fc.constantFrom('Ingress', 'Route', 'HTTPRoute'), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    .map((exposure) => ({ exposure })),
  map(text).map((annotations) => ({ exposure: { annotations, className: 'nginx' } })),
  fc.array(fc.record({ name: fc.constantFrom('A', 'B', 'C', 'DB_USER'), value: text }), { maxLength: 3 }).map((env) => ({ env })),
);

/** Anything from acceptable to wrong in several ways. */
export const randomSpec: Arbitrary<Loose> = fc
  .array(fc.oneof(fc.constantFrom(...pieces), odds), { minLength: 1, maxLength: 3 })
  .map((chosen) => chosen.reduce<Loose>((sum, piece) => overlaid(sum, piece), { size: 1 }));
