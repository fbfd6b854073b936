/**
 * Unsubscribing by a link in a message, without logging in (RFC 8058). The link's token names whom it unsubscribes of what, and is signed:
 * it is good for that alone, and for as long as messages are kept. Ids and the category stand in it, and nothing else of a person.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { preferences } from '../../domain/people/preferences.ts';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import { categories, declaredIn } from '../../domain/notifications/categories/categories.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { categoriesStream, preferencesStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { refused, type CommandResult } from '../handling/results.ts';

/** Whom, and of what: of one app's notifications, or, as in older links, of everybody's. */
export type Unsubscription = { readonly person: PersonId; readonly channel: NotificationChannel; readonly category: string; readonly app?: AppId };

const SIGNATURE_BYTES = 32;

export function unsubscribeTokenOf(secret: Uint8Array, { person, channel, category, app }: Unsubscription): string {
  const text = JSON.stringify([person, channel, category, ...(app === undefined ? [] : [app])]);
  return Buffer.concat([signatureOf(secret, text), Buffer.from(text)]).toString('base64url');
}

/** Undefined where we have not made it. */
export function unsubscriptionIn(secret: Uint8Array, token: string): Unsubscription | undefined {
  const bytes = Buffer.from(token, 'base64url');
  const text = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
  if (bytes.length <= SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), signatureOf(secret, text))) return undefined;
  const [person, channel, category, app] = JSON.parse(text) as [PersonId, NotificationChannel, string, AppId?];
  return NOTIFICATION_CHANNELS.includes(channel) ? { person, channel, category, ...(app !== undefined && { app }) } : undefined;
}

const signatureOf = (secret: Uint8Array, text: string): Buffer => createHmac('sha256', secret).update(`unsubscribe\n${text}`).digest();

/** The person wants no more of the category on the channel. Twice is once. Of one that has become mandatory since, it is refused. */
export const unsubscribe =
  ({ handle, loadState, logins }: Uses<'logins'>) =>
  async ({ token }: { readonly token: string }, context: CommandContext): Promise<CommandResult> => {
    const unsubscription = unsubscriptionIn(logins.secret, token);
    if (unsubscription === undefined) return refused('unsubscribe-token-invalid');
    const { person, ...about } = unsubscription;
    const declared = about.app && declaredIn((await loadState(categories, categoriesStream(about.app))).state, about.category);
    const mandatory = declared?.mandatory === true;
    return handle(preferences, preferencesStream(person), { type: 'opt-out', ...about, mandatory }, context);
  };
