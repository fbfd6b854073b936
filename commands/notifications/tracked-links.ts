/**
 * Links and pictures by which an email tells that it was read. A token has its delivery and, of a link, where it leads, and is signed:
 * nobody makes one that leads elsewhere, and nothing need be looked up to follow it. It is good for as long as emails are kept.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { delivery as deliveryDecider } from '../../domain/notifications/delivery/delivery.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { msBetween, SECOND_MS } from '../../domain/shared/instant.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';

/** Where what could not be recorded at once waits for the log. */
export const TRACKED_QUEUE = 'tracked-links';

/** `link` counts the email's links from 0. `target`: an http or https address. */
export type TrackedLink = { readonly delivery: DeliveryId; readonly link: number; readonly target: string };
export type TrackedOpen = { readonly delivery: DeliveryId };

/** 128 bits: short links, and nobody guesses one. */
const SIGNATURE_BYTES = 16;

export const linkTokenOf = (secret: Uint8Array, { delivery, link, target }: TrackedLink): string => tokenOf(secret, 'link', [delivery, link, target]);
export const openTokenOf = (secret: Uint8Array, { delivery }: TrackedOpen): string => tokenOf(secret, 'open', [delivery]);

/** Undefined where we have not made it. */
export function linkIn(secret: Uint8Array, token: string): TrackedLink | undefined {
  const [delivery, link, target] = (signedIn(secret, 'link', token) ?? []) as [DeliveryId?, number?, string?];
  return delivery === undefined || link === undefined || target === undefined ? undefined : { delivery, link, target };
}

export function openIn(secret: Uint8Array, token: string): TrackedOpen | undefined {
  const [delivery] = (signedIn(secret, 'open', token) ?? []) as [DeliveryId?];
  return delivery === undefined ? undefined : { delivery };
}

type Kind = 'link' | 'open';

function tokenOf(secret: Uint8Array, kind: Kind, parts: readonly unknown[]): string {
  const text = JSON.stringify(parts);
  return Buffer.concat([signatureOf(secret, kind, text), Buffer.from(text)]).toString('base64url');
}

function signedIn(secret: Uint8Array, kind: Kind, token: string): unknown {
  const bytes = Buffer.from(token, 'base64url');
  const text = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
  if (bytes.length <= SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), signatureOf(secret, kind, text))) return undefined;
  return JSON.parse(text) as unknown;
}

const signatureOf = (secret: Uint8Array, kind: Kind, text: string): Buffer =>
  createHmac('sha256', secret).update(`tracked-${kind}\n${text}`).digest().subarray(0, SIGNATURE_BYTES);

export type RecordTracked = {
  readonly delivery: DeliveryId;
  /** Of a link that was followed; absent where the email was opened. */
  readonly link?: number;
  /** A program did it: a link scanner, or a mail service that loads pictures before anybody reads. */
  readonly isMachine: boolean;
};

/** A person takes longer than this, from when the vendor has taken an email, to open it or to follow a link of it; a link scanner doesn't. */
const READ_AFTER_MS = SECOND_MS;

/** The first time counts, and of programs the first as well. */
export const recordTracked =
  ({ handle, loadState }: CommandHandling) =>
  async ({ delivery, link, isMachine }: RecordTracked, context: CommandContext): Promise<CommandResult> => {
    const { state } = await loadState(deliveryDecider, deliveryStream(delivery));
    if (state.status === 'none') return refused('delivery-unknown');
    const isTooSoon = state.acceptedAt === undefined || msBetween(state.acceptedAt, context.at) < READ_AFTER_MS;
    const { vendor = state.lastAttempt?.vendor ?? '', vendorId = delivery } = state.receipt ?? {};
    const what = link === undefined ? 'opened' : 'clicked';
    const command = {
      type: 'engagement',
      what,
      vendor,
      vendorId,
      at: context.at,
      ...(link !== undefined && { link }),
      isMachine: isMachine || isTooSoon,
    } as const;
    return handle(deliveryDecider, deliveryStream(delivery), command, context);
  };
