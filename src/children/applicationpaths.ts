/**
 * The routes of the application that have no part of their own in the path, from its source (app/__init__.py, app/api, and the pages of
 * react-app/src/App.js; branches flask and deploy). Its exporter labels each request with the raw path, and its catch-all answers 200 to any.
 */
interface Route {
  path: string;
  /** What the route is for. The catch-all answers GET of any other route. */
  methods: readonly ('GET' | 'POST')[];
}

const GET = ['GET'] as const;
const POST = ['POST'] as const;

/**
 * Reads that need neither parameter nor body: a 5xx is a fault of the application or of its database. The first and the third query the database
 * each time, the others for users who are logged in.
 */
export const reads: readonly Route[] = [
  { path: '/api/applications/', methods: GET },
  { path: '/api/auth/', methods: GET },
  { path: '/api/listings/', methods: GET },
  { path: '/api/users/', methods: GET },
];

/** Routes that answer 500 to a wrong request, or take as long as its sender does: forms, uploads, and a search without a body. */
const forms: readonly Route[] = [
  { path: '/api/applications/create', methods: POST },
  { path: '/api/auth/login', methods: POST },
  { path: '/api/auth/signup', methods: POST },
  { path: '/api/images/', methods: POST },
  { path: '/api/listings/create', methods: POST },
  { path: '/api/listings/search', methods: ['GET', 'POST'] },
];

/** Routes that do not read the database: pages, an icon, and answers that are always the same. */
const pages: readonly Route[] = [
  '/',
  '/about',
  '/adopt',
  '/api/auth/logout',
  '/api/auth/unauthorized',
  '/create-listing',
  '/favicon.ico',
  '/flask-prometheus-grafana-example/',
  '/foster',
  '/login',
  '/sign-up',
  '/sponsor',
  '/users',
].map((path) => ({ path, methods: GET }));

export const routes: readonly Route[] = [...reads, ...forms, ...pages];

/** Every method that HTTP clients use; gunicorn takes any word. */
export const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

/** An alternation of RE2 that matches these texts and no other. */
export const oneOf = (texts: readonly string[]): string =>
  [...texts]
    .sort()
    .map((text) => text.replaceAll('.', '\\.'))
    .join('|');
