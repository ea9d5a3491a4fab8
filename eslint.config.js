import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Who may import whom; a folder that is not named may import anything. */
const layers = {
  api: [],
  hook: ['api'],
  children: ['api'],
  plan: ['api', 'children'],
  server: ['api', 'hook', 'plan', 'telemetry', 'answer'],
  telemetry: ['api'],
  sandbox: ['api', 'hook', 'plan', 'answer'],
};
const folders = [...Object.keys(layers), 'answer', 'config', 'variables', 'otel', 'outputs', 'version', 'cli', 'main'];

const layering = Object.entries(layers).map(([folder, allowed]) => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const pure = ['api', 'children', 'plan'].includes(folder);
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: `^\\.\\./(${forbidden.join('|')})[/.]`, message: `src/${folder} may import only ${allowed.join(', ') || 'itself'}.` },
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

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/api/bestie.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Taking a property out is how an object without it is made.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  ...layering,
  { files: ['src/api/hash.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-unused-expressions': 'off', 'max-lines': 'off' } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
