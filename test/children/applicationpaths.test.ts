/** What a pod of the application can export, in numbers: the routes are those of its source, and their series stay below the sample limit. */
import { strict as assert } from 'node:assert';
import { METHODS, oneOf, reads, routes } from '../../src/children/applicationpaths.ts';
import { migrated } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { manifestOf, overlays, syncOf, world } from '../support/world.ts';

interface Spec {
  sampleLimit: number;
  endpoints: { metricRelabelings: { action: string; sourceLabels: string[]; separator: string; regex: string }[] }[];
}

const spec = manifestOf(syncOf(migrated(world({}, { declared: overlays.monitoring }))), 'ServiceMonitor')?.spec as unknown as Spec;
const [keep] = spec.endpoints[0]?.metricRelabelings ?? [];

/** As Prometheus matches: the whole of the joined labels. */
const isKept = (method: string, path: string): boolean => new RegExp(`^(?:${keep?.regex ?? ''})$`, 's').test(`${method};${path}`);

/** Codes that these routes answer, by what of Flask, Werkzeug or the application does. */
const codes: Record<string, string> = {
  200: 'the application',
  206: 'a part of a file was requested',
  301: 'X-Forwarded-Proto says http',
  302: 'the client is not logged in',
  304: 'the file has not changed',
  400: 'no cookie csrf_token, no JSON',
  401: 'login and signup',
  402: 'no picture',
  404: 'an image without the page',
  405: 'a method that the route does not take',
  412: 'If-Match',
  416: 'a part that the file does not have',
  500: 'an exception, or a form that is wrong',
};

/** 14 bounds and +Inf, sum, count, and the time at which the client library of Python made the series. */
const HISTOGRAM = 15 + 3;
const COUNTER = 2;
/** `python_` and `process_` metrics and the two infos have about 30. */
const PROCESS = 200;

describe('children/applicationpaths', () => {
  const pairs = routes.flatMap(({ path, methods }) => methods.map((method) => [method, path] as const));

  it('cannot reach the sample limit, every code of every route at once', () => {
    const samples = pairs.length * Object.keys(codes).length * HISTOGRAM;
    const counted = 2 * METHODS.length * Object.keys(codes).length * COUNTER;
    // The figures in the comment of the limit.
    assert.deepEqual([pairs.length, samples + counted + PROCESS], [24, 6180]);
    const converted = pairs.length * Object.keys(codes).length;
    assert.ok(samples + counted + PROCESS + converted < spec.sampleLimit);
  });

  it('are kept by the ServiceMonitor, each by its methods', () => {
    assert.deepEqual([keep?.action, keep?.sourceLabels, keep?.separator], ['keep', ['method', 'path'], ';']);
    for (const [method, path] of pairs) assert.ok(isKept(method, path), `${method} ${path}`);
    for (const path of routes.map((route) => route.path))
      for (const method of METHODS)
        assert.equal(
          isKept(method, path),
          pairs.some((pair) => pair[0] === method && pair[1] === path),
          `${method} ${path}`,
        );
  });

  each<[method: string, path: string], boolean>(
    {
      NoRequest: { reason: 'metrics of the process', given: ['', ''], want: true },
      Counter: { reason: 'it has no path', given: ['GET', ''], want: true },
      UnknownMethod: { reason: 'gunicorn takes any word', given: ['BREW', ''], want: false },
      UnknownMethodOfRoute: { reason: 'the same with a path', given: ['BREW', '/'], want: false },
      Listing: { reason: 'as many as there are listings, or as are requested', given: ['GET', '/api/listings/17'], want: false },
      CatchAll: { reason: 'answers 200 to anything', given: ['GET', '/wp-login.php'], want: false },
      Static: { reason: 'named by each build', given: ['GET', '/static/js/main.0a1b2c3d.js'], want: false },
      Prefix: { reason: 'the whole path counts', given: ['GET', '/foster/x'], want: false },
      Dot: { reason: 'a dot is a dot', given: ['GET', '/faviconXico'], want: false },
      Separator: { reason: 'a path may have the separator in it', given: ['GET', '/x;GET;/foster'], want: false },
      LineEnd: { reason: 'a path may have an end of line in it', given: ['GET', '/foster\n'], want: false },
    },
    ([method, path], want) => {
      assert.equal(isKept(method, path), want);
    },
  );

  it('are listed once each', () => {
    assert.equal(new Set(routes.map(({ path }) => path)).size, routes.length);
  });

  it('that the alerts count need nothing of the request', () => {
    for (const { path, methods } of reads) {
      assert.deepEqual(methods, ['GET']);
      assert.ok(!path.includes('search'), 'GET /api/listings/search without a body is answered 500');
    }
  });

  it('an alternation is sorted and escaped, so that equal routes give equal bytes', () => {
    assert.equal(oneOf(['/b', '/a.c']), '/a\\.c|/b');
  });
});
