/**
 * The tokens of links that lead into groups. A token names the channel and the link, and ends with a keyed hash of both: nobody can make
 * one who knows the ids, and neither the log nor a view has what would let anybody in.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';
import type { ChannelId, InvitationLinkId } from '../../domain/shared/ids.ts';

const UUID_BYTES = 16;
const MAC_BYTES = 16;
/** In base64url. */
export const LINK_TOKEN_CHARACTERS = ((2 * UUID_BYTES + MAC_BYTES) * 8) / 6;

export type LinkTarget = { readonly channel: ChannelId; readonly link: InvitationLinkId };

export function linkTokenOf(secret: Uint8Array, { channel, link }: LinkTarget): string {
  const ids = Buffer.concat([parse(channel), parse(link)]);
  return Buffer.concat([ids, macOf(secret, ids)]).toString('base64url');
}

/** Undefined for a token that we haven't made. */
export function linkTargetOf(secret: Uint8Array, token: string): LinkTarget | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (token.length !== LINK_TOKEN_CHARACTERS || bytes.length !== 2 * UUID_BYTES + MAC_BYTES) return undefined;
  const ids = bytes.subarray(0, 2 * UUID_BYTES);
  if (!timingSafeEqual(bytes.subarray(2 * UUID_BYTES), macOf(secret, ids))) return undefined;
  return {
    channel: stringify(ids.subarray(0, UUID_BYTES)) as ChannelId,
    link: stringify(ids.subarray(UUID_BYTES)) as InvitationLinkId,
  };
}

const macOf = (secret: Uint8Array, ids: Uint8Array): Buffer =>
  createHmac('sha256', secret).update('invitation-link\n').update(ids).digest().subarray(0, MAC_BYTES);
