import { existsSync } from 'node:fs';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which folder may import which; a folder that is not named may import anything. Source: the table in CONTRIBUTING.md. */
const layers = {
  lib: [],
  api: ['lib'],
  observed: ['lib', 'api'],
  database: ['lib', 'api', 'observed'],
  spec: ['lib', 'api', 'observed'],
  children: ['lib', 'api', 'observed', 'database'],
  decide: ['lib', 'api', 'observed', 'database', 'children'],
  status: ['lib', 'api', 'observed', 'database', 'children', 'decide'],
  plan: ['lib', 'api', 'observed', 'database', 'spec', 'children', 'decide', 'status'],
  hook: ['lib', 'api'],
  controllers: ['lib', 'api', 'observed', 'database', 'spec', 'hook', 'plan', 'status'],
  telemetry: ['lib', 'api'],
  server: ['lib', 'api', 'hook', 'controllers', 'telemetry'],
  sandbox: ['lib', 'api', 'hook', 'controllers'],
};
const folders = [...Object.keys(layers), 'config', 'variables', 'otel', 'outputs', 'version', 'cli', 'main'];
/** What neither reads a clock nor does anything but compute. */
const pureFolders = ['lib', 'api', 'observed', 'database', 'spec', 'children', 'decide', 'status', 'plan'];

/** The files beside the rooms: the program, the command line, and what both read. */
const isFile = (folder) => existsSync(`src/${folder}.ts`);

const layering = Object.entries(layers).map(([folder, allowed]) => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const pure = pureFolders.includes(folder);
  const barred = forbidden.join('|');
  return {
    files: [`src/${folder}/**/*.ts`, `src/${folder}.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: isFile(folder) ? `^\\./(${barred})[/.]` : `^(\\.\\./)+(${barred})[/.]`,
              message: `src/${folder} may import only ${allowed.join(', ') || 'itself'}.`,
            },
            ...(pure ? [{ regex: '^(node:|express|winston|prom-client)', message: 'Decisions are pure.', allowTypeImports: true }] : []),
          ],
        },
      ],
      ...(pure && {
        'no-restricted-globals': ['error', 'process', 'setTimeout', 'fetch', 'performance'],
        'no-restricted-syntax': [
          'error',
          { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The clock is the argument `now`.' },
          { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'The clock is the argument `now`.' },
          { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Decisions are deterministic.' },
        ],
      }),
    },
  };
});

/** A call of one of these names that is in no call of a method of test/support/closing.ts with that name. */
const unregistered = (names, method) =>
  `CallExpression[callee.name=/^(${names})$/]:not(CallExpression[callee.property.name='${method}'] > *)`;

/** What a test leaves open keeps mocha from ending when it fails, so it is opened by test/support/closing.ts, which closes it. */
const opening = [
  { selector: "CallExpression[callee.property.name='listen']", message: 'A server listens by perTest.listening(server).' },
  { selector: unregistered('connect|createConnection', 'socket'), message: 'A connection is opened by perTest.socket(connect(…)).' },
  { selector: unregistered('spawn|exec|execFile|fork', 'child'), message: 'A process is started by perTest.child(spawn(…)).' },
  { selector: 'CallExpression[callee.name=/^mkdtemp(Sync)?$/]', message: 'A folder is made by perTest.folder().' },
  { selector: "CallExpression[callee.name='setInterval']", message: 'What is done again and again is done by perTest.interval(…).' },
  { selector: 'CallExpression[callee.name=/^watch(File)?$/]', message: 'A file is watched within perTest.closing(…).' },
];
const openingImports = [
  { regex: '^supertest$', message: 'An application is asked by test/support/asking.ts.' },
  { regex: '/server/lifecycle\\.ts$', importNames: ['start'], message: 'A service is started by running of test/server/running.ts.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/api/bestie.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'no-nested-ternary': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Taking a property out is how an object without it is made.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  // Optional chaining and `??` count as branches too, therefore 20.
  { files: ['src/**/*.ts', 'scripts/**/*.ts'], rules: { complexity: ['error', 20] } },
  ...layering,
  { files: ['src/lib/hash.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      'max-lines': 'off',
      'no-restricted-syntax': ['error', ...opening],
      'no-restricted-imports': ['error', { patterns: openingImports }],
    },
  },
  // The helpers themselves; a folder that is removed in the same breath; programs that end by themselves, with all that they opened; tests that
  // run in namespaces of their own, with which everything ends.
  {
    files: ['test/support/closing.ts', 'test/rules/rules.ts', 'test/bench/**/*.ts', 'test/app/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['test/support/asking.ts', 'test/server/running.ts', 'test/bench/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
