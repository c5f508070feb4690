// The operations below /auth that a page fetches.

import { asList, asName, asNumber, asObject, asText } from "../events/shape";
import { requestJson } from "./request";

/** Who is signed in, and for how long. */
export interface SignedIn {
  readonly signed_in: true;
  /** What the app is given as `user`. */
  readonly user: string;
  readonly name: string | null;
  readonly is_admin: boolean;
  /** The operations that the endpoint's rules close to this person, by the gateway's names for them. */
  readonly closed_operations: readonly string[];
  /** Seconds until the next check is due; 0 or less when it is overdue. */
  readonly check_in: number;
  readonly provider_reachable: boolean;
}

export type SessionState = SignedIn | { readonly signed_in: false };

export function getSession(): Promise<SessionState> {
  return requestJson("/auth/session", readSession);
}

/** Checks the session with the provider when it is due. `active`: the person has done something since the last check. */
export function refreshSession(active: boolean): Promise<SignedIn> {
  return requestJson("/auth/refresh", readSignedIn, { method: "POST", json: { active }, keepalive: true });
}

/** Ends the session; returns where the page must go then, so that the provider's session ends too. */
export function logOut(): Promise<string> {
  return requestJson("/auth/logout", readLocation, { method: "POST" });
}

export function readSession(value: unknown): SessionState | null {
  return asObject(value)?.["signed_in"] === false ? { signed_in: false } : readSignedIn(value);
}

export function readSignedIn(value: unknown): SignedIn | null {
  const session = asObject(value);
  const user = asName(session?.["user"]);
  const checkIn = asNumber(session?.["check_in"]);
  if (session?.["signed_in"] !== true || user === null || checkIn === null) return null;
  return {
    signed_in: true,
    user,
    name: asName(session["name"]),
    is_admin: session["is_admin"] === true,
    closed_operations: asList(session["closed_operations"], asName),
    check_in: checkIn,
    provider_reachable: session["provider_reachable"] !== false,
  };
}

/** An address that a browser may go to. */
export function readLocation(value: unknown): string | null {
  const location = asText(asObject(value)?.["location"]);
  return location !== null && /^https?:/.test(location) && URL.canParse(location) ? location : null;
}
