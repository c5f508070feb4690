// What can go wrong with a request.

/** An error response, in Dify's shape: the gateway's refusals and Dify's own errors have the same. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Stable, such as `session_expired`; `unknown` where the response had none. */
  readonly code: string;
  /** Seconds after which the server takes another try, if it says so. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, retryAfter: number | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** No response came: the network is away, or the connection broke. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** The person has no session any more, or the page's token is not that session's. */
export function isSessionOver(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 401 && /^(session_|page_token_)/.test(error.code);
}

/** Another person has signed in with this browser. */
export function isSessionChanged(error: unknown): boolean {
  return error instanceof ApiError && error.code === "session_changed";
}

/** Reads the error of a response that is not a success. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const { code, message } = isRecord(body) ? body : {};
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiError(
    response.status,
    typeof code === "string" ? code : "unknown",
    typeof message === "string" ? message : "",
    Number.isFinite(seconds) ? seconds : null,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
