/**
 * Devices on which a person has logged in before. Each keeps a secret from then on and shows it at the next login: however many
 * strangers guess at the person's password meanwhile, the device is let through. It proves nothing else.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { Uses } from '../handling/dependencies.ts';
import { personOfLogin } from './sign-up.ts';

const SECRET_BYTES = 32;
/** Of one person; a new one makes the oldest unknown. */
export const KNOWN_DEVICES_MAX = 20;

/** The same for the person who logs in by this name. */
export const findKnownDevice =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ loginName, deviceSecret }: { readonly loginName: string; readonly deviceSecret: string }): Promise<string | undefined> => {
    const person = await personOfLogin(dependencies, loginName);
    return person === undefined ? undefined : knownDeviceOf(dependencies.vault, { person, deviceSecret });
  };

/** The id of the known device; undefined for the secret of none of this person's. */
export async function knownDeviceOf(
  vault: Vault,
  { person, deviceSecret }: { readonly person: PersonId; readonly deviceSecret: string },
): Promise<string | undefined> {
  const id = deviceIdOf(deviceSecret);
  return (await vault.get('known-device', id))?.person === person ? id : undefined;
}

type Login = { readonly person: PersonId; readonly device?: DeviceId | undefined; readonly deviceSecret?: string | undefined };

/** Answers the secret of the device: the one that it has, or a new one. */
export async function rememberDevice(vault: Vault, { person, device, deviceSecret }: Login, at: Instant): Promise<string> {
  if (deviceSecret !== undefined && (await vault.get('known-device', deviceIdOf(deviceSecret)))?.person === person) return deviceSecret;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  await vault.put('known-device', deviceIdOf(secret), { person, ...(device === undefined ? {} : { device }), createdAt: at }, { owner: person });
  const known = (await vault.owned('known-device', person)).toSorted((one, other) => (one.record.createdAt < other.record.createdAt ? -1 : 1));
  for (const { id } of known.slice(0, -KNOWN_DEVICES_MAX)) await vault.remove('known-device', id);
  return secret;
}

/** After a change of the password: whoever knew the old one may have logged in with it somewhere. */
export async function forgetKnownDevices(vault: Vault, person: PersonId): Promise<void> {
  for (const { id } of await vault.owned('known-device', person)) await vault.remove('known-device', id);
}

const deviceIdOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
