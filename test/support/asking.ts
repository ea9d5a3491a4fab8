/** Requests to an application that listens nowhere, by supertest. */
import { createServer, type RequestListener } from 'node:http';
import supertest from 'supertest';
import { perTest } from './pertest.ts';

export type { Response, Test } from 'supertest';

/** Asks an application, which listens on a free port of this machine for one request, or what listens at an URL. */
export function asking(target: RequestListener | string) {
  return supertest(typeof target === 'string' ? target : perTest.server(createServer(target)));
}
