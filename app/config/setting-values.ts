/** Kinds of values that a setting may have: each parses the text of an environment variable, and says what it expected instead. */
import { z } from 'zod';
import type { LimitOverrides } from '../../edge/http/limit-overrides.ts';
import { createClientAddress } from '../../edge/network/client-address.ts';
import { networksOf } from '../../ports/outbound/public-address.ts';

const PORT_MAX = 65_535;
/** EventStoreDB's. */
const STORE_PORT = 2113;
/** A larger number is no longer exact. */
const DIGITS_MAX = 15;
const WINDOW_SECONDS_MAX = 86_400;

type Bounds = { readonly unit?: string; readonly min?: number; readonly max: number };

export function wholeNumber(initial: number, { unit, min = 1, max }: Bounds) {
  const expected = `a whole number ${unit === undefined ? '' : `of ${unit} `}from ${min} to ${max}`;
  const digits = new RegExp(`^\\d{1,${DIGITS_MAX}}$`);
  return z.string(expected).regex(digits, expected).transform(Number).pipe(z.number().min(min, expected).max(max, expected)).default(initial);
}

export function port(initial: number) {
  const expected = `a port number from 0 to ${PORT_MAX}`;
  return z.string(expected).regex(/^\d+$/, expected).transform(Number).pipe(z.number().max(PORT_MAX, expected)).default(initial);
}

/** Undefined: there is no such listener. */
export function portOrOff(initial: number) {
  const expected = `off, or a port number from 0 to ${PORT_MAX}`;
  return z
    .string(expected)
    .regex(/^(off|\d+)$/, expected)
    .default(String(initial)) // before the transformation: a default behind it would take the place of 'off' as well
    .transform((text) => (text === 'off' ? undefined : Number(text)))
    .pipe(z.number().max(PORT_MAX, expected).optional());
}

/** `esdb://host:port`, as in a connection string; the port is 2113 unless it is there. */
export function storeAddress() {
  const expected = 'an address such as esdb://store.example.org:2113';
  return z.string(expected).transform((text, context) => {
    const { ipv6, name, port } = /^esdb:\/\/(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?\/?$/.exec(text)?.groups ?? {};
    const address = { host: ipv6 ?? name ?? '', port: port === undefined ? STORE_PORT : Number(port) };
    if (address.host === '' || address.port === 0 || address.port > PORT_MAX) context.addIssue({ code: 'custom', message: expected });
    return address;
  });
}

const PROXIES = 'addresses and networks in CIDR notation, such as 10.0.0.0/8, separated by commas';

export const trustedProxies = z.string(PROXIES).transform((text, context) => {
  const networks = text.split(',').map((part) => part.trim());
  try {
    createClientAddress(networks);
  } catch {
    context.addIssue({ code: 'custom', message: PROXIES });
  }
  return networks;
});

/** Parts separated by commas, none of them empty. */
export const list = (expected: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part !== ''), expected);

const NETWORKS = 'networks in CIDR notation, such as 10.0.0.0/8, separated by commas';

export const privateNetworks = list(NETWORKS).refine((networks) => networksOf(networks) !== undefined, NETWORKS);

const PUBLIC_URL = 'an address such as https://example.org, without a query';

/** Without the slash at its end. */
export const publicUrl = z
  .string(PUBLIC_URL)
  .refine((text) => /^https?:\/\/[^?#\s@]+$/.test(text) && URL.canParse(text), PUBLIC_URL)
  .transform((text) => text.replace(/\/+$/, ''));

const UPSTREAM_GATEWAY_URL = 'an address such as ws://gateway:8083';

/** Of a gateway, or of a name behind which there are several. */
export const upstreamGatewayUrl = z
  .string(UPSTREAM_GATEWAY_URL)
  .refine((text) => /^wss?:\/\/[^?#\s@]+$/.test(text) && URL.canParse(text), UPSTREAM_GATEWAY_URL);

const ORIGINS = 'localhost, and origins such as https://example.org, separated by commas';

export const allowedOrigins = z.string(ORIGINS).transform((text, context) => {
  const origins = text.split(',').map((part) => part.trim());
  if (!origins.every((origin) => origin === 'localhost' || isOrigin(origin))) context.addIssue({ code: 'custom', message: ORIGINS });
  return origins;
});

/** As browsers send it: nothing behind the host and its port. */
const isOrigin = (text: string): boolean => /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** `posts=300/60,queries=600/60`: by the name of a limit, how many in how many seconds. */
export function rateLimits(names: readonly string[]) {
  const expected = `rate limits such as ${names[0]}=300/60, within a day and separated by commas, of ${names.join(', ')}`;
  return list(expected).transform((parts, context): LimitOverrides => {
    const limits = parts.map((part) => {
      const { name = '', points = '', seconds = '' } = /^(?<name>[a-z-]+)=(?<points>\d{1,9})\/(?<seconds>\d{1,5})$/.exec(part)?.groups ?? {};
      return { name, points: Number(points), windowSeconds: Number(seconds) };
    });
    const isValid = limits.every(
      ({ name, points, windowSeconds }) => names.includes(name) && points > 0 && windowSeconds > 0 && windowSeconds <= WINDOW_SECONDS_MAX,
    );
    if (!isValid) context.addIssue({ code: 'custom', message: expected });
    return Object.fromEntries(limits.map(({ name, ...limit }) => [name, limit]));
  });
}

/** Of a gateway's address, what its name takes the place of. */
export const GATEWAY_ID_PLACE = '{id}';
/** A part of a path and of a host name. */
export const gatewayId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'at most 63 letters, digits, dots, dashes and underscores');
const webSocketUrl = z.url({ protocol: /^wss?$/ });
export const gatewayUrl = z
  .string()
  .refine(
    (url) => !/\s/.test(url) && webSocketUrl.safeParse(url.replaceAll(GATEWAY_ID_PLACE, 'id')).success,
    'a ws:// or wss:// address, with {id} for the gateway’s name or without',
  );
