/** How the API server refuses: the reasons of Kubernetes' Status objects with their HTTP status. */
const statuses = { NotFound: 404, AlreadyExists: 409, Conflict: 409, Invalid: 422, Forbidden: 403, InternalError: 500 } as const;

export type ApiErrorCode = keyof typeof statuses;

/** A request that the API server refused. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;

  constructor(code: ApiErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.name = 'ApiError';
    this.code = code;
    this.status = statuses[code];
  }
}

export const isApiError = (error: unknown, code: ApiErrorCode): boolean => error instanceof ApiError && error.code === code;

/** Runs the request and lets the refusals that the caller expects pass as undefined. */
export function ignoring<T>(codes: readonly ApiErrorCode[], request: () => T): T | undefined {
  try {
    return request();
  } catch (error) {
    if (error instanceof ApiError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** Tries again on a conflict, as client-go's retry.DefaultBackoff does: four times in all. */
export function retryingConflicts<T>(request: () => T, attempts = 4): T {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return request();
    } catch (error) {
      if (!isApiError(error, 'Conflict') || attempt === attempts) throw error;
    }
  }
}
