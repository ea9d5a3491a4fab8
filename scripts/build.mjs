/**
 * Bundles the server and the command line into one file each, which run with nothing but Node: no node_modules in the image, and a
 * start that takes about two thirds of the time. Tracing is a file of its own.
 */
import { chmod, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

await rm(new URL('../dist', import.meta.url), { recursive: true, force: true });
/** A file that most installations never need: loaded at run time from beside the bundle, and only where it is needed. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/tracing\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './tracing.cjs', external: true } : undefined,
    );
  },
};

/** The CEL library takes a tenth of a start to load, and nothing is asked of it before the first sync: loaded where it is first used. */
const celLater = {
  name: 'cel-later',
  setup({ onResolve, onLoad }) {
    const filter = /^@marcbachmann\/cel-js$/;
    onResolve({ filter }, ({ kind, path }) => (kind === 'import-statement' ? { path, namespace: 'later' } : undefined));
    onLoad({ filter, namespace: 'later' }, ({ path }) => ({
      contents: `Object.defineProperty(exports, 'Environment', { enumerable: true, get: () => require('${path}').Environment });`,
      resolveDir: root,
    }));
  },
};

const { errors, warnings } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts', cli: 'src/cli.ts', tracing: 'src/telemetry/tracing.ts' },
  plugins: [apart, celLater],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  // The licences of what is bundled travel with it.
  legalComments: 'linked',
  // Stack traces name the sources when Node is started with --enable-source-maps; otherwise the maps are not read.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'info',
});
if (errors.length + warnings.length > 0) process.exit(1);
await chmod(new URL('../dist/cli.cjs', import.meta.url), 0o755);
