/**
 * Whether a request that a browser sends the cookie with comes from our own pages. `SameSite` tells sites apart, and a site is a host
 * without its port: a page on another port of localhost is of the same one.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type OwnOrigin = {
  /** Where the pages are reached from outside, where an operator has said so. */
  readonly publicOrigin: string | undefined;
  readonly isSecure: boolean;
};

const originOf = ({ publicOrigin, isSecure }: OwnOrigin, { host }: IncomingHttpHeaders): string => publicOrigin ?? `${isSecure ? 'https' : 'http'}://${host}`;

/** What changes something, or opens a WebSocket: a browser names the origin of each. */
export const isOwnOrigin = (own: OwnOrigin, headers: IncomingHttpHeaders): boolean => headers.origin === originOf(own, headers);

/** What is only read: browsers name no origin where a page reads from its own. */
export const isOwnOriginOrNone = (own: OwnOrigin, headers: IncomingHttpHeaders): boolean => headers.origin === undefined || isOwnOrigin(own, headers);
