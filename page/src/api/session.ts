// The operations below /auth that a page fetches.

import { request, requestJson } from "./request";

/** Who is signed in, and for how long. */
export interface SignedIn {
  readonly signed_in: true;
  /** What the app is given as `user`. */
  readonly user: string;
  readonly name: string | null;
  readonly is_admin: boolean;
  /** Seconds until the person must sign in again. */
  readonly expires_in: number;
  /** Seconds until the next check is due; 0 or less when it is overdue. */
  readonly check_in: number;
  readonly provider_reachable: boolean;
}

export type SessionState = SignedIn | { readonly signed_in: false };

export function getSession(): Promise<SessionState> {
  return requestJson<SessionState>("/auth/session");
}

/** Checks the session with the provider when it is due. `active`: the person has done something since the last check. */
export function refreshSession(active: boolean): Promise<SignedIn> {
  return requestJson<SignedIn>("/auth/refresh", { method: "POST", json: { active }, keepalive: true });
}

/** Ends the session; returns where the page must go then, so that the provider's session ends too. */
export async function logOut(): Promise<string> {
  const response = await request("/auth/logout", { method: "POST" });
  const { location } = (await response.json()) as { location: string };
  return location;
}
