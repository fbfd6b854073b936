/**
 * One-time codes: asked for by a command, drawn when the message is about to be sent, and redeemed by whoever read it. The log knows
 * that there is a code and the vault knows its digest; the code itself is in the message alone.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { ACCOUNT_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { CODE_DIGITS, CODE_LIFETIME_MS, CODE_TRIES_MAX, CODES_MAX, type CodePurpose } from '../../domain/people/one-time-code.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { CodeId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import { plus, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { OwnedRecord, Vault } from '../../ports/vault/port.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { requestNotification } from '../notifications/notifications.ts';
import { claim, claimTry, removeClaims } from './claims.ts';

type CodeRequest = { readonly person: PersonId; readonly purpose: CodePurpose; readonly endpoint: EndpointId; readonly channel: NotificationChannel };

/** Requests the message with a code. Repeated, it is the same code and one message. */
export async function sendCode(
  dependencies: Uses<'vault' | 'log' | 'codec'>,
  { person, purpose, endpoint, channel }: CodeRequest,
  context: CommandContext,
): Promise<void> {
  const code = createdIdOf<CodeId>(context.command, 'code');
  const expiresAt = plus(context.at, CODE_LIFETIME_MS);
  await dependencies.vault.putIfAbsent('one-time-code', code, { person, purpose, endpoint, expiresAt }, { owner: person });
  await removeOld(dependencies.vault, { person, purpose }, context.at);
  await requestNotification(dependencies)(
    {
      source: { kind: 'account', purpose, code, endpoint },
      recipients: [person],
      category: ACCOUNT_CATEGORY,
      critical: true,
      atMostOnce: true, // who misses it asks for another one
      channels: [channel],
      priority: 'high',
      ttlSeconds: CODE_LIFETIME_MS / SECOND_MS,
    },
    context,
  );
}

/** A new secret for the code, which is sent and kept nowhere. Undefined: the code has expired, or was replaced or used. */
export const drawCode =
  ({ vault }: Pick<Uses<'vault'>, 'vault'>) =>
  async ({ code }: { readonly code: CodeId }, at: Instant): Promise<string | undefined> => {
    const record = await vault.get('one-time-code', code);
    if (record === undefined || record.expiresAt <= at) return undefined;
    const digits = randomInt(10 ** CODE_DIGITS)
      .toString()
      .padStart(CODE_DIGITS, '0');
    await vault.put('one-time-code', code, { ...record, hash: hashOf(code, digits).toString('base64') }, { owner: record.person });
    return digits;
  };

type Redeemed = {
  readonly person: PersonId;
  readonly purpose: CodePurpose;
  /** Any, where it is absent. */ readonly endpoint?: EndpointId;
  readonly digits: string;
};

/** The code that these digits are; undefined for a wrong one, which counts as a try at each that could be meant. */
export async function findCode(vault: Vault, { person, purpose, endpoint, digits }: Redeemed, at: Instant): Promise<CodeId | undefined> {
  for (const { id, record } of await codesOf(vault, { person, purpose })) {
    const { hash, expiresAt } = record;
    if (hash === undefined || expiresAt <= at || (endpoint !== undefined && record.endpoint !== endpoint)) continue;
    if (!(await claimTry(vault, { of: id, person, triesMax: CODE_TRIES_MAX[purpose] }))) continue;
    if (timingSafeEqual(hashOf(id, digits), Buffer.from(hash, 'base64'))) return id as CodeId;
  }
  return undefined;
}

/** The address that a code was sent to. */
export const endpointOfCode = async (vault: Vault, code: CodeId): Promise<EndpointId | undefined> => (await vault.get('one-time-code', code))?.endpoint;

/** False where somebody else has used it: a code is good for one use, however many come at the same moment. */
export async function claimUse(vault: Vault, { code, person }: { readonly code: CodeId; readonly person: PersonId }): Promise<boolean> {
  // The claims are removed after the code: a claim that comes later than that finds no code any more.
  return (await claim(vault, { id: `${code}:used`, person })) && (await vault.get('one-time-code', code)) !== undefined;
}

/** How many codes of the purpose may still be used. */
export const countCodes = async (vault: Vault, of: { readonly person: PersonId; readonly purpose: CodePurpose }, at: Instant): Promise<number> =>
  (await codesOf(vault, of)).filter(({ record }) => record.expiresAt > at).length;

/** After one was used: none of the purpose is good for anything any more. */
export async function removeCodes(vault: Vault, of: { readonly person: PersonId; readonly purpose: CodePurpose }): Promise<void> {
  for (const { id } of await codesOf(vault, of)) await removeCode(vault, of.person, id);
}

async function removeOld(vault: Vault, of: { readonly person: PersonId; readonly purpose: CodePurpose }, at: Instant): Promise<void> {
  const codes = await codesOf(vault, of);
  for (const [i, { id, record }] of codes.entries()) if (i >= CODES_MAX || record.expiresAt <= at) await removeCode(vault, of.person, id);
}

async function removeCode(vault: Vault, person: PersonId, code: string): Promise<void> {
  await vault.remove('one-time-code', code);
  await removeClaims(vault, { of: code, person });
}

/** The newest first. */
async function codesOf(
  vault: Vault,
  { person, purpose }: { readonly person: PersonId; readonly purpose: CodePurpose },
): Promise<readonly OwnedRecord<'one-time-code'>[]> {
  const codes = (await vault.owned('one-time-code', person)).filter(({ record }) => record.purpose === purpose);
  return codes.toSorted((one, other) => (one.record.expiresAt < other.record.expiresAt ? 1 : -1));
}

const hashOf = (code: string, digits: string): Buffer => createHash('sha256').update(`${code}\n${digits}`).digest();
