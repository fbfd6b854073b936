/**
 * The one way out for requests to addresses that somebody else chose: an app's webhook, a browser's push service, a page that a post links
 * to. Nothing inside our
 * own networks can be reached through it, whatever a name resolves to.
 */
import type { Agent } from 'node:https';

/** One deadline a request: resolving, connecting and answering included. */
export const OUTBOUND_DEADLINE_MS = 10_000;
/** Of a response; the rest is not read. */
export const OUTBOUND_RESPONSE_BYTES_MAX = 64 * 1_024;
export const OUTBOUND_CONNECTIONS_MAX = 256;
/** To one host and port, so that a slow one leaves connections to the others. */
export const OUTBOUND_HOST_CONNECTIONS_MAX = 16;

export type OutboundRequest = {
  /** `https:` only, without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** `OUTBOUND_DEADLINE_MS` where it is absent. */
  readonly deadlineMs?: number;
  /** Ends it sooner. */
  readonly signal?: AbortSignal;
};

/** `responseBytesMax`: `OUTBOUND_RESPONSE_BYTES_MAX` where it is absent. */
export type OutboundGet = Omit<OutboundRequest, 'body'> & { readonly responseBytesMax?: number };

export type OutboundAnswer =
  /** Any status, redirects included, which are never followed. `headers` have names in lower case. `isCut`: the body was longer than is read. */
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
      readonly isCut: boolean;
    }
  /** Nothing was sent, and trying again won't help until the address changes: `address-not-public` names what it resolved to now. */
  | { readonly outcome: 'refused'; readonly reason: 'url-invalid' | 'address-not-public' }
  /** It may have been received: nobody answered. */
  | { readonly outcome: 'failed'; readonly reason: 'deadline' | 'aborted' | 'name-unknown' | 'certificate' | 'connection' };

/**
 * - The address that is connected to is the one that was checked: a name is resolved once for a connection, and every address that may
 *   be used is public (no private, loopback, link-local, carrier-grade NAT, multicast, mapped or reserved one) or in a network that the
 *   operator allows. A literal address is checked alike.
 * - The server's certificate is verified. Redirects are not followed.
 * - Connections are bounded, in all and to one host. Requests that wait for one wait within their deadline.
 */
export type Outbound = AsyncDisposable & {
  /** Never throws for anything that the address or the network does. */
  post(request: OutboundRequest): Promise<OutboundAnswer>;
  /** As `post`. The response's body is as it was sent: nothing was asked to be compressed. */
  get(request: OutboundGet): Promise<OutboundAnswer>;
  /**
   * The same checks and bounds on connections for a library that makes its own HTTPS requests: pass it as the library's `agent`
   * (`webpush.sendNotification(subscription, payload, { agent: outbound.agent })`). The library sees to deadlines and redirects itself. A
   * refused address is an error whose `code` is `ADDRESS_NOT_PUBLIC`.
   */
  readonly agent: Agent;
};

export const ADDRESS_NOT_PUBLIC = 'EADDRESSNOTPUBLIC';
