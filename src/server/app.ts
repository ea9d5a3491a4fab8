/** The routes: hooks on one port; probes and metrics on another, so that a NetworkPolicy can admit different callers. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { HookName } from '../controllers.ts';
import { errors, HookError } from '../hook/errors.ts';
import { failureOf } from './failure.ts';
import { handle, type Parts } from './handle.ts';

/** The time as Kubernetes writes it, such as 2026-11-21T08:53:07Z. */
export const systemClock = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

function bareApp(): Express {
  const app = express();
  // Metacontroller has an ETag mode of its own, in which Express' tags would only cost memory.
  app.disable('etag');
  app.disable('x-powered-by');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  return app;
}

/** For errors outside of the hooks; Express' own answer is HTML that shows the stack. */
const lastResort: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, headers, body } = failureOf(error);
  response.status(status).set(headers).type('json').send(body);
};

/** POST /sync, /finalize and /customize. */
export function hookApp(parts: Parts): Express {
  const app = bareApp();
  for (const hook of Object.keys(parts.answers) as HookName[]) {
    app.all(`/${hook}`, (request, response) => handle(hook, request, response, parts));
  }
  app.use((request, response) => handle(undefined, request, response, parts));
  app.use(lastResort);
  // A counter that is first seen at 1 has no increase that an alert could see.
  for (const code of Object.keys(errors)) parts.metrics.errors.inc({ code }, 0);
  return app;
}

/** GET /healthz, /readyz and /metrics. Ready means: send me new connections. A probe has no token; only the metrics ask for one. */
export function probeApp({ gate, metrics, authorize }: Pick<Parts, 'gate' | 'metrics' | 'authorize'>): Express {
  const app = bareApp();
  app.get('/healthz', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const ready = gate.phase === 'serving';
    response
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ok\n' : `${gate.phase}\n`);
  });
  const authorized: RequestHandler = (request, _response, next) => {
    authorize(request.headers.authorization);
    next();
  };
  app.get('/metrics', authorized, async (_request, response) => {
    response.set('content-type', metrics.registry.contentType).send(await metrics.render(Date.now() / 1000));
  });
  app.use((_request, response) => {
    const { status, body } = failureOf(new HookError('NotFound'));
    response.status(status).type('json').send(body);
  });
  app.use(lastResort);
  return app;
}
